// What a thread sets of its scheduling is what is told of it then, and of no other. sched(7), setpriority(2)
#include "program.h"

#include <linux/ioprio.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static cpu_set_t all;
static int first_cpu;

static void tell(const char* who, pid_t tid) {
  cpu_set_t set;
  struct sched_param parameter = {-1};
  CPU_ZERO(&set);
  printf("%s: affinity %s ", who, outcome(sched_getaffinity(tid, sizeof set, &set)));
  printf("%s, ", CPU_EQUAL(&set, &all)                                ? "all"
                 : CPU_COUNT(&set) == 1 && CPU_ISSET(first_cpu, &set) ? "the first"
                                                                      : "other");
  printf("policy %d ", sched_getscheduler(tid));
  printf("%s %d, ", outcome(sched_getparam(tid, &parameter)), parameter.sched_priority);
  errno = 0;
  printf("nice %d ", getpriority(PRIO_PROCESS, (id_t)tid));
  printf("io %ld\n", syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, tid));
}

static void* inherits(void* unused) {
  tell("made by it", 0);
  return unused;
}

static void set_policies(void) {
  struct sched_param none = {0}, five = {5}, hundred = {100};
  printf("SCHED_BATCH: %s\n", outcome(sched_setscheduler(0, SCHED_BATCH, &none)));
  tell("batch", 0);
  printf("SCHED_OTHER with priority: %s\n", outcome(sched_setscheduler(0, SCHED_OTHER, &five)));
  printf("SCHED_FIFO too high: %s\n", outcome(sched_setscheduler(0, SCHED_FIFO, &hundred)));
  printf("SCHED_FIFO 0: %s\n", outcome(sched_setscheduler(0, SCHED_FIFO, &none)));
  printf("no such policy: %s\n", outcome(sched_setscheduler(0, 77, &none)));
  printf("negative policy: %s\n", outcome(sched_setscheduler(0, -1, &none)));
  printf("null: %s\n", outcome(sched_setscheduler(0, SCHED_OTHER, NULL)));
  printf("bad address: %s\n", outcome(sched_setscheduler(0, SCHED_OTHER, (void*)8)));
  printf("negative tid: %s\n", outcome(sched_setscheduler(-5, SCHED_OTHER, &none)));
  printf("negative tid's: %s\n", outcome(sched_getscheduler(-5)));
  printf("param with priority: %s\n", outcome(sched_setparam(0, &five)));
  printf("pthread: %s\n", error_name(pthread_setschedparam(pthread_self(), SCHED_IDLE, &none)));
  int policy = -1;
  printf("pthread get: %s ", error_name(pthread_getschedparam(pthread_self(), &policy, &none)));
  printf("%d\n", policy);
}

static void set_affinities(void) {
  cpu_set_t one, empty;
  CPU_ZERO(&one);
  CPU_ZERO(&empty);
  CPU_SET(first_cpu, &one);
  printf("pin: %s\n", outcome(sched_setaffinity(0, sizeof one, &one)));
  printf("to none: %s\n", outcome(sched_setaffinity(0, sizeof empty, &empty)));
  printf("bad address: %s\n", outcome(sched_setaffinity(0, sizeof empty, (void*)8)));
  printf("small: %s\n", outcome(sched_getaffinity(0, 1, &empty)));
  printf("pthread get: %s ", error_name(pthread_getaffinity_np(pthread_self(), sizeof empty, &empty)));
  printf("%d\n", CPU_COUNT(&empty));
}

static void set_priorities(void) {
  printf("nicer: %s\n", outcome(setpriority(PRIO_PROCESS, 0, 5)));
  printf("nicest: %s\n", outcome(setpriority(PRIO_PROCESS, 0, 50)));
  printf("no such kind: %s\n", outcome(setpriority(9, 0, 0)));
  printf("no such thread: %s\n", outcome(setpriority(PRIO_PROCESS, 99999999, 0)));
  printf("ioprio: %s\n", outcome(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(2, 6))));
  printf("bad ioprio: %s\n", outcome(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, 0xffff)));
}

// struct sched_attr: what libc has no name for yet.
struct attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

static void set_attributes(void) {
  struct attributes own = {sizeof own, SCHED_BATCH, 0, 7, 0, 0, 0, 0}, told = {0};
  printf("setattr: %s\n", outcome(syscall(SYS_sched_setattr, 0, &own, 0)));
  printf("getattr: %s ", outcome(syscall(SYS_sched_getattr, 0, &told, sizeof told, 0)));
  printf("policy %u, nice %d, priority %u, flags %d\n", told.policy, told.nice, told.priority,
         (int)told.flags);
  own.priority = 3;
  printf("with priority: %s\n", outcome(syscall(SYS_sched_setattr, 0, &own, 0)));
  own = (struct attributes){sizeof own, 77, 0, 0, 0, 0, 0, 0};
  printf("no such policy: %s\n", outcome(syscall(SYS_sched_setattr, 0, &own, 0)));
  printf("null: %s\n", outcome(syscall(SYS_sched_setattr, 0, NULL, 0)));
  printf("flags: %s\n", outcome(syscall(SYS_sched_setattr, 0, &own, 1)));
  own.size = 8;
  printf("short: %s\n", outcome(syscall(SYS_sched_setattr, 0, &own, 0)));
}

static void* body(void* main_tid) {
  tell("before", 0);
  set_policies();
  set_affinities();
  set_priorities();
  tell("own", 0);
  set_attributes();
  tell("own", 0);
  tell("by tid", (pid_t)syscall(SYS_gettid));
  tell("main's", (pid_t)as_number(main_tid));
  join(start(inherits, NULL));
  return NULL;
}

int main(void) {
  sched_getaffinity(0, sizeof all, &all);
  while (!CPU_ISSET(first_cpu, &all)) ++first_cpu;
  join(start(body, as_pointer(getpid())));
  tell("main", 0);
  return 0;
}
