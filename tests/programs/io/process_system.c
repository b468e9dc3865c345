// system() in threads at the same time: exit codes, death by signal, a missing shell command. system(3)
#include "check.h"

static const char *const commands[] = {"exit 0", "sleep 0.1; exit 7", "kill -TERM $$", "no-such-command 2>&-",
                                       "test -t 99"};

// Ends when four of it run at the same time.
static const char meets[] = ": > $$.here; until [ $(ls *.here | wc -l) = 4 ]; do sleep 0.01; done";

static void *runner(void *command) { return (void *)(long)system(command); }

int main(void) {
  pthread_t thread[5];
  pthread_t meeting[4];
  for (int i = 0; i < 4; ++i)
    meeting[i] = start(runner, (void *)meets);
  for (int i = 0; i < 5; ++i)
    thread[i] = start(runner, (void *)commands[i]);
  for (int i = 0; i < 5; ++i)
    tell_status(commands[i], (int)(long)finish(thread[i]));
  for (int i = 0; i < 4; ++i)
    tell_status("at the same time", (int)(long)finish(meeting[i]));
  tell_status("afterwards", system("rm *.here"));
  printf("a shell: %d\n", system(NULL) != 0);
  return 0;
}
