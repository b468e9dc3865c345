// fork() while other threads hammer malloc and stdio: the child finds those locks free. fork(2), malloc(3)
#include "check.h"

static volatile int stop;
static FILE *shared;

static void *hammer(void *unused) {
  (void)unused;
  while (!stop) {
    void *block[16];
    for (int i = 0; i < 16; ++i)
      block[i] = malloc(100 + i * 500);
    fprintf(shared, "%d\n", 12345);
    for (int i = 0; i < 16; ++i)
      free(block[i]);
  }
  return NULL;
}

static void child(void) {
  for (int i = 0; i < 100; ++i)
    free(malloc(i * 100));
  fprintf(shared, "child\n");
  fclose(shared);
  _exit(6);
}

int main(void) {
  pthread_t thread[4];
  int good = 0, status;
  shared = fopen("/dev/null", "w");
  for (int i = 0; i < 4; ++i)
    thread[i] = start(hammer, NULL);
  for (int i = 0; i < 30; ++i) {
    pid_t pid = MUST(fork());
    if (pid == 0)
      child();
    MUST(waitpid(pid, &status, 0));
    good += WIFEXITED(status) && WEXITSTATUS(status) == 6;
    nap(1);
  }
  stop = 1;
  for (int i = 0; i < 4; ++i)
    finish(thread[i]);
  printf("good children: %d\n", good);
  return 0;
}
