// Threads made before main, in a constructor function and by a static object, and one made in an
// atexit handler.
#include "program.h"

#include <thread>

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;  // taken before there is any thread
static pthread_t early;
static int counter;

static void* add(void* argument) {
  pthread_mutex_lock(&held);
  counter += static_cast<int>(as_number(argument));
  pthread_mutex_unlock(&held);
  return argument;
}

__attribute__((constructor)) static void start_early() {
  pthread_mutex_lock(&held);
  early = start(add, as_pointer(1));
}

struct Background {
  std::thread thread;
  Background() : thread([] { add(as_pointer(10)); }) {}
  ~Background() { printf("static object destroyed, counter %d\n", counter); }
};

static Background background;

static void run_late() {
  printf("at exit: %ld\n", as_number(join(start(add, as_pointer(100)))));
}

int main() {
  atexit(run_late);
  printf("main: counter %d\n", counter);
  pthread_mutex_unlock(&held);
  printf("early gave %ld\n", as_number(join(early)));
  background.thread.join();
  printf("counter %d\n", counter);
}
