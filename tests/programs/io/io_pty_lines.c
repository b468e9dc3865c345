// A canonical terminal: read() blocks for a whole line, edited as typed; ^D ends; raw mode. termios(3)
#include "check.h"
#include <pty.h>
#include <termios.h>

static int master, terminal;
static sem_t ready;

static void take(const char *what) {
  char text[32] = "";
  sem_post(&ready);
  ssize_t n = read(terminal, text, sizeof text - 1);
  if (n > 0 && text[n - 1] == '\n')
    text[n - 1] = '$';
  printf("%s: %zd \"%s\"\n", what, n, text);
}

static void *reader(void *unused) {
  (void)unused;
  take("line");
  take("edited line");
  take("end of file");
  struct termios mode;
  tcgetattr(terminal, &mode);
  cfmakeraw(&mode);
  tcsetattr(terminal, TCSANOW, &mode);
  take("raw");
  printf("isatty: %d\n", isatty(terminal));
  return NULL;
}

static void type(const char *keys) { MUST(write(master, keys, strlen(keys))); }

int main(void) {
  MUST(openpty(&master, &terminal, NULL, NULL, NULL));
  pthread_t thread = start(reader, NULL);
  sem_wait(&ready);
  type("hel");
  settle();
  type("lo\n");
  sem_wait(&ready);
  type("wrong\025right\177T\n");
  sem_wait(&ready);
  settle();
  type("\004");
  sem_wait(&ready);
  settle();
  type("k");
  finish(thread);
  char echo[64] = "";
  report("output", write(terminal, "out", 3));
  ssize_t n = read(master, echo, sizeof echo);
  printf("the master sees %s\n", n > 0 ? "echo and output" : "nothing");
  close(terminal);
  return 0;
}
