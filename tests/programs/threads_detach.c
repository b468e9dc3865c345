// Detached threads, by pthread_detach(3), by attribute and by themselves: they run, nobody can join them.
#include "program.h"

#include <semaphore.h>

static sem_t go, done;

static void* work(void* argument) {
  if (argument != NULL)
    printf("detach of oneself: %s\n", error_name(pthread_detach(pthread_self())));
  sem_wait(&go);
  sem_post(&done);
  return NULL;
}

static void refuse_join(const char* how, pthread_t thread) {
  printf("%s: join %s, second detach %s\n", how, error_name(pthread_join(thread, NULL)),
         error_name(pthread_detach(thread)));
  sem_post(&go);
  sem_wait(&done);
}

int main(void) {
  sem_init(&go, 0, 0);
  sem_init(&done, 0, 0);

  pthread_t thread = start(work, NULL);
  printf("detach: %s\n", error_name(pthread_detach(thread)));
  refuse_join("pthread_detach", thread);

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  require(pthread_create(&thread, &attributes, work, NULL), "pthread_create");
  refuse_join("attribute", thread);

  // By the thread itself, a thousand times: their stacks come back.
  start(work, as_pointer(1));
  sem_post(&go);
  sem_wait(&done);
  for (int i = 0; i < 1000; i++) {
    require(pthread_create(&thread, &attributes, work, NULL), "pthread_create");
    sem_post(&go);
    sem_wait(&done);
  }
  pthread_attr_destroy(&attributes);
  puts("1000 more ran");
  return 0;
}
