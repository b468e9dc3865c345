// A child forked by a thread, among others that sleep and others that are gone, makes and joins threads of
// its own, some with another stack size, and so does its parent. fork(2).
#include "program.h"

#include <sys/wait.h>

enum { sleepers = 30, waves = 5, wave = 20 };

static void* sleeper(void* argument) {
  pause_ms(1000000);
  return argument;
}

static void* worker(void* argument) {
  volatile char block[100000];
  for (size_t i = 0; i < sizeof block; i += 512)
    block[i] = (char)as_number(argument);
  pause_ms(1);
  return as_pointer(as_number(argument) + (block[0] == (char)as_number(argument)));
}

static long work(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 512 << 10);
  long sum = 0;
  for (int i = 0; i < waves; i++) {
    pthread_t threads[wave];
    for (long j = 0; j < wave; j++)
      require(pthread_create(&threads[j], j % 2 ? &attributes : NULL, worker, as_pointer(j)),
              "pthread_create");
    for (int j = 0; j < wave; j++)
      sum += as_number(join(threads[j]));
  }
  pthread_attr_destroy(&attributes);
  return sum;
}

static void* forks(void* argument) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    printf("child: %ld, %ld\n", work(), work());
    fflush(stdout);
    pid_t grandchild = fork();
    if (grandchild == 0) {
      printf("grandchild: %ld\n", work());
      fflush(stdout);
      _exit(0);
    }
    waitpid(grandchild, NULL, 0);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  printf("parent: status %d, %ld\n", status, work());
  return argument;
}

int main(void) {
  for (int i = 0; i < sleepers; i++)
    start(sleeper, NULL);
  printf("before: %ld\n", work());
  join(start(forks, NULL));
  printf("after: %ld\n", work());
  return 0;
}
