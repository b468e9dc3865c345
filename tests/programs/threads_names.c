// A thread's name, set and read by itself and by another thread while it blocks.
// pthread_setname_np(3), prctl(2).
#include "program.h"

#include <sys/prctl.h>

static pthread_barrier_t step;

static const char* name_of(pthread_t thread, char name[16]) {
  int error = pthread_getname_np(thread, name, 16);
  return error == 0 ? name : error_name(error);
}

static void* body(void* argument) {
  char own[16], seen[16];
  pthread_setname_np(pthread_self(), argument);
  pthread_barrier_wait(&step);
  pthread_barrier_wait(&step);  // main reads and renames meanwhile
  prctl(PR_GET_NAME, seen);
  printf("now %s, prctl says %s\n", name_of(pthread_self(), own), seen);
  prctl(PR_SET_NAME, "by prctl");
  printf("then %s\n", name_of(pthread_self(), own));
  return NULL;
}

int main(void) {
  char name[16], small[3];
  const char* names[] = {"alpha", "beta", "fifteen letters"};
  pthread_barrier_init(&step, NULL, 2);
  pthread_setname_np(pthread_self(), "the main one");
  for (int i = 0; i < 3; i++) {
    pthread_t thread = start(body, (void*)names[i]);
    pthread_barrier_wait(&step);
    printf("another sees %s\n", name_of(thread, name));
    printf("too long: %s\n", error_name(pthread_setname_np(thread, "sixteen letters!")));
    printf("small buffer: %s\n", error_name(pthread_getname_np(thread, small, sizeof small)));
    printf("renamed: %s\n", error_name(pthread_setname_np(thread, i == 1 ? "other" : names[i])));
    pthread_barrier_wait(&step);
    join(thread);
  }
  printf("main is still %s\n", name_of(pthread_self(), name));
  return 0;
}
