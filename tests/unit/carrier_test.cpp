// Who has the processor that a carrier left and wants again.
#include <catch2/catch.hpp>
#include <thread>

#include "fences.h"
#include "fibers/carrier.h"

using namespace unblock;

namespace {

/// A processor that nobody looks into.
Processor* some_processor() {
  alignas(limits::cache_line) static char place[1];
  return reinterpret_cast<Processor*>(place);
}

/// A carrier that goes in and out, and a watchdog that takes its processor away whenever it can.
class Contest {
 public:
  Contest() {
    carrier_.processor = some_processor();
    carrier_.claim = Claim::Outside;
  }

  /// Plays until it was lost `times` times.
  void play(int times) {
    std::thread watchdog([&] { lose(times); });
    while (!over_) go_in_and_out();
    watchdog.join();
  }

  int lost() const { return lost_; }
  bool shared() const { return shared_; }

 private:
  static void pause() {
    for (int i = 0; i < 20; ++i) __builtin_ia32_pause();
  }

  // Has the processor for a while.
  void have() {
    if (holders_.fetch_add(1) != 0) shared_ = true;
    pause();
    holders_.fetch_sub(1);
  }

  void go_in_and_out() {
    if (carrier_.enter()) {
      have();
    } else {
      while (!returned_.exchange(false)) std::this_thread::yield();
      CHECK(carrier_.alone());
    }
    carrier_.claim.store(Claim::Outside, std::memory_order_release);
    pause();  // or it is never found outside
  }

  void lose(int times) {
    while (lost_ < times) {
      if (!carrier_.lose()) continue;
      ++lost_;
      have();
      returned_ = true;
    }
    over_ = true;
  }

  Carrier carrier_;
  std::atomic<int> holders_{0}, lost_{0};
  std::atomic<bool> returned_{false}, over_{false}, shared_{false};
};

}  // namespace

TEST_CASE("a processor is either kept or lost, and lost only outside") {
  const bool commanded = GENERATE(false, true);
  fences::detail::one_sided = false;
  if (commanded) fences::prepare();
  Contest contest;
  contest.play(50);
  CHECK(contest.lost() == 50);
  CHECK_FALSE(contest.shared());
}

TEST_CASE("who is in the runtime does not lose its processor, and who has none gets none") {
  Carrier carrier;
  CHECK(carrier.alone());
  CHECK_FALSE(carrier.enter());
  carrier.processor = some_processor();
  carrier.claim = Claim::Outside;
  REQUIRE(carrier.enter());
  CHECK_FALSE(carrier.lose());
  CHECK_FALSE(carrier.alone());
  carrier.claim = Claim::Outside;
  CHECK(carrier.lose() == some_processor());
  CHECK(carrier.alone());
  CHECK_FALSE(carrier.lose());
  CHECK_FALSE(carrier.enter());
}
