// Who waits for which descriptor with one processor.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "lock.h"
#include "runtime_limits.h"
#include "waits/event_loop.h"
#include "waits/io_waiter.h"

namespace unblock {

/// The waiters of every descriptor, and what its loop was asked to watch for them. A watch stays armed
/// after its waiter was woken, since most descriptors are waited for again and again; it is taken back
/// when two events running find nobody, or the descriptor is closed.
///
/// A connection whose one reader always finds it empty before it waits is watched by edges, for which the
/// kernel looks at it half as often: it must not be asked at each poll whether what it reported is still
/// there. Such a watch is the reader's alone. If it waits without having found it empty itself, or somebody
/// else waits, or anything but data comes, it is level-triggered again. What was reported while nobody waited
/// is kept for the reader.
///
/// All but busy() is for those who hold the lock.
class Watches final : public EventSink {
 public:
  Watches(EventLoop& loop, Lock& lock) noexcept : loop_(loop), lock_(lock) {}
  Watches(const Watches&) = delete;
  Watches& operator=(const Watches&) = delete;
  ~Watches();

  enum class Added { No, Yes, Ready };
  /// Queues `waiter`, whose fd, events and emptied are set, and sees to it that the loop watches. With
  /// nothing queued: No, if memory is out or the number is beyond limits::max_descriptors; Ready, if it was
  /// reported already.
  [[nodiscard]] Added add(IoWaiter& waiter) noexcept;

  /// Takes `waiter` out; nothing if it is not queued.
  void remove(IoWaiter& waiter) noexcept;

  /// True if `fd` has waiters or is watched, so that forget() must precede its closing. Any thread.
  [[nodiscard]] bool busy(int fd) const noexcept;

  /// `fd` is about to be closed or to name another file. Its waiters go on with the file they wait for,
  /// as calls in the kernel would: under `refuge`, another descriptor of that file, or if that is
  /// negative they are woken to find out for themselves.
  void forget(int fd, int refuge) noexcept;

  /// How many waiters of `fd` would go on with its file.
  [[nodiscard]] unsigned followers(int fd) const noexcept;

  void ready(int fd, unsigned events) noexcept override;
  void expect(int soon, int later) noexcept override;
  void about_to_wait() noexcept override;
  void waited() noexcept override;

  /// Polls the loop for its processor's holder, without waiting, and posts whom an event concerns. False,
  /// with nothing done, if the holder is at it.
  [[nodiscard]] bool poll_for_holder() noexcept;

 private:
  struct alignas(limits::cache_line / 2) Watch {  // in one line
    IoWaiter* first;
    IoWaiter* last;
    const IoWaiter* reader;      // who waited last having found it empty
    std::uint8_t armed;          // what the loop watches for
    std::uint8_t times_emptied;  // and how often running
    bool reopened;               // the number may have changed its meaning since it was armed
    bool unclaimed;              // the last event was for nobody
    std::atomic<bool> busy;
  };

  [[nodiscard]] Watch* find(int fd) const noexcept;
  [[nodiscard]] Watch* find_or_create(int fd) noexcept;
  [[nodiscard]] bool arm(Watch& watch, int fd, unsigned events) noexcept;
  [[nodiscard]] bool arm_for(Watch& watch, const IoWaiter& waiter) noexcept;
  void note_emptied(Watch& watch, const IoWaiter& waiter) noexcept;
  void note_edge(Watch& watch, int fd, unsigned events, bool heard) noexcept;
  static void enqueue(Watch& watch, IoWaiter& waiter) noexcept;
  static void dequeue(Watch& watch, IoWaiter& waiter) noexcept;
  static unsigned wanted(const Watch& watch) noexcept;

  EventLoop& loop_;
  Lock& lock_;
  bool waiting_ = false;     // the holder is in its poll(), without the lock
  bool for_holder_ = false;  // another than the holder polls
  std::atomic<Watch*> chunks_[limits::max_descriptors / limits::descriptor_chunk] = {};
};

}  // namespace unblock
