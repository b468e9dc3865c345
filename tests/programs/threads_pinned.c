// A thread that is pinned to one CPU makes others for the other CPUs, as OpenMP's runtimes do: each may run
// there, and is told so. pthread_attr_setaffinity_np(3), sched_setaffinity(2)
#include "program.h"

#include <sched.h>
#include <sys/wait.h>

enum { most = 4 };

static int cpus[most], count;

static cpu_set_t only(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return set;
}

static void tell(const char* who, int right) {
  cpu_set_t set, expected = only(cpus[right]);
  CPU_ZERO(&set);
  printf("%s: %s ", who, outcome(sched_getaffinity(0, sizeof set, &set)));
  printf("%s\n", CPU_EQUAL(&set, &expected) ? "its own" : "others");
}

static void* body(void* number) {
  tell("a thread", (int)as_number(number));
  return NULL;
}

static pthread_t start_on(int number) {
  cpu_set_t set = only(cpus[number]);
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  require(pthread_attr_setaffinity_np(&attributes, sizeof set, &set), "pthread_attr_setaffinity_np");
  require(pthread_create(&thread, &attributes, body, as_pointer(number)), "pthread_create");
  pthread_attr_destroy(&attributes);
  return thread;
}

int main(void) {
  cpu_set_t all;
  sched_getaffinity(0, sizeof all, &all);
  for (int cpu = 0; cpu < CPU_SETSIZE && count < most; ++cpu)
    if (CPU_ISSET(cpu, &all)) cpus[count++] = cpu;
  cpu_set_t first = only(cpus[0]);
  printf("pin: %s\n", outcome(sched_setaffinity(0, sizeof first, &first)));
  for (int number = 0; number < most; ++number) join(start_on(number % count));
  tell("the first thread", 0);
  join(start(body, as_pointer(0)));
  if (fork() == 0) {
    tell("a child", 0);
    fflush(stdout);
    _exit(0);
  }
  wait(NULL);
  printf("unpin: %s\n", outcome(sched_setaffinity(0, sizeof all, &all)));
  return 0;
}
