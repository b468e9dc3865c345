// Catch2's main: the tests in plain threads, or in fibers if the first argument is `fibers`.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <csignal>
#include <cstring>

#include "unblock.h"

int main(int count, char** arguments) {
  // What wait_signal() is tried with: in every thread, or one of another test that has yet to end would get it.
  sigset_t waited_for;
  sigemptyset(&waited_for);
  sigaddset(&waited_for, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &waited_for, nullptr);
  const bool fibers = count > 1 && std::strcmp(arguments[1], "fibers") == 0;
  if (fibers) {
    arguments[1] = arguments[0];
    ++arguments;
    --count;
  }
  // Without an end: the thread sanitizer has a thread of its own that has none, either.
  if (fibers && unblock_start(nullptr) != 0) return 1;
  return Catch::Session().run(count, arguments);
}
