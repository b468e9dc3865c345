// What is pending for a thread over its stop.
#pragma once

#include <catch2/catch.hpp>
#include <csignal>

#include "unblock.h"

/// Starts and stops the calling thread, with a signal that it blocks and raises in between; it must take it
/// after.
inline void keep_a_signal_over_stop() {
  sigset_t set, pending;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  REQUIRE(unblock_start(nullptr) == 0);
  REQUIRE(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
  REQUIRE(raise(SIGUSR1) == 0);
  REQUIRE(unblock_stop() == 0);
  sigpending(&pending);
  CHECK(sigismember(&pending, SIGUSR1) == 1);
  int number = 0;
  CHECK(sigwait(&set, &number) == 0);
  CHECK(number == SIGUSR1);
  CHECK(pthread_sigmask(SIG_UNBLOCK, &set, nullptr) == 0);
}
