// Cancellation disabled, pending, enabled again; pthread_testcancel(3); what is no cancellation point.
#include "program.h"

#include <semaphore.h>

static sem_t started, cancelled;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int got_mutex;

static void say(void* text) {
  printf("  cleanup: %s\n", (char*)text);
}

static void* disabled(void* argument) {
  int old;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
  printf("  was %s\n", old == PTHREAD_CANCEL_ENABLE ? "enabled" : "disabled");
  pthread_cleanup_push(say, argument);
  sem_post(&started);
  sem_wait(&cancelled);  // a cancellation point, but not now
  pause_ms(2);
  pthread_testcancel();
  puts("  survived");
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
  pthread_testcancel();
  puts("  never printed");
  pthread_cleanup_pop(0);
  return NULL;
}

static void* in_mutex(void* argument) {
  sem_post(&started);
  pthread_mutex_lock(&mutex);  // blocks, and is no cancellation point
  got_mutex = 1;
  pthread_mutex_unlock(&mutex);
  pthread_testcancel();
  return argument;
}

static void* never_tests(void* argument) {
  sem_post(&started);
  for (int type, i = 0; i < 100; i++)
    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &type);
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  return argument;
}

static void run(const char* name, void* (*body)(void*)) {
  printf("%s:\n", name);
  pthread_mutex_lock(&mutex);
  pthread_t thread = start(body, "argument");
  sem_wait(&started);
  pause_ms(3);
  require(pthread_cancel(thread), "pthread_cancel");
  sem_post(&cancelled);
  pause_ms(3);
  pthread_mutex_unlock(&mutex);
  void* result = join(thread);
  printf("  %s\n", result == PTHREAD_CANCELED ? "PTHREAD_CANCELED" : "returned");
  while (sem_trywait(&cancelled) == 0) {
  }
}

int main(void) {
  sem_init(&started, 0, 0);
  sem_init(&cancelled, 0, 0);
  run("disabled, then enabled", disabled);
  run("blocked on a mutex", in_mutex);
  run("never at a cancellation point", never_tests);
  printf("got the mutex %d\n", got_mutex);
  printf("bad state %s, bad type %s\n", error_name(pthread_setcancelstate(7, NULL)),
         error_name(pthread_setcanceltype(7, NULL)));
  return 0;
}
