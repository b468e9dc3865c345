// An event loop that a test cranks by hand: it reports what it was told to, and remembers what it was asked.
#pragma once

#include <atomic>
#include <cstddef>

#include "waits/event_loop.h"

namespace unblock::test {

/// Nothing here allocates: the scheduler's idle loop has a thread pointer that malloc does not know.
class CrankedLoop final : public EventLoop {
 public:
  struct Armed {
    int fd;
    unsigned events;
    bool reopened;
  };

  bool arm(int fd, unsigned events, bool reopened) noexcept override {
    if (out_of_memory || arm_count == most) return false;
    arms[arm_count++] = {fd, events, reopened};
    return true;
  }

  void poll(Nanoseconds deadline, EventSink& sink) noexcept override {
    ++polls;
    asked_until = deadline;
    if (on_poll) on_poll(*this);
    for (std::size_t i = 0; i < report_count; ++i) sink.ready(reports[i].fd, reports[i].events);
    report_count = 0;
  }

  void wake() noexcept override { ++wakes; }
  void expect(Nanoseconds deadline) noexcept override { expected = deadline; }
  void abandon() noexcept override {}

  /// The next poll() says that `fd` is ready for `events`.
  void report(int fd, unsigned events) noexcept {
    if (report_count < most) reports[report_count++] = {fd, events, false};
  }

  /// The last arm(); all zeroes if there was none.
  [[nodiscard]] Armed last_arm() const noexcept { return arm_count ? arms[arm_count - 1] : Armed{}; }

  static constexpr std::size_t most = 64;
  Armed arms[most];
  std::size_t arm_count = 0;
  bool out_of_memory = false;
  std::atomic<int> polls{0};
  std::atomic<int> wakes{0};
  std::atomic<Nanoseconds> asked_until{0};
  Nanoseconds expected = 0;  ///< of the last expect()
  void (*on_poll)(CrankedLoop& loop) noexcept = nullptr;  ///< what happens while the loop waits

 private:
  Armed reports[most];
  std::size_t report_count = 0;
};

}  // namespace unblock::test
