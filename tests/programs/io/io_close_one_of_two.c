// Descriptors closed while another of the same file stays open, hundreds of times, with events for both: an
// epoll instance goes on reporting the closed one. epoll(7), question 6. Then one is closed under its reader.
#include "check.h"

enum { rounds = 400 };

static int begin[2], tube[2];

// Writes a byte to each descriptor of the pairs it is given, after a moment: their readers wait by then.
static void *writer(void *unused) {
  (void)unused;
  int fds[2];
  while (read(begin[0], fds, sizeof fds) == sizeof fds) {
    nap(1);
    for (int i = 0; i < 2; ++i)
      if (fds[i] >= 0) MUST(write(fds[i], "a", 1));
  }
  return NULL;
}

static void ask(int first, int second) {
  const int fds[2] = {first, second};
  MUST(write(begin[1], fds, sizeof fds));
}

// A pipe is waited for and its end closed, though not its copy; the number is another pipe's then, which is
// waited for while both get something.
static long once(void) {
  int old[2], new[2];
  char byte;
  MUST(pipe(old));
  ask(-1, old[1]);
  long good = read(old[0], &byte, 1) == 1;
  int copy = (int)MUST(dup(old[0]));
  MUST(close(old[0]));
  MUST(pipe(new));
  ask(old[1], new[1]);
  good += new[0] == old[0] && read(new[0], &byte, 1) == 1;
  good += read(copy, &byte, 1) == 1;
  MUST(close(copy));
  MUST(close(old[1]));
  MUST(close(new[0]));
  MUST(close(new[1]));
  return good;
}

static void *reader(void *unused) {
  (void)unused;
  char byte = 0;
  return (void *)(long)read(tube[0], &byte, 1);
}

int main(void) {
  MUST(pipe(begin));
  pthread_t thread = start(writer, NULL);
  long good = 0;
  for (int i = 0; i < rounds; ++i) good += once();
  report("bytes read", good);
  MUST(close(begin[1]));
  finish(thread);
  MUST(pipe(tube));
  thread = start(reader, NULL);
  settle();
  report("close", close(tube[0]));
  report("write", write(tube[1], "z", 1));
  report("read", (long)finish(thread));
  return 0;
}
