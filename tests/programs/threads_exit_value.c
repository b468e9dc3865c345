// pthread_exit(3) from deep inside: the value arrives, cleanup handlers run last pushed first, keys
// after them.
#include "program.h"

static pthread_key_t key;

static void say(void* text) {
  printf("%s\n", (const char*)text);
}

static void descend(int depth) {
  if (depth < 0)
    return;
  pthread_cleanup_push(say, depth % 2 ? "odd level" : "even level");
  if (depth == 0)
    pthread_exit(as_pointer(1234));
  descend(depth - 1);
  pthread_cleanup_pop(0);
}

static void* body(void* argument) {
  (void)argument;
  pthread_setspecific(key, "key destructor");
  pthread_cleanup_push(say, "popped, run");
  pthread_cleanup_pop(1);
  pthread_cleanup_push(say, "popped, not run");
  pthread_cleanup_pop(0);
  descend(3);
  puts("never printed");
  return NULL;
}

static void* return_plainly(void* argument) {
  return argument;
}

int main(void) {
  require(pthread_key_create(&key, say), "pthread_key_create");
  printf("pthread_exit gave %ld\n", as_number(join(start(body, NULL))));
  printf("return gave %ld\n", as_number(join(start(return_plainly, as_pointer(-5)))));
  return 0;
}
