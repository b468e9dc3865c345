// Timed waits on cond, mutex, semaphore, rwlock, poll, epoll are never early. pthread_cond_timedwait(3)
#include "check.h"
#include <sys/epoll.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, held = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static sem_t empty;

static int on_cond(const struct timespec *until) {
  pthread_mutex_lock(&mutex);
  int answer = pthread_cond_timedwait(&never, &mutex, until);
  pthread_mutex_unlock(&mutex);
  return answer;
}

static int on_mutex(const struct timespec *until) { return pthread_mutex_timedlock(&held, until); }
static int on_sem(const struct timespec *until) { return sem_timedwait(&empty, until) < 0 ? errno : 0; }
static int on_lock(const struct timespec *until) { return pthread_rwlock_timedrdlock(&lock, until); }

static int (*const waits[])(const struct timespec *) = {on_cond, on_mutex, on_sem, on_lock};
static const char *const names[] = {"cond", "mutex", "semaphore", "rwlock"};

static void *waiter(void *argument) {
  long which = (long)argument, early = 0, wrong = 0;
  for (int ms = 1; ms < 60; ms += 7) {
    struct timespec until, after;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ms * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    wrong += waits[which](&until) != ETIMEDOUT;
    clock_gettime(CLOCK_REALTIME, &after);
    early += after.tv_sec < until.tv_sec || (after.tv_sec == until.tv_sec && after.tv_nsec < until.tv_nsec);
  }
  return (void *)(early * 100 + wrong);
}

int main(void) {
  pthread_t thread[4];
  struct epoll_event event;
  int early = 0, set = MUST(epoll_create1(0));
  pthread_mutex_lock(&held);
  pthread_rwlock_wrlock(&lock);
  for (long i = 0; i < 4; ++i)
    thread[i] = start(waiter, (void *)i);
  for (int ms = 1; ms < 30; ms += 5) {
    long from = now_ms();
    early += epoll_wait(set, &event, 1, ms) != 0 || now_ms() - from < ms;
    from = now_ms();
    early += poll(NULL, 0, ms) != 0 || now_ms() - from < ms;
  }
  printf("poll and epoll: %d early\n", early);
  for (int i = 0; i < 4; ++i)
    printf("%s: %ld\n", names[i], (long)finish(thread[i]));
  return 0;
}
