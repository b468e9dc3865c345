// C11 <threads.h>: thrd_create, thrd_join, thrd_sleep, mtx_*, cnd_*, tss_*, call_once.
#include "program.h"

#include <threads.h>

enum { count = 20 };

static mtx_t mutex;
static cnd_t condition;
static tss_t slot;
static once_flag flag = ONCE_FLAG_INIT;
static int once_calls, arrived, open, destroyed;

static const char* result_name(int result) {
  return result == thrd_success    ? "success"
         : result == thrd_busy     ? "busy"
         : result == thrd_timedout ? "timedout"
         : result == thrd_nomem    ? "nomem"
                                   : "error";
}

static void count_once(void) {
  once_calls++;
}

static void destroy(void* value) {
  (void)value;
  mtx_lock(&mutex);
  destroyed++;
  mtx_unlock(&mutex);
}

static int body(void* argument) {
  call_once(&flag, count_once);
  tss_set(slot, argument);
  mtx_lock(&mutex);
  arrived++;
  cnd_broadcast(&condition);
  while (!open)
    cnd_wait(&condition, &mutex);
  mtx_unlock(&mutex);
  thrd_yield();
  if (tss_get(slot) != argument)
    thrd_exit(-1000);
  return (int)as_number(argument);
}

int main(void) {
  mtx_init(&mutex, mtx_plain);
  cnd_init(&condition);
  tss_create(&slot, destroy);
  thrd_t threads[count];
  for (long i = 0; i < count; i++)
    if (thrd_create(&threads[i], body, as_pointer(i + 1)) != thrd_success)
      return 2;
  mtx_lock(&mutex);
  while (arrived < count)
    cnd_wait(&condition, &mutex);
  open = 1;
  cnd_broadcast(&condition);
  mtx_unlock(&mutex);
  int sum = 0, result;
  for (int i = 0; i < count; i++) {
    thrd_join(threads[i], &result);
    sum += result;
  }
  printf("sum %d, once %d, destroyed %d\n", sum, once_calls, destroyed);

  mtx_t timed;
  mtx_init(&timed, mtx_timed | mtx_recursive);
  printf("recursive: %s", result_name(mtx_lock(&timed)));
  printf(" %s\n", result_name(mtx_lock(&timed)));
  mtx_lock(&mutex);
  printf("trylock: %s\n", result_name(mtx_trylock(&mutex)));
  struct timespec deadline = after_ms(CLOCK_REALTIME, 20);
  printf("cnd_timedwait: %s", result_name(cnd_timedwait(&condition, &mutex, &deadline)));
  printf(", %s\n", reached(CLOCK_REALTIME, deadline) ? "not early" : "early");
  struct timespec rest = {0, 5000000};
  printf("thrd_sleep: %d, equal to itself: %d\n", thrd_sleep(&rest, NULL),
         thrd_equal(thrd_current(), thrd_current()) != 0);
  return 0;
}
