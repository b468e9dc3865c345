// pthread_once(3): the routine runs once though it blocks, and all callers wait until it is done.
#include "program.h"

enum { count = 100 };

static pthread_once_t control = PTHREAD_ONCE_INIT;
static pthread_once_t cancelled_control = PTHREAD_ONCE_INIT;
static int calls, ready, seen_ready, tries;
static pthread_barrier_t gate;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void initialise(void) {
  calls++;
  pause_ms(30);  // blocks: meanwhile the others come and must wait
  ready = 1;
}

static void* use(void* argument) {
  pthread_barrier_wait(&gate);
  int error = pthread_once(&control, initialise);
  pthread_mutex_lock(&lock);
  seen_ready += ready;
  pthread_mutex_unlock(&lock);
  return argument != NULL ? argument : as_pointer(error);
}

static void leave_first_time(void) {
  if (tries++ == 0)
    pthread_exit(NULL);  // as cancellation would: the control must be as if never called
}

static void* try_once(void* argument) {
  pthread_once(&cancelled_control, leave_first_time);
  return argument;
}

int main(void) {
  pthread_t threads[count];
  pthread_barrier_init(&gate, NULL, count);
  for (int i = 0; i < count; i++)
    threads[i] = start(use, NULL);
  for (int i = 0; i < count; i++)
    join(threads[i]);
  printf("calls %d, saw it ready %d\n", calls, seen_ready);

  void* first = join(start(try_once, "done"));
  void* second = join(start(try_once, "done"));
  printf("left inside: %s, next: %s, tries %d\n", first == NULL ? "ended" : "went on",
         second == NULL ? "ended" : "went on", tries);
  return 0;
}
