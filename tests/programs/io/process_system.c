// system() in threads at the same time: exit codes, death by signal, a missing shell command. system(3)
#include "check.h"

static const char *const commands[] = {"exit 0", "sleep 0.1; exit 7", "kill -TERM $$", "no-such-command 2>&-",
                                       "test -t 99"};

static void *runner(void *command) { return (void *)(long)system(command); }

int main(void) {
  pthread_t thread[5];
  long from = now_ms();
  pthread_t naps[4];
  for (int i = 0; i < 4; ++i)
    naps[i] = start(runner, (void *)"sleep 0.3");
  for (int i = 0; i < 5; ++i)
    thread[i] = start(runner, (void *)commands[i]);
  for (int i = 0; i < 5; ++i)
    tell_status(commands[i], (int)(long)finish(thread[i]));
  for (int i = 0; i < 4; ++i)
    tell_status("sleep 0.3", (int)(long)finish(naps[i]));
  printf("at the same time: %d\n", now_ms() - from < 1100);
  printf("a shell: %d\n", system(NULL) != 0);
  return 0;
}
