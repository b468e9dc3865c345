// CPU-time clocks of threads: what a thread computes counts, what it sleeps does not. clock_getcpuclockid(3)
#include "program.h"

#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static sem_t asked, answered;
static volatile unsigned long sink;
static volatile int stop;

static long us(clockid_t clock) {
  struct timespec time = {-1, 0};
  if (clock_gettime(clock, &time) != 0) return -1;
  return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static long usage_us(void) {
  struct rusage usage;
  require(getrusage(RUSAGE_THREAD, &usage) == 0 ? 0 : errno, "getrusage");
  return usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_sec * 1000000 +
         usage.ru_stime.tv_usec;
}

// Computes for so long by the thread's own clock, which never goes back.
static int compute_us(long wanted) {
  long begin = us(CLOCK_THREAD_CPUTIME_ID), last = begin;
  int back = 0;
  while (last < begin + wanted) {
    for (int i = 0; i < 1000; ++i) sink += (unsigned long)i;
    long next = us(CLOCK_THREAD_CPUTIME_ID);
    back += next < last;
    last = next;
  }
  return back;
}

static void* computes(void* argument) {
  int back = 0;
  for (int i = 0; i < 10; ++i) {
    back += compute_us(as_number(argument) * 100);
    pause_ms(5);
  }
  sem_post(&answered);
  sem_wait(&asked);
  return as_pointer(back);
}

// Never asks itself before it has computed for some 50 ms.
static void* asks_late(void* unused) {
  struct timespec end = after_ms(CLOCK_MONOTONIC, 50);
  while (!reached(CLOCK_MONOTONIC, end)) sink += 1;
  pause_ms(5);
  long spent = us(CLOCK_THREAD_CPUTIME_ID);
  printf("asked late: %d\n", spent > 0 && spent < 1000000);
  return unused;
}

static void* sleeps(void* unused) {
  long begin = us(CLOCK_THREAD_CPUTIME_ID);
  pause_ms(300);
  long spent = us(CLOCK_THREAD_CPUTIME_ID) - begin;
  printf("sleeping costs nothing: %d\n", spent >= 0 && spent < 100000);
  struct rusage usage;
  printf("getrusage: %s, of a bad address: ", outcome(getrusage(RUSAGE_THREAD, &usage)));
  printf("%s\n", outcome(syscall(SYS_getrusage, RUSAGE_THREAD, (void*)8)));
  printf("clocks agree: %d\n", labs(usage_us() - us(CLOCK_THREAD_CPUTIME_ID)) < 20000);
  return unused;
}

// Never asks itself, and computes after a call that blocked its kernel thread.
static void* waits_then_computes(void* file) {
  require(flock(as_number(file), LOCK_EX) == 0 ? 0 : errno, "flock");
  struct timespec end = after_ms(CLOCK_MONOTONIC, 200);
  while (!reached(CLOCK_MONOTONIC, end)) sink += 1;
  sem_post(&answered);
  sem_wait(&asked);
  return file;
}

static void clock_after_blocking(void) {
  FILE* kept = tmpfile();
  char again[64];
  clockid_t clock;
  snprintf(again, sizeof again, "/proc/self/fd/%d", fileno(kept));
  int other = open(again, O_RDWR);
  require(flock(fileno(kept), LOCK_EX) == 0 ? 0 : errno, "flock");
  pthread_t thread = start(waits_then_computes, as_pointer(other));
  pause_ms(50);
  flock(fileno(kept), LOCK_UN);
  sem_wait(&answered);
  require(pthread_getcpuclockid(thread, &clock), "pthread_getcpuclockid");
  printf("after a call that blocked: %d\n", us(clock) > 0 && us(clock) < 1000000);
  sem_post(&asked);
  join(thread);
  close(other);
  fclose(kept);
}

static void* spins(void* unused) {
  while (!stop) sink += 1;
  return unused;
}

static void others_clocks(void) {
  pthread_t thread[3];
  for (long i = 0; i < 3; ++i) thread[i] = start(computes, as_pointer((i + 1) * 10));
  for (int i = 0; i < 3; ++i) sem_wait(&answered);
  for (int i = 0; i < 3; ++i) {
    clockid_t clock;
    struct timespec resolution = {9, 9};
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    printf("getcpuclockid: %s, ", error_name(pthread_getcpuclockid(thread[i], &clock)));
    long spent = us(clock);
    printf("about %d ms: %d, ", (i + 1) * 10, spent >= (i + 1) * 10000 && spent < 500000 + (i + 1) * 10000);
    printf("getres: %s %ld, ", outcome(clock_getres(clock, &resolution)), resolution.tv_nsec);
    printf("timer: %s, ", outcome(timer_create(clock, &event, &timer)));
    printf("sleep in the past: %s\n",
           error_name(clock_nanosleep(clock, TIMER_ABSTIME, &(struct timespec){0, 1}, NULL)));
  }
  for (int i = 0; i < 3; ++i) sem_post(&asked);
  for (int i = 0; i < 3; ++i) printf("went back %ld times\n", as_number(join(thread[i])));
}

static void sleep_by_anothers_clock(void) {
  clockid_t clock;
  pthread_t thread = start(spins, NULL);
  require(pthread_getcpuclockid(thread, &clock), "pthread_getcpuclockid");
  long begin = us(clock);
  printf("sleep by another's clock: %s, ",
         error_name(clock_nanosleep(clock, 0, &(struct timespec){0, 20000000}, NULL)));
  printf("it computed meanwhile: %d\n", us(clock) - begin >= 19000);
  stop = 1;
  join(thread);
}

int main(void) {
  sem_init(&asked, 0, 0);
  sem_init(&answered, 0, 0);
  others_clocks();
  join(start(sleeps, NULL));
  join(start(asks_late, NULL));
  clock_after_blocking();
  sleep_by_anothers_clock();
  printf("main's: %d, the process': %d\n", us(CLOCK_THREAD_CPUTIME_ID) >= 0,
         us(CLOCK_PROCESS_CPUTIME_ID) >= us(CLOCK_THREAD_CPUTIME_ID) - 20000);
  printf("own, by sleeping: %s\n",
         error_name(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &(struct timespec){0, 1}, NULL)));
  printf("no such clock: %s\n", outcome(clock_gettime(12345, &(struct timespec){0, 0})));
  return 0;
}
