// Regular files created, written, synced, renamed, read, removed by many threads. open(2), fsync(2)
#include "check.h"
#include <dirent.h>

enum { threads = 12, size = 200000 };
static char directory[] = "programXXXXXX";

static void *worker(void *argument) {
  long me = (long)argument;
  char before[64], after[64];
  static char space[threads][size], expected[threads][size];
  snprintf(before, sizeof before, "%s/new%ld", directory, me);
  snprintf(after, sizeof after, "%s/file%ld", directory, me);
  fill(space[me], size, me);
  int fd = open(before, O_CREAT | O_EXCL | O_RDWR, 0600);
  if (write_all(fd, space[me], size) != size || fdatasync(fd) != 0 || fsync(fd) != 0)
    return (void *)1;
  MUST(rename(before, after));
  close(fd);
  memset(space[me], 0, size);
  fd = open(after, O_RDONLY);
  if (read_all(fd, space[me], size) != size || read(fd, space[me], 1) != 0)
    return (void *)2;
  close(fd);
  fill(expected[me], size, me);
  return (void *)(long)(memcmp(space[me], expected[me], size) == 0 ? 0 : 3);
}

int main(void) {
  pthread_t thread[threads];
  int entries = 0;
  MUST(-(mkdtemp(directory) == NULL));
  for (long i = 0; i < threads; ++i)
    thread[i] = start(worker, (void *)i);
  for (int i = 0; i < threads; ++i)
    report("thread", (long)finish(thread[i]));
  DIR *listing = opendir(directory);
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
    if (entry->d_name[0] != '.' && unlinkat(dirfd(listing), entry->d_name, 0) == 0)
      ++entries;
  closedir(listing);
  printf("%d files\n", entries);
  report("rmdir", rmdir(directory));
  return 0;
}
