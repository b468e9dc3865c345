// Threads whose handler mends the fault it is called for, time and again, while another signal's handler sleeps
// on top of that wherever it finds them. sigaction(2), mprotect(2)
#include "check.h"
#include <stdatomic.h>

enum { threads = 4, faults = 5000, page = 4096 };

static __thread char *memory;
static __thread long mended;

static void mend(int signal) {
  (void)signal;
  mprotect(memory, page, PROT_READ | PROT_WRITE);
  ++mended;
}

static void sleep_a_little(int signal) {
  (void)signal;
  const int error = errno;
  nap(1);
  errno = error;
}

static atomic_int finished;

static void *touch(void *unused) {
  (void)unused;
  memory = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < faults; ++i) {
    MUST(mprotect(memory, page, PROT_NONE));
    *(volatile char *)memory = 1;
  }
  ++finished;
  return (void *)mended;
}

static void on(int signal, void (*handler)(int)) {
  const struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  MUST(sigaction(signal, &action, NULL));
}

int main(void) {
  pthread_t of[threads];
  sigset_t sent;
  on(SIGSEGV, mend);
  on(SIGUSR1, sleep_a_little);
  on(SIGBUS, sleep_a_little);
  for (int t = 0; t < threads; ++t) of[t] = start(touch, NULL);
  sigemptyset(&sent);
  sigaddset(&sent, SIGBUS);
  pthread_sigmask(SIG_BLOCK, &sent, NULL);
  for (int i = 0; finished < threads; ++i) {
    for (int t = 0; t < threads; ++t) pthread_kill(of[t], SIGUSR1);
    if (i % 8 == 0) MUST(kill(getpid(), SIGBUS));  // a fault's signal, and none
    nap(2);
  }
  for (int t = 0; t < threads; ++t) printf("mended %s\n", (long)finish(of[t]) == faults ? "all" : "not all");
  return 0;
}
