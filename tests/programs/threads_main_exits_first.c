// pthread_exit(3) in main lets the others go on; the process ends, with status 0, after the last one.
#include "program.h"

static pthread_t main_thread;

static void at_exit(void) {
  puts("atexit ran");
}

static void say(void* text) {
  printf("main's cleanup: %s\n", (char*)text);
}

static void* last(void* argument) {
  void* result;
  printf("main gave %s\n", error_name(pthread_join(main_thread, &result)));
  printf("its value %ld\n", as_number(result));
  for (int i = 0; i < 3; i++) {
    pause_ms(5);
    printf("still here %d\n", i);
  }
  return argument;
}

static void* create_and_leave(void* argument) {
  pthread_detach(start(last, argument));
  return NULL;
}

int main(void) {
  main_thread = pthread_self();
  atexit(at_exit);
  pthread_detach(start(create_and_leave, NULL));
  pthread_cleanup_push(say, "popped by pthread_exit");
  pthread_exit(as_pointer(17));
  pthread_cleanup_pop(0);
  return 5;
}
