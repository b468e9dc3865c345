// Process-shared mutex and condition in shared memory: threads of two processes take turns.
// pthread_mutexattr_setpshared(3).
#include "program.h"

#include <sys/mman.h>
#include <sys/wait.h>

enum { count = 10, rounds = 50 };

struct shared {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  int turn, handovers;
};

static struct shared* shared;
static int side;

static void* take_turns(void* argument) {
  for (int i = 0; i < rounds; i++) {
    pthread_mutex_lock(&shared->mutex);
    while (shared->turn != side)
      pthread_cond_wait(&shared->changed, &shared->mutex);
    shared->turn = 1 - side;
    shared->handovers++;
    pthread_cond_broadcast(&shared->changed);
    pthread_mutex_unlock(&shared->mutex);
  }
  return argument;
}

static void run_threads(void) {
  pthread_t threads[count];
  for (int i = 0; i < count; i++)
    threads[i] = start(take_turns, NULL);
  for (int i = 0; i < count; i++)
    join(threads[i]);
}

int main(void) {
  pthread_mutexattr_t mutex_attributes;
  pthread_condattr_t condition_attributes;
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_init(&mutex_attributes);
  pthread_mutexattr_setpshared(&mutex_attributes, PTHREAD_PROCESS_SHARED);
  pthread_condattr_init(&condition_attributes);
  pthread_condattr_setpshared(&condition_attributes, PTHREAD_PROCESS_SHARED);
  require(pthread_mutex_init(&shared->mutex, &mutex_attributes), "pthread_mutex_init");
  require(pthread_cond_init(&shared->changed, &condition_attributes), "pthread_cond_init");

  pid_t child = fork();
  side = child == 0;
  run_threads();
  if (child == 0)
    _exit(0);
  int status;
  waitpid(child, &status, 0);
  printf("child %d, handovers %d of %d\n", status, shared->handovers, 2 * count * rounds);
  return 0;
}
