// The edge: what becomes of a call that a signal has ended.
#include <catch2/catch.hpp>

#include "entry/edge.h"
#include "stage.h"

using namespace unblock;
using test::Stage;

namespace {

int handled = 0;

void handle(unsigned long flags) {
  handled = 0;
  signals::detail::actions[SIGUSR1] = {[](int) { ++handled; }, flags, nullptr, 0};
}

void send(Fiber& fiber) {
  siginfo_t info{};
  info.si_signo = SIGUSR1;
  unblock_self = &fiber;  // who is not to be kicked
  CHECK(signals::post(fiber, info) == 0);
  unblock_self = nullptr;
}

// Interrupted by a signal the first time, then done.
auto once(long restart, int& calls) {
  return [restart, &calls](Fiber& fiber) -> long {
    CHECK(fiber.in_runtime == 1);
    if (++calls > 1) return calls;
    send(fiber);
    return restart;
  };
}

}  // namespace

TEST_CASE("a handler ends the call, unless that is to be made again after one with SA_RESTART") {
  Stage stage;
  const auto result = [&](unsigned long flags, long restart) {
    int calls = 0;
    handle(flags);
    const long answer = edge::serve(stage.main, nullptr, once(restart, calls));
    CHECK(handled == 1);
    CHECK(stage.main.in_runtime == 0);
    return answer;
  };
  CHECK(result(0, waiting::restart_if_asked) == -EINTR);
  CHECK(result(SA_RESTART, waiting::restart_if_asked) == 2);
  CHECK(result(0, waiting::restart_unhandled) == -EINTR);
  CHECK(result(SA_RESTART, waiting::restart_unhandled) == -EINTR);
}

TEST_CASE("a call that was woken for no handler goes on") {
  Stage stage;
  int calls = 0;
  const auto woken = [&](Fiber&) -> long { return ++calls == 3 ? 7 : waiting::restart_unhandled; };
  CHECK(edge::serve(stage.main, nullptr, woken) == 7);
  CHECK(calls == 3);
  CHECK(stage.main.in_runtime == 0);
}

TEST_CASE("between an interrupted call and the look for handlers a kick finds the fiber in the runtime") {
  Stage stage;
  for (const long restart : {waiting::restart_if_asked, waiting::restart_unhandled, waiting::past_limit}) {
    CHECK(edge::detail::make(stage.main, [=](Fiber&) { return restart; }) == restart);
    CHECK(stage.main.in_runtime == 1);
    stage.main.in_runtime = 0;
  }
  CHECK(edge::detail::make(stage.main, [](Fiber&) { return -EINTR; }) == -EINTR);
  CHECK(stage.main.in_runtime == 0);
}

TEST_CASE("the limit of a fiber ends a call, and the fiber leaves the runtime") {
  Stage stage;
  CHECK(edge::serve(stage.main, nullptr, [](Fiber&) { return waiting::past_limit; }) == -ETIMEDOUT);
  CHECK(stage.main.in_runtime == 0);
}

TEST_CASE("a handler's own cancellation points leave the mark of the call that it interrupts") {
  Stage stage;
  handled = 0;
  static Fiber* interrupted = &stage.main;
  const auto handler = [](int) {
    ++handled;
    interrupted->cancellable = false;
  };
  signals::detail::actions[SIGUSR1] = {handler, SA_RESTART, nullptr, 0};
  int calls = 0;
  stage.main.cancellable = true;
  CHECK(edge::serve(stage.main, nullptr, once(waiting::restart_if_asked, calls)) == 2);
  CHECK(handled == 1);
  CHECK(stage.main.cancellable);
}
