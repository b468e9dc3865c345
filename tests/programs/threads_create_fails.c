// pthread_create(3) that cannot get a stack says EAGAIN, under RLIMIT_AS or with a huge stack;
// later ones work.
#include "program.h"

#include <sys/resource.h>

static void* body(void* argument) {
  return argument;
}

static void* block(void* gate) {
  pthread_mutex_lock(gate);
  pthread_mutex_unlock(gate);
  return NULL;
}

static int create_sized(size_t size) {
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  require(pthread_attr_setstacksize(&attributes, size), "pthread_attr_setstacksize");
  int error = pthread_create(&thread, &attributes, body, NULL);
  if (error == 0)
    join(thread);
  pthread_attr_destroy(&attributes);
  return error;
}

int main(void) {
  printf("1 PiB of stack: %s\n", error_name(create_sized((size_t)1 << 50)));
  printf("64 KiB of stack: %s\n", error_name(create_sized(64 << 10)));

  pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
  pthread_t threads[1000];
  pthread_mutex_lock(&gate);
  struct rlimit limit = {(size_t)1 << 30, (size_t)1 << 30};  // room for about a hundred stacks of 8 MiB
  require(setrlimit(RLIMIT_AS, &limit), "setrlimit");
  int made = 0, error;
  while (made < 1000 && (error = pthread_create(&threads[made], NULL, block, &gate)) == 0)
    made++;
  printf("under RLIMIT_AS: %s after %s\n", error_name(error),
         made > 20 && made < 500 ? "some" : "a strange number");
  pthread_mutex_unlock(&gate);
  for (int i = 0; i < made; i++)
    join(threads[i]);
  printf("afterwards: %ld\n", as_number(join(start(body, as_pointer(7)))));
  return 0;
}
