// splice() waits for a pipe and moves its bytes to a socket; tee() copies, consuming nothing. splice(2)
#include "check.h"

static int in[2], copy[2], ends[2];
static struct outcome teed, spliced, last;

static void *mover(void *unused) {
  (void)unused;
  teed = seen(tee(in[0], copy[1], 65536, 0));
  spliced = seen(splice(in[0], NULL, ends[0], NULL, 65536, SPLICE_F_MOVE));
  last = seen(splice(in[0], NULL, ends[0], NULL, 65536, 0));
  shutdown(ends[0], SHUT_WR);
  return NULL;
}

int main(void) {
  char text[64] = "";
  MUST(pipe(in));
  MUST(pipe(copy));
  tcp_pair(ends);
  pthread_t thread = start(mover, NULL);
  settle();
  MUST(write(in[1], "through three descriptors", 25));
  report("read from the socket", read_all(ends[1], text, 25));
  printf("  %s\n", text);
  settle();
  close(in[1]);
  report("read at the end", read(ends[1], text, 1));
  finish(thread);
  memset(text, 0, sizeof text);
  report("read the copy", read(copy[0], text, sizeof text));
  printf("  %s\n", text);
  tell("tee", teed);
  tell("splice", spliced);
  tell("splice at the end", last);
  report("splice with SPLICE_F_NONBLOCK", splice(copy[0], NULL, ends[0], NULL, 1, SPLICE_F_NONBLOCK));
  report("splice of two sockets", splice(ends[0], NULL, ends[1], NULL, 1, 0));
  return 0;
}
