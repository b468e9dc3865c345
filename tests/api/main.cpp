// Catch2's main: the tests in plain threads, or in fibers if the first argument is `fibers`.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <cstring>

#include "unblock.h"

int main(int count, char** arguments) {
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
