// What threads are made of, timed: primitives create|condvar|futex|yield [COUNT]. Prints what one takes of
// the processor, in nanoseconds:
//   create    pthread_create and pthread_join of a thread that does nothing
//   condvar   there and back between two threads, by a mutex and a condition
//   futex     the same by two futex words
//   yield     a change from one thread to another: sched_yield by turns
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long count;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static void* nothing(void* argument) { return argument; }

static void create(void) {
  for (long i = 0; i < count; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, nothing, NULL) != 0) exit(1);
    pthread_join(thread, NULL);
  }
}

// Runs `body` in two threads at once, as number 0 and 1.
static void two(void* (*body)(void*)) {
  pthread_t other;
  if (pthread_create(&other, NULL, body, (void*)1) != 0) exit(1);
  body(NULL);
  pthread_join(other, NULL);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed[2] = {PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER};
static long turn;

static void* condvar_body(void* number) {
  long mine = (long)number;
  pthread_mutex_lock(&mutex);
  for (long i = 0; i < count; ++i) {
    while (turn != mine) pthread_cond_wait(&changed[mine], &mutex);
    turn = !mine;
    pthread_cond_signal(&changed[!mine]);
  }
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static int words[2];

static void futex_wait_for(int* word) {
  while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == 0)
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
  __atomic_store_n(word, 0, __ATOMIC_RELAXED);
}

static void futex_give(int* word) {
  __atomic_store_n(word, 1, __ATOMIC_RELEASE);
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void* futex_body(void* number) {
  long mine = (long)number;
  for (long i = 0; i < count; ++i) {
    if (mine == 1) futex_wait_for(&words[1]);
    futex_give(&words[!mine]);
    if (mine == 0) futex_wait_for(&words[0]);
  }
  return NULL;
}

static void* yield_body(void* argument) {
  for (long i = 0; i < count; ++i) sched_yield();
  return argument;
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  count = argc > 2 ? atol(argv[2]) : 100000;
  double begin = now(), divisor = count;
  if (strcmp(what, "create") == 0)
    create();
  else if (strcmp(what, "condvar") == 0)
    two(condvar_body);
  else if (strcmp(what, "futex") == 0)
    two(futex_body);
  else if (strcmp(what, "yield") == 0)
    two(yield_body), divisor = 2.0 * count;
  else {
    fprintf(stderr, "usage: primitives create|condvar|futex|yield [COUNT]\n");
    return 2;
  }
  printf("%.1f\n", (now() - begin) / divisor);
  return 0;
}
