// Unnamed semaphores: counting, trywait, timed and clock-chosen waits, overflow. sem_overview(7).
#include "program.h"

#include <limits.h>
#include <semaphore.h>
#include <stdatomic.h>

enum { slots = 5, count = 40 };

static sem_t semaphore;
static atomic_int inside, most, late;

static void* use_slot(void* argument) {
  for (int i = 0; i < 5; i++) {
    while (sem_wait(&semaphore) == -1) {
    }
    int now_inside = atomic_fetch_add(&inside, 1) + 1, seen = atomic_load(&most);
    while (now_inside > seen && !atomic_compare_exchange_weak(&most, &seen, now_inside)) {
    }
    pause_ms(1);
    atomic_fetch_sub(&inside, 1);
    sem_post(&semaphore);
  }
  return argument;
}

static void* timed_wait(void* argument) {
  clockid_t clock = (clockid_t)as_number(argument);
  struct timespec deadline = after_ms(clock, 30);
  int result = sem_clockwait(&semaphore, clock, &deadline);
  int error = result == -1 ? errno : 0;
  late += reached(clock, deadline);
  return as_pointer(error);
}

int main(void) {
  pthread_t threads[count];
  int value;
  printf("too large: %s\n", outcome(sem_init(&semaphore, 0, (unsigned)SEM_VALUE_MAX + 1)));
  require(sem_init(&semaphore, 0, slots), "sem_init");
  for (int i = 0; i < count; i++)
    threads[i] = start(use_slot, NULL);
  for (int i = 0; i < count; i++)
    join(threads[i]);
  sem_getvalue(&semaphore, &value);
  printf("most inside %s, value %d\n", atomic_load(&most) <= slots ? "within the slots" : "too many", value);

  for (int i = 0; i < slots; i++)
    printf("%s ", outcome(sem_trywait(&semaphore)));
  printf("%s\n", outcome(sem_trywait(&semaphore)));
  threads[0] = start(timed_wait, as_pointer(CLOCK_REALTIME));
  threads[1] = start(timed_wait, as_pointer(CLOCK_MONOTONIC));
  printf("clockwait: %s", error_name((int)as_number(join(threads[0]))));
  printf(" %s", error_name((int)as_number(join(threads[1]))));
  printf(", late %d\n", atomic_load(&late));
  struct timespec deadline = {0, 2000000000};
  printf("bad time: %s\n", outcome(sem_timedwait(&semaphore, &deadline)));
  deadline = (struct timespec){1, 0};
  printf("past: %s\n", outcome(sem_timedwait(&semaphore, &deadline)));
  sem_post(&semaphore);
  printf("past but available: %s\n", outcome(sem_timedwait(&semaphore, &(struct timespec){0, 500000000})));
  sem_destroy(&semaphore);

  sem_init(&semaphore, 0, SEM_VALUE_MAX);
  printf("overflow: %s\n", outcome(sem_post(&semaphore)));
  return 0;
}
