// Latches and semaphores that many threads wait for, in a process and in its child. fork(2).
#include "program.h"

#include <latch>
#include <semaphore>
#include <sys/wait.h>
#include <thread>
#include <vector>

static int meet(int count) {
  std::latch all(count), go(1);
  std::counting_semaphore<> done(0);
  std::vector<std::jthread> threads;
  for (int i = 0; i < count; i++)
    threads.emplace_back([&] {
      all.arrive_and_wait();
      go.wait();
      done.release();
    });
  all.wait();
  go.count_down();
  for (int i = 0; i < count; i++) done.acquire();
  return count;
}

int main() {
  printf("in the parent: %d\n", meet(200));
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) _exit(meet(100));
  int status;
  waitpid(child, &status, 0);
  printf("in the child: %d\n", WEXITSTATUS(status));
  printf("in the parent again: %d\n", meet(50));
}
