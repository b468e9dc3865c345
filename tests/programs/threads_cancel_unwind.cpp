// Cancellation unwinds a C++ thread: destructors run, a catch (...) that rethrows lets it pass.
#include "program.h"

#include <semaphore.h>

namespace {

sem_t started;

struct Guard {
  const char* name;
  ~Guard() {
    pause_ms(1);  // cancellation is under way: blocking here must work
    printf("destroyed %s\n", name);
  }
};

void wait_for_ever() {
  Guard inner{"inner"};
  sem_post(&started);
  for (;;)
    sleep(100);
}

void* body(void*) {
  Guard outer{"outer"};
  try {
    wait_for_ever();
  } catch (...) {
    puts("passing through catch (...)");
    throw;
  }
  return nullptr;
}

}  // namespace

int main() {
  sem_init(&started, 0, 0);
  pthread_t threads[3];
  for (auto& thread : threads) {
    thread = start(body, nullptr);
    sem_wait(&started);
    require(pthread_cancel(thread), "pthread_cancel");
    puts(join(thread) == PTHREAD_CANCELED ? "PTHREAD_CANCELED" : "ended otherwise");
  }
}
