// Process-shared semaphores in shared memory, ping-pong between threads of parent and child. sem_init(3).
#include "program.h"

#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { lanes = 10, rounds = 100 };

struct lane {
  sem_t ping, pong;
  int count;
};

static struct lane* lanes_shared;

static void* serve(void* argument) {
  struct lane* lane = argument;
  for (int i = 0; i < rounds; i++) {
    sem_wait(&lane->ping);
    lane->count++;
    sem_post(&lane->pong);
  }
  return NULL;
}

static void* ask(void* argument) {
  struct lane* lane = argument;
  long wrong = 0;
  for (int i = 0; i < rounds; i++) {
    sem_post(&lane->ping);
    sem_wait(&lane->pong);
    wrong += lane->count != i + 1;
  }
  return as_pointer(wrong);
}

static long run(void* (*body)(void*)) {
  pthread_t threads[lanes];
  long sum = 0;
  for (int i = 0; i < lanes; i++)
    threads[i] = start(body, &lanes_shared[i]);
  for (int i = 0; i < lanes; i++)
    sum += as_number(join(threads[i]));
  return sum;
}

int main(void) {
  lanes_shared =
      mmap(NULL, sizeof *lanes_shared * lanes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < lanes; i++) {
    sem_init(&lanes_shared[i].ping, 1, 0);
    sem_init(&lanes_shared[i].pong, 1, 0);
  }
  pid_t child = fork();
  if (child == 0) {
    run(serve);
    _exit(0);
  }
  printf("wrong %ld\n", run(ask));
  int status;
  waitpid(child, &status, 0);
  printf("child %d, lane 3 served %d\n", status, lanes_shared[3].count);
  return 0;
}
