// fsync, fdatasync, sync_file_range, posix_fallocate and ftruncate from threads; EINVAL on a pipe. fsync(2)
#include "check.h"

static void *worker(void *argument) {
  long round = (long)argument;
  char path[] = "programXXXXXX";
  struct stat status;
  int fd = MUST(mkstemp(path));
  MUST(unlink(path));
  long bad = write(fd, "data", 4) != 4;
  bad += fsync(fd) != 0;
  bad += posix_fallocate(fd, 0, 8192 + round) != 0;
  bad += fdatasync(fd) != 0;
  bad += fstat(fd, &status) != 0 || status.st_size != 8192 + round;
  bad += ftruncate(fd, 3) != 0;
  bad += sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER) != 0;
  bad += fstat(fd, &status) != 0 || status.st_size != 3;
  close(fd);
  return (void *)bad;
}

int main(void) {
  pthread_t thread[8];
  int ends[2];
  for (long i = 0; i < 8; ++i)
    thread[i] = start(worker, (void *)i);
  for (int i = 0; i < 8; ++i)
    report("went wrong", (long)finish(thread[i]));
  MUST(pipe(ends));
  report("fsync of a pipe", fsync(ends[0]));
  report("fsync of nothing", fsync(-1));
  return 0;
}
