// What a thread can ask about its scheduling: policy, priority, affinity, by itself and by others. sched(7).
#include "program.h"

#include <sched.h>
#include <signal.h>

static pthread_barrier_t step;

static void print_policy(const char* who, pthread_t thread) {
  struct sched_param parameter = {-1};
  int policy = -1;
  int error = pthread_getschedparam(thread, &policy, &parameter);
  printf("%s: %s, policy %d, priority %d\n", who, error_name(error), policy, parameter.sched_priority);
}

static int same_cpus(pthread_t thread, const cpu_set_t* expected) {
  cpu_set_t set;
  return pthread_getaffinity_np(thread, sizeof set, &set) == 0 && CPU_EQUAL(&set, expected);
}

static void* body(void* all) {
  cpu_set_t set;
  print_policy("own", pthread_self());
  printf("affinity: sched %d, pthread %d\n",
         sched_getaffinity(0, sizeof set, &set) == 0 && CPU_EQUAL(&set, (cpu_set_t*)all),
         same_cpus(pthread_self(), all));
  struct sched_param none = {0};
  printf("setschedparam: %s\n", error_name(pthread_setschedparam(pthread_self(), SCHED_OTHER, &none)));
  none.sched_priority = 5;
  printf("bad priority: %s\n", error_name(pthread_setschedparam(pthread_self(), SCHED_OTHER, &none)));
  pthread_barrier_wait(&step);
  pthread_barrier_wait(&step);
  return NULL;
}

int main(void) {
  cpu_set_t all;
  sched_getaffinity(0, sizeof all, &all);
  pthread_barrier_init(&step, NULL, 2);
  pthread_t thread = start(body, &all);
  pthread_barrier_wait(&step);
  print_policy("another's", thread);
  printf("another's affinity: %d\n", same_cpus(thread, &all));
  printf("set it: %s\n", error_name(pthread_setaffinity_np(thread, sizeof all, &all)));
  printf("alive: %s\n", error_name(pthread_kill(thread, 0)));
  printf("bad signal: %s\n", error_name(pthread_kill(thread, 1000)));
  pthread_barrier_wait(&step);
  join(thread);
  return 0;
}
