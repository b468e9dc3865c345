// popen()/pclose() in several threads at once, both directions, with exit codes. popen(3)
#include "check.h"

enum { threads = 8 };
static char lines[threads][64];

static void *ask(void *argument) {
  long me = (long)argument;
  char command[96];
  snprintf(command, sizeof command, "sleep 0.05; echo answer %ld; exit %ld", me, me);
  FILE *pipe = popen(command, "r");
  if (pipe == NULL || fgets(lines[me], sizeof lines[me], pipe) == NULL)
    return (void *)-1L;
  return (void *)(long)pclose(pipe);
}

static void *instruct(void *unused) {
  (void)unused;
  FILE *pipe = popen("read a b; test \"$b\" = world && exit 42", "w");
  fprintf(pipe, "hello world\n");
  return (void *)(long)pclose(pipe);
}

int main(void) {
  pthread_t thread[threads];
  pthread_t other = start(instruct, NULL);
  for (long i = 0; i < threads; ++i)
    thread[i] = start(ask, (void *)i);
  for (int i = 0; i < threads; ++i) {
    long status = (long)finish(thread[i]);
    printf("%s", lines[i]);
    tell_status("  pclose", (int)status);
  }
  tell_status("writer's pclose", (int)(long)finish(other));
  return 0;
}
