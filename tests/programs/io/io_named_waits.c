// What has a name and is no file: a FIFO and a terminal, opened by it, read and written while the other end
// lets them wait, and the others go on. fifo(7)
#include "check.h"

enum { messages = 5, size = 1 << 20 };
static char path[64], block[size];
static int turns, there[2], back[2];

static void *reads(void *unused) {
  char text[16];
  long sum = 0, n;
  int fd = MUST(open(path, O_RDONLY));
  while ((n = MUST(read(fd, text, sizeof text))) > 0) sum += n;
  printf("read in all: %ld\n", sum);
  close(fd);
  return unused;
}

static void *writes(void *unused) {
  int fd = MUST(open(path, O_WRONLY));
  report("write more than there is room for", write(fd, block, size));
  close(fd);
  return unused;
}

// The others: a byte there and back.
static void *answers(void *unused) {
  char byte;
  while (read(there[0], &byte, 1) == 1) MUST(write(back[1], &byte, 1));
  return unused;
}

static void turn(void) {
  char byte = 'x';
  MUST(write(there[1], &byte, 1));
  MUST(read(back[0], &byte, 1));
  ++turns;
}

static void slowly_written(void) {
  pthread_t reader = start(reads, NULL);
  int fd = MUST(open(path, O_WRONLY));
  for (int i = 0; i < messages; ++i) {
    for (int j = 0; j < 20; ++j) turn();
    nap(15);
    MUST(write(fd, "message", 7));
  }
  close(fd);
  finish(reader);
}

static void slowly_read(void) {
  long sum = 0, n;
  pthread_t writer = start(writes, NULL);
  int fd = MUST(open(path, O_RDONLY));
  for (int i = 0; i < 20; ++i) turn();
  nap(15);
  while ((n = MUST(read(fd, block, size))) > 0) sum += n;
  printf("arrived: %ld\n", sum);
  close(fd);
  finish(writer);
}

static void *reads_terminal(void *name) {
  char line[16];
  int fd = MUST(open(name, O_RDWR | O_NOCTTY));
  for (int i = 0; i < 3; ++i) report("a line", read(fd, line, sizeof line));
  close(fd);
  return NULL;
}

static void terminal(void) {
  int master = MUST(posix_openpt(O_RDWR | O_NOCTTY));
  MUST(grantpt(master)), MUST(unlockpt(master));
  pthread_t reader = start(reads_terminal, ptsname(master));
  for (int i = 0; i < 3; ++i) {
    nap(15);
    turn();
    MUST(write(master, "line\n", 5));
  }
  finish(reader);
  close(master);
}

int main(void) {
  char directory[] = "programXXXXXX";
  MUST(-(mkdtemp(directory) == NULL));
  snprintf(path, sizeof path, "%s/fifo", directory);
  MUST(mkfifo(path, 0600));
  MUST(pipe(there)), MUST(pipe(back));
  pthread_t other = start(answers, NULL);
  slowly_written();
  slowly_read();
  terminal();
  printf("turns of others: %d\n", turns);
  close(there[1]);
  finish(other);
  unlink(path);
  rmdir(directory);
  return 0;
}
