// A processor with a loop cranked by hand, and fibers that run on it: the test's own flow is the main one.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

#include "cranked_loop.h"
#include "fibers/carrier.h"
#include "fibers/context.h"
#include "fibers/fiber.h"
#include "fibers/kernel_thread.h"
#include "fibers/processor.h"
#include "fibers/scheduler.h"
#include "kernel.h"

namespace unblock::test {

class Stage {
 public:
  Stage() : processor(loop), main(*fibers::create()) {
    context::initialise();
    if (!carriers::adopt(main, processor)) std::abort();
    loop.on_poll = [](CrankedLoop&) noexcept {
      const timespec moment{0, 100'000};
      kernel::call(SYS_nanosleep, &moment, nullptr);
    };
  }
  ~Stage() { fibers::destroy(main); }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// Starts a fiber that runs `body` and ends. Its thread pointer is one that malloc, and so Catch2, does not
  /// know: it may only note what it sees.
  Fiber& start(std::function<void(Fiber&)> body) {
    Part& part = parts_.emplace_back(Part{std::move(body), std::make_unique<char[]>(stack_bytes)});
    Fiber& fiber = *fibers::create();
    fiber.home = &processor;
    char* const top = part.stack.get() + stack_bytes;
    fiber.context = {boost::context::detail::make_fcontext(top, stack_bytes, begin),
                     kernel_thread::make_tls()};
    fiber.scratch = &part;
    processor.post(fiber);
    return fiber;
  }

  /// Parks the main fiber until it is woken, and says with what.
  long park() {
    scheduler::acquire(main);
    scheduler::prepare_wait(main);
    const long result = scheduler::park(main);
    scheduler::release(main);
    return result;
  }

  CrankedLoop loop;
  Processor processor;
  Fiber& main;

 private:
  struct Part {
    std::function<void(Fiber&)> body;
    std::unique_ptr<char[]> stack;
  };

  static void begin(boost::context::detail::transfer_t arrival) {
    Fiber& fiber = *scheduler::arrived(arrival).running;
    const auto& part = *static_cast<const Part*>(std::exchange(fiber.scratch, nullptr));
    scheduler::release(fiber);
    part.body(fiber);
    scheduler::exit(fiber);
  }

  static constexpr std::size_t stack_bytes = 32 << 10;
  std::deque<Part> parts_;  // never moved
};

}  // namespace unblock::test
