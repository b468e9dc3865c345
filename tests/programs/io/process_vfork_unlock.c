// A vfork(2) child runs in its parent's memory: it may release what the parent's threads wait for. futex(2)
#include "check.h"
#include <linux/futex.h>
#include <sys/syscall.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER, condition_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t posted, waiting;
static uint32_t word;
static volatile int announced, passed[4];

static void *for_lock(void *unused) {
  sem_post(&waiting);
  pthread_mutex_lock(&lock);
  passed[0] = 1;
  pthread_mutex_unlock(&lock);
  return unused;
}

static void *for_semaphore(void *unused) {
  sem_post(&waiting);
  sem_wait(&posted);
  passed[1] = 1;
  return unused;
}

static void *for_condition(void *unused) {
  pthread_mutex_lock(&condition_lock);
  sem_post(&waiting);
  while (!announced)
    pthread_cond_wait(&condition, &condition_lock);
  pthread_mutex_unlock(&condition_lock);
  passed[2] = 1;
  return unused;
}

static void *for_word(void *unused) {
  sem_post(&waiting);
  while (word == 0)
    syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
  passed[3] = 1;
  return unused;
}

// Whether a thread of the parent's goes on while its process is still in vfork().
static int goes_on(int which) {
  for (int i = 0; i < 2000 && !passed[which]; ++i)
    nap(1);
  return passed[which];
}

static int in_child(void) {
  int result = 0;
  pthread_mutex_unlock(&lock);
  result |= goes_on(0);
  sem_post(&posted);
  result |= goes_on(1) << 1;
  pthread_mutex_lock(&condition_lock);
  announced = 1;
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&condition_lock);
  result |= goes_on(2) << 2;
  word = 1;
  result |= (syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0) == 1) << 4;
  return result | goes_on(3) << 3;
}

int main(void) {
  void *(*const bodies[])(void *) = {for_lock, for_semaphore, for_condition, for_word};
  pthread_t threads[4];
  MUST(sem_init(&posted, 0, 0));
  MUST(sem_init(&waiting, 0, 0));
  pthread_mutex_lock(&lock);
  for (int i = 0; i < 4; ++i)
    threads[i] = start(bodies[i], NULL);
  for (int i = 0; i < 4; ++i)
    sem_wait(&waiting);
  settle();
  pid_t child = vfork();
  if (child == 0) {
    close_range(3, ~0u, 0);
    _exit(in_child());
  }
  int status = 0;
  MUST(waitpid(child, &status, 0));
  tell_status("the child, by what it released", status);
  for (int i = 0; i < 4; ++i)
    finish(threads[i]);
  return 0;
}
