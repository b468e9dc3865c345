// Readers share a rwlock, a writer has it alone; EBUSY, EDEADLK. pthread_rwlock_rdlock(3).
#include "program.h"

enum { readers = 30, writers = 10, rounds = 20 };

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t inside;
static long value;
static int reading, writing;

static void* read_together(void* argument) {
  pthread_rwlock_rdlock(&lock);
  pthread_barrier_wait(&inside);  // passes only when all readers hold the lock at once
  pthread_rwlock_unlock(&lock);
  return argument;
}

static void* attempt(void* argument) {
  (void)argument;
  int read_error = pthread_rwlock_tryrdlock(&lock);
  if (read_error == 0)
    pthread_rwlock_unlock(&lock);
  int write_error = pthread_rwlock_trywrlock(&lock);
  if (write_error == 0)
    pthread_rwlock_unlock(&lock);
  printf("tryrdlock %s, trywrlock %s\n", error_name(read_error), error_name(write_error));
  return NULL;
}

static void* read_value(void* argument) {
  long wrong = 0;
  (void)argument;
  for (int i = 0; i < rounds; i++) {
    pthread_rwlock_rdlock(&lock);
    __atomic_add_fetch(&reading, 1, __ATOMIC_SEQ_CST);
    long seen = value;
    pause_ms(i % 10 == 0);
    wrong += value != seen || writing;
    __atomic_sub_fetch(&reading, 1, __ATOMIC_SEQ_CST);
    pthread_rwlock_unlock(&lock);
  }
  return as_pointer(wrong);
}

static void* write_value(void* argument) {
  long wrong = 0;
  (void)argument;
  for (int i = 0; i < rounds; i++) {
    pthread_rwlock_wrlock(&lock);
    wrong += writing++ || __atomic_load_n(&reading, __ATOMIC_SEQ_CST);
    long seen = value;
    pause_ms(i % 10 == 0);
    value = seen + 1;
    writing--;
    pthread_rwlock_unlock(&lock);
  }
  return as_pointer(wrong);
}

int main(void) {
  pthread_t threads[readers + writers];
  pthread_barrier_init(&inside, NULL, readers);
  for (int i = 0; i < readers; i++)
    threads[i] = start(read_together, NULL);
  for (int i = 0; i < readers; i++)
    join(threads[i]);
  puts("readers were inside together");

  join(start(attempt, NULL));
  pthread_rwlock_rdlock(&lock);
  join(start(attempt, NULL));
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_wrlock(&lock);
  join(start(attempt, NULL));
  printf("own rdlock %s, own wrlock %s\n", error_name(pthread_rwlock_rdlock(&lock)),
         error_name(pthread_rwlock_wrlock(&lock)));
  pthread_rwlock_unlock(&lock);

  long wrong = 0;
  for (int i = 0; i < readers + writers; i++)
    threads[i] = start(i % 4 == 0 ? write_value : read_value, NULL);
  for (int i = 0; i < readers + writers; i++)
    wrong += as_number(join(threads[i]));
  printf("value %ld, wrong %ld\n", value, wrong);
  return 0;
}
