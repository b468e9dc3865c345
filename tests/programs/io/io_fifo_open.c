// open() of a FIFO blocks until the other end is opened; O_NONBLOCK gives ENXIO or success at once. fifo(7)
#include "check.h"

static char path[64];

static void *reader(void *unused) {
  (void)unused;
  char text[16] = "";
  int fd = MUST(open(path, O_RDONLY));
  long n = MUST(read(fd, text, sizeof text));
  printf("read %ld %s\n", n, text);
  report("read at the end", read(fd, text, 1));
  close(fd);
  return NULL;
}

static void *writer(void *unused) {
  (void)unused;
  int fd = MUST(open(path, O_WRONLY));
  MUST(write(fd, "via fifo", 8));
  close(fd);
  return NULL;
}

int main(void) {
  char directory[] = "programXXXXXX";
  MUST(-(mkdtemp(directory) == NULL));
  snprintf(path, sizeof path, "%s/fifo", directory);
  MUST(mkfifo(path, 0600));
  report("open to write, non-blocking", open(path, O_WRONLY | O_NONBLOCK));
  for (int i = 0; i < 2; ++i) {
    pthread_t first = start(i == 0 ? reader : writer, NULL);
    settle();
    pthread_t second = start(i == 0 ? writer : reader, NULL);
    finish(first);
    finish(second);
  }
  int fd = open(path, O_RDONLY | O_NONBLOCK);
  printf("open to read, non-blocking: %s\n", fd >= 0 ? "done" : strerrorname_np(errno));
  unlink(path);
  rmdir(directory);
  return 0;
}
