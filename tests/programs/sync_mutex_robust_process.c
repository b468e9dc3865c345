// A robust process-shared mutex whose owner, a whole process, dies: blocked threads here get EOWNERDEAD.
#include "program.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { count = 5 };

struct shared {
  pthread_mutex_t mutex;
  pthread_barrier_t locked;
  int value;
};

static struct shared* shared;

static void* lock(void* argument) {
  (void)argument;
  int error = pthread_mutex_lock(&shared->mutex);
  if (error == EOWNERDEAD) {
    shared->value = -1;  // repaired
    pthread_mutex_consistent(&shared->mutex);
  }
  int seen = shared->value;
  pthread_mutex_unlock(&shared->mutex);
  return as_pointer(error * 1000 + (seen == -1));
}

int main(void) {
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  require(pthread_mutex_init(&shared->mutex, &attributes), "pthread_mutex_init");
  pthread_barrierattr_t barrier_attributes;
  pthread_barrierattr_init(&barrier_attributes);
  pthread_barrierattr_setpshared(&barrier_attributes, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(&shared->locked, &barrier_attributes, 2);

  pid_t child = fork();
  if (child == 0) {
    pthread_mutex_lock(&shared->mutex);
    shared->value = 42;
    pthread_barrier_wait(&shared->locked);
    pause();
    _exit(1);
  }
  pthread_barrier_wait(&shared->locked);
  pthread_t threads[count];
  for (int i = 0; i < count; i++)
    threads[i] = start(lock, NULL);
  pause_ms(20);  // most likely blocked by now
  kill(child, SIGKILL);
  int dead = 0, fine = 0, repaired = 0;
  for (int i = 0; i < count; i++) {
    long result = as_number(join(threads[i]));
    dead += result / 1000 == EOWNERDEAD;
    fine += result / 1000 == 0;
    repaired += result % 1000;
  }
  waitpid(child, NULL, 0);
  printf("told %d, fine %d, saw it repaired %d\n", dead, fine, repaired);
  return 0;
}
