// pthread_atfork(3): prepare last registered first, parent and child in order, in the thread that forks.
#include "program.h"

#include <sys/wait.h>

static pthread_mutex_t guarded = PTHREAD_MUTEX_INITIALIZER;
static char trail[64];

static void note(char letter) {
  size_t length = strlen(trail);
  trail[length] = letter;
  trail[length + 1] = 0;
}

static void prepare_1(void) {
  pthread_mutex_lock(&guarded);
  note('1');
}

static void parent_1(void) {
  pthread_mutex_unlock(&guarded);
  note('a');
}

static void child_1(void) {
  pthread_mutex_unlock(&guarded);
  note('x');
}

static void prepare_2(void) {
  note('2');
}

static void parent_2(void) {
  note('b');
}

static void child_2(void) {
  note('y');
}

static void* keep_busy(void* stop) {
  while (!__atomic_load_n((int*)stop, __ATOMIC_ACQUIRE)) {
    pthread_mutex_lock(&guarded);
    pause_ms(1);
    pthread_mutex_unlock(&guarded);
    pause_ms(1);
  }
  return NULL;
}

static void* fork_once(void* argument) {
  int status, ends[2];
  char report[64] = "";
  trail[0] = 0;
  require(pipe(ends), "pipe");
  pid_t child = fork();
  if (child == 0) {
    pthread_mutex_lock(&guarded);  // free, thanks to the handlers, though others used it
    _exit(write(ends[1], trail, strlen(trail)) > 0 ? 0 : 1);
  }
  waitpid(child, &status, 0);
  if (read(ends[0], report, sizeof report - 1) < 0)
    printf("no report\n");
  printf("parent %s, child %s, status %d\n", trail, report, status);
  close(ends[0]);
  close(ends[1]);
  return argument;
}

int main(void) {
  int stop = 0;
  pthread_atfork(prepare_1, parent_1, child_1);
  pthread_atfork(prepare_2, parent_2, child_2);
  pthread_t busy = start(keep_busy, &stop);
  for (int i = 0; i < 5; i++)
    join(start(fork_once, NULL));
  fork_once(NULL);
  __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
  join(busy);
  return 0;
}
