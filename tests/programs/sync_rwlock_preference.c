// With writer preference a waiting writer goes before later readers; without it readers pass.
// pthread_rwlockattr_setkind_np(3).
#include "program.h"

#include <stdatomic.h>

static pthread_rwlock_t lock;
static atomic_int writer_done;

static void* write_once(void* argument) {
  pthread_rwlock_wrlock(&lock);
  atomic_store(&writer_done, 1);
  pthread_rwlock_unlock(&lock);
  return argument;
}

static void* try_read(void* argument) {
  (void)argument;
  int error = pthread_rwlock_tryrdlock(&lock);
  if (error == 0)
    pthread_rwlock_unlock(&lock);
  return as_pointer(error);
}

static void* read_after(void* argument) {
  (void)argument;
  pthread_rwlock_rdlock(&lock);
  int seen = atomic_load(&writer_done);
  pthread_rwlock_unlock(&lock);
  return as_pointer(seen);
}

int main(void) {
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  require(pthread_rwlock_init(&lock, &attributes), "pthread_rwlock_init");

  pthread_rwlock_rdlock(&lock);
  pthread_t writer = start(write_once, NULL), readers[20];
  while (as_number(join(start(try_read, NULL))) == 0)  // until the writer waits, readers get in
    pause_ms(1);
  for (int i = 0; i < 20; i++)
    readers[i] = start(read_after, NULL);
  pause_ms(5);
  printf("writer preferred: reader meets %s, writer done %d\n",
         error_name((int)as_number(join(start(try_read, NULL)))), atomic_load(&writer_done));
  pthread_rwlock_unlock(&lock);
  join(writer);
  long saw_writer = 0;
  for (int i = 0; i < 20; i++)
    saw_writer += as_number(join(readers[i]));
  printf("later readers that came after the writer: %ld\n", saw_writer);
  pthread_rwlock_destroy(&lock);

  pthread_rwlock_init(&lock, NULL);
  atomic_store(&writer_done, 0);
  pthread_rwlock_rdlock(&lock);
  writer = start(write_once, NULL);
  pause_ms(10);
  printf("readers preferred: reader meets %s, writer done %ld\n",
         error_name((int)as_number(join(start(try_read, NULL)))), as_number(join(start(read_after, NULL))));
  pthread_rwlock_unlock(&lock);
  join(writer);
  return 0;
}
