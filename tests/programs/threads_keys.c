// Thread-specific data: values per thread, destructors in rounds, deletion, and the limit.
// pthread_key_create(3).
#include "program.h"

#include <limits.h>

static pthread_key_t stubborn, once, silent;
static int rounds;

static void set_again(void* value) {
  rounds++;
  pthread_setspecific(stubborn, value);  // asks for another round, until the system gives up
}

static void say(void* value) {
  printf("destructor of %s, key now %s\n", (char*)value, pthread_getspecific(once) == NULL ? "empty" : "set");
}

static void* body(void* argument) {
  printf("fresh thread: %s\n", pthread_getspecific(once) == NULL ? "empty" : "set");
  pthread_setspecific(once, argument);
  pthread_setspecific(stubborn, argument);
  pthread_setspecific(silent, argument);
  pause_ms(2);
  printf("after blocking: %s\n", (char*)pthread_getspecific(once));
  return NULL;
}

int main(void) {
  require(pthread_key_create(&stubborn, set_again), "pthread_key_create");
  require(pthread_key_create(&once, say), "pthread_key_create");
  require(pthread_key_create(&silent, NULL), "pthread_key_create");
  join(start(body, "one"));
  printf("rounds %d, the limit is %d\n", rounds, PTHREAD_DESTRUCTOR_ITERATIONS);
  join(start(body, "two"));
  printf("rounds %d\n", rounds);

  printf("delete: %s\n", error_name(pthread_key_delete(once)));
  printf("delete again: %s\n", error_name(pthread_key_delete(once)));
  printf("set a deleted key: %s\n", error_name(pthread_setspecific(once, "x")));
  int made = 2, error;  // two are left
  pthread_key_t more;
  while ((error = pthread_key_create(&more, NULL)) == 0)
    made++;
  printf("then %s, %s of them\n", error_name(error),
         made <= PTHREAD_KEYS_MAX && made > 900 ? "as many" : "too few");
  return 0;
}
