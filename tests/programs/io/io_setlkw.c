// fcntl(F_SETLKW) and lockf() in threads wait for another process's lock while others go on. fcntl(2)
#include "check.h"

static int fd, held[2], release_[2];

static void *locker(void *unused) {
  (void)unused;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10};
  return (void *)(long)fcntl(fd, F_SETLKW, &lock);
}

static void *lock_rest(void *unused) {
  (void)unused;
  MUST(lseek(fd, 20, SEEK_SET));
  return (void *)(long)(lockf(fd, F_LOCK, 5));
}

static void child(void) {
  char byte;
  lseek(fd, 0, SEEK_SET);
  if (lockf(fd, F_LOCK, 100) != 0 || write(held[1], "h", 1) != 1 || read(release_[0], &byte, 1) != 1)
    _exit(1);
  _exit(0);
}

int main(void) {
  char path[] = "programXXXXXX", byte;
  int status;
  fd = MUST(mkstemp(path));
  MUST(pipe(held));
  MUST(pipe(release_));
  pid_t pid = MUST(fork());
  if (pid == 0)
    child();
  MUST(read(held[0], &byte, 1));
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10};
  report("F_SETLK while held", fcntl(fd, F_SETLK, &lock));
  MUST(fcntl(fd, F_GETLK, &lock));
  printf("held by the child: %d\n", lock.l_pid == pid);
  pthread_t a = start(locker, NULL), b = start(lock_rest, NULL);
  settle();
  printf("main goes on\n");
  MUST(write(release_[1], "r", 1));
  printf("F_SETLKW: %ld\n", (long)finish(a));
  printf("lockf: %ld\n", (long)finish(b));
  MUST(waitpid(pid, &status, 0));
  tell_status("child", status);
  unlink(path);
  return 0;
}
