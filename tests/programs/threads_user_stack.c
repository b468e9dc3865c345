// A thread runs on the stack the program gave it, which stays the program's afterwards.
// pthread_attr_setstack(3).
#include "memory.h"

#include <sys/mman.h>

enum { size = 128 << 10 };

struct stack {
  char* low;
  pthread_mutex_t* gate;
};

static void* look_around(void* argument) {
  const struct stack* stack = argument;
  char local = 1;
  pthread_mutex_lock(stack->gate);
  pthread_mutex_unlock(stack->gate);
  struct stack_bounds own = own_stack();
  printf(
      "local %s, thread control block %s, getattr says offset %td size %zu\n",
      &local >= stack->low && &local < stack->low + size ? "inside" : "outside",
      (char*)pthread_self() >= stack->low && (char*)pthread_self() < stack->low + size ? "inside" : "outside",
      own.low - stack->low, own.size);
  return &((struct stack*)argument)->low[10];
}

int main(void) {
  pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
  char* memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct stack stack = {memory, &gate};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  printf("setstack, too small: %s\n", error_name(pthread_attr_setstack(&attributes, memory, 100)));
  printf("setstack: %s\n", error_name(pthread_attr_setstack(&attributes, memory, size)));

  for (int i = 0; i < 3; i++) {  // the same stack again and again: nobody may still be on it after join
    pthread_t thread;
    pthread_mutex_lock(&gate);
    require(pthread_create(&thread, &attributes, look_around, &stack), "pthread_create");
    pthread_mutex_unlock(&gate);
    printf("result offset %td\n", (char*)join(thread) - memory);
    memset(memory, 0, size);
  }
  printf("munmap: %s\n", outcome(munmap(memory, size)));
  pthread_attr_destroy(&attributes);
  return 0;
}
