// poll() over 2,000 descriptors finds the one that becomes ready, again and again. poll(2)
#include "check.h"
#include <sys/eventfd.h>
#include <sys/resource.h>

enum { count = 2000, rounds = 10 };
static struct pollfd watched[count];
static sem_t answered;

static void *poller(void *unused) {
  (void)unused;
  for (int round = 0; round < rounds; ++round) {
    int n = poll(watched, count, -1);
    for (int i = 0; i < count; ++i)
      if (watched[i].revents != 0) {
        uint64_t value;
        printf("poll: %d, at %d: %#x\n", n, i, watched[i].revents);
        MUST(read(watched[i].fd, &value, sizeof value));
      }
    sem_post(&answered);
  }
  return NULL;
}

int main(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  for (int i = 0; i < count; ++i)
    watched[i] = (struct pollfd){(int)MUST(eventfd(0, 0)), POLLIN, 0};
  pthread_t thread = start(poller, NULL);
  for (int round = 0; round < rounds; ++round) {
    uint64_t one = 1;
    nap(10);
    MUST(write(watched[(round * 777 + 1999) % count].fd, &one, sizeof one));
    sem_wait(&answered);
  }
  finish(thread);
  return 0;
}
