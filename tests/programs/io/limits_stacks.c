// pthread_create() gives EAGAIN when no stack can be had, works again when one can. pthread_create(3)
#include "check.h"
#include <sys/resource.h>

static sem_t stay;

static void *stayer(void *unused) {
  (void)unused;
  sem_wait(&stay);
  return (void *)1;
}

int main(void) {
  enum { most = 200 };
  pthread_t thread[most];
  pthread_attr_t attributes;
  struct rlimit before, limit;
  int count = 0, error = 0, joined = 0;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64ul << 20);
  getrlimit(RLIMIT_AS, &before);
  limit = before;
  limit.rlim_cur = 4ul << 30;
  MUST(setrlimit(RLIMIT_AS, &limit));
  while (count < most && (error = pthread_create(&thread[count], &attributes, stayer, NULL)) == 0)
    ++count;
  printf("some were made: %d, then %s\n", count > 10 && count < 64, strerrorname_np(error));
  for (int i = 0; i < count; ++i)
    sem_post(&stay);
  for (int i = 0; i < count; ++i)
    joined += finish(thread[i]) != NULL;
  printf("all joined: %d\n", joined == count);
  sem_post(&stay);
  MUST(-(errno = pthread_create(&thread[0], &attributes, stayer, NULL)));
  printf("one more: %d\n", finish(thread[0]) != NULL);
  setrlimit(RLIMIT_AS, &before);
  pthread_attr_setstacksize(&attributes, 1ul << 46);
  printf("a stack of 64 TiB: %s\n", strerrorname_np(pthread_create(&thread[0], &attributes, stayer, NULL)));
  return 0;
}
