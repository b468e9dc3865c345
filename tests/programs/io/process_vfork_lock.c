// A vfork(2) child runs in its parent's memory and may wait there for a lock that another thread holds.
// vfork(2)
#include "check.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t held;
static volatile int order;

static void *holder(void *unused) {
  pthread_mutex_lock(&lock);
  sem_post(&held);
  nap(100);
  order = 1;
  pthread_mutex_unlock(&lock);
  return unused;
}

int main(void) {
  MUST(sem_init(&held, 0, 0));
  pthread_t thread = start(holder, NULL);
  sem_wait(&held);
  pid_t child = vfork();
  if (child == 0) {
    pthread_mutex_lock(&lock);
    order = order == 1 ? 2 : 3;
    pthread_mutex_unlock(&lock);
    _exit(0);
  }
  int status = 0;
  MUST(waitpid(child, &status, 0));
  finish(thread);
  printf("order %d status %d\n", order, status);
  return 0;
}
