// What each mutex type answers: trylock, relock, foreign unlock, destroy in use. pthread_mutex_lock(3).
#include "program.h"

static pthread_mutex_t mutex;

static void* try_elsewhere(void* argument) {
  (void)argument;
  int error = pthread_mutex_trylock(&mutex);
  if (error == 0)
    pthread_mutex_unlock(&mutex);
  return as_pointer(error);
}

static void* unlock_elsewhere(void* argument) {
  (void)argument;
  return as_pointer(pthread_mutex_unlock(&mutex));
}

static const char* elsewhere(void* (*body)(void*)) {
  return error_name((int)as_number(join(start(body, NULL))));
}

static void make(int type) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  require(pthread_mutexattr_settype(&attributes, type), "pthread_mutexattr_settype");
  require(pthread_mutex_init(&mutex, &attributes), "pthread_mutex_init");
  pthread_mutexattr_destroy(&attributes);
}

int main(void) {
  make(PTHREAD_MUTEX_NORMAL);
  pthread_mutex_lock(&mutex);
  printf("normal: own trylock %s, another's %s", error_name(pthread_mutex_trylock(&mutex)),
         elsewhere(try_elsewhere));
  printf(", destroy %s\n", error_name(pthread_mutex_destroy(&mutex)));
  pthread_mutex_unlock(&mutex);
  printf("normal, free: another's trylock %s\n", elsewhere(try_elsewhere));
  pthread_mutex_destroy(&mutex);

  make(PTHREAD_MUTEX_ERRORCHECK);
  printf("errorcheck: unlock when free %s\n", error_name(pthread_mutex_unlock(&mutex)));
  pthread_mutex_lock(&mutex);
  printf("errorcheck: relock %s, another's unlock %s", error_name(pthread_mutex_lock(&mutex)),
         elsewhere(unlock_elsewhere));
  struct timespec deadline = after_ms(CLOCK_REALTIME, 1000);
  printf(", timed relock %s\n", error_name(pthread_mutex_timedlock(&mutex, &deadline)));
  pthread_mutex_unlock(&mutex);
  pthread_mutex_destroy(&mutex);

  make(PTHREAD_MUTEX_RECURSIVE);
  for (int i = 0; i < 5; i++)
    pthread_mutex_lock(&mutex);
  printf("recursive: another's unlock %s, own trylock %s\n", elsewhere(unlock_elsewhere),
         error_name(pthread_mutex_trylock(&mutex)));
  for (int i = 6; i > 0; i--) {
    printf("held %d times: %s; ", i, elsewhere(try_elsewhere));
    pthread_mutex_unlock(&mutex);
  }
  printf("then: %s, unlock %s\n", elsewhere(try_elsewhere), error_name(pthread_mutex_unlock(&mutex)));
  pthread_mutex_destroy(&mutex);

  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  printf("bad type: %s\n", error_name(pthread_mutexattr_settype(&attributes, 77)));
  return 0;
}
