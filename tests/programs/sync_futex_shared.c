// Shared futexes (without FUTEX_PRIVATE_FLAG) between the threads of two processes, on anonymous
// memory. futex(2).
#include "futex.h"

#include <sys/mman.h>
#include <sys/wait.h>

enum { count = 10, rounds = 50 };

static uint32_t* turns;  // one word for each pair of threads: even is the parent's turn

static void* take_turns(void* argument) {
  long packed = as_number(argument), side = packed % 2, wrong = 0;
  uint32_t* turn = &turns[packed / 2];
  for (int i = 0; i < rounds; i++) {
    uint32_t seen;
    while ((seen = __atomic_load_n(turn, __ATOMIC_SEQ_CST)) % 2 != (uint32_t)side) {
      if (futex(turn, FUTEX_WAIT, seen, NULL, NULL, 0) == -1 && errno != EAGAIN)
        wrong++;
    }
    __atomic_store_n(turn, seen + 1, __ATOMIC_SEQ_CST);
    futex(turn, FUTEX_WAKE, 1, NULL, NULL, 0);
  }
  return as_pointer(wrong);
}

static long run(int side) {
  pthread_t threads[count];
  long wrong = 0;
  for (long i = 0; i < count; i++)
    threads[i] = start(take_turns, as_pointer(2 * i + side));
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  return wrong;
}

int main(void) {
  turns = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t child = fork();
  if (child == 0)
    _exit(run(1) != 0);
  long wrong = run(0);
  int status, sum = 0;
  waitpid(child, &status, 0);
  for (int i = 0; i < count; i++)
    sum += (int)turns[i];
  printf("wrong %ld, child %d, turns %d\n", wrong, status, sum);
  return 0;
}
