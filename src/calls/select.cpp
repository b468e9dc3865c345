// select and pselect.
#include <fcntl.h>

#include "handlers.h"
#include "kernel.h"
#include "poll_wait.h"
#include "scratch.h"
#include "user.h"
#include "waits/timeouts.h"
#include "waits/waiting.h"

namespace unblock::calls {

namespace {

constexpr int word_bits = 64;

// The three sets, the program's and as they were given; absent ones are null.
struct Sets {
  int count;
  fd_set* given[3];             // read, write, except
  std::uint64_t* kept[3] = {};  // in the fiber's scratch memory

  [[nodiscard]] std::size_t words() const noexcept {
    return (static_cast<std::size_t>(count) + word_bits - 1) / word_bits;
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return words() * sizeof(std::uint64_t); }
};

// Sets' copies first, then the waiters.
IoWaiter* waiters_of(Fiber& fiber, const Sets& sets) noexcept {
  return reinterpret_cast<IoWaiter*>(static_cast<char*>(fiber.scratch) +
                                     ((3 * sets.bytes() + 63) & ~std::size_t{63}));
}

long keep(Fiber& fiber, Sets& sets) noexcept {
  auto* memory = static_cast<std::uint64_t*>(
      scratch(fiber, 3 * sets.bytes() + 64 + static_cast<std::size_t>(sets.count) * sizeof(IoWaiter)));
  if (!memory) return -ENOMEM;
  for (int kind = 0; kind < 3; ++kind) {
    if (!sets.given[kind]) continue;
    sets.kept[kind] = memory + static_cast<std::size_t>(kind) * sets.words();
    if (!user::copy(sets.kept[kind], sets.given[kind], sets.bytes())) return -EFAULT;
  }
  return 0;
}

bool restore(const Sets& sets) noexcept {
  for (int kind = 0; kind < 3; ++kind)
    if (sets.kept[kind] && !user::copy(sets.given[kind], sets.kept[kind], sets.bytes())) return false;
  return true;
}

std::uint64_t word(const Sets& sets, int kind, std::size_t index) noexcept {
  if (!sets.kept[kind]) return 0;
  const std::size_t beyond = (index + 1) * word_bits;
  const std::uint64_t bits = sets.kept[kind][index];
  return beyond <= static_cast<std::size_t>(sets.count)
             ? bits
             : bits & (~std::uint64_t{0} >> (beyond - static_cast<std::size_t>(sets.count)));
}

unsigned make_waiters(const Sets& sets, IoWaiter* waiters) noexcept {
  unsigned made = 0;
  for (std::size_t index = 0; index < sets.words(); ++index) {
    const std::uint64_t read = word(sets, 0, index), write = word(sets, 1, index),
                        except = word(sets, 2, index);
    for (std::uint64_t left = read | write | except; left; left &= left - 1) {
      const int bit = __builtin_ctzl(left);
      IoWaiter& waiter = *new (waiters + made++) IoWaiter;
      waiter.fd = static_cast<int>(index) * word_bits + bit;
      const auto wanted = [&](std::uint64_t set, unsigned event) { return set >> bit & 1 ? event : 0u; };
      waiter.events = wanted(read, Readable) | wanted(write, Writable) | wanted(except, Urgent);
    }
  }
  return made;
}

// Of the descriptors in a word of the sets, those that are not open.
std::uint64_t closed(const Sets& sets, std::size_t index) noexcept {
  std::uint64_t found = 0;
  for (std::uint64_t left = word(sets, 0, index) | word(sets, 1, index) | word(sets, 2, index); left;
       left &= left - 1) {
    const int bit = __builtin_ctzl(left);
    if (kernel::call(SYS_fcntl, static_cast<int>(index) * word_bits + bit, F_GETFD) == -EBADF)
      found |= std::uint64_t{1} << bit;
  }
  return found;
}

// Takes those out of the program's sets, or puts them in. How many there are in all three, or -EFAULT.
long change_closed(const Sets& sets, bool in) noexcept {
  long count = 0;
  for (std::size_t index = 0; index < sets.words(); ++index) {
    const std::uint64_t gone = closed(sets, index);
    for (int kind = 0; kind < 3 && gone; ++kind) {
      const std::uint64_t of_set = gone & word(sets, kind, index);
      if (!of_set) continue;
      auto* const place = reinterpret_cast<std::uint64_t*>(sets.given[kind]) + index;
      std::uint64_t bits;
      if (!user::load(place, bits) || !user::store(place, in ? bits | of_set : bits & ~of_set))
        return -EFAULT;
      count += __builtin_popcountl(of_set);
    }
  }
  return count;
}

long select_until(Fiber& fiber, Sets& sets, Nanoseconds deadline) noexcept {
  const auto kernel_select = [&](const timespec* left) {
    return kernel::call(SYS_pselect6, sets.count, sets.given[0], sets.given[1], sets.given[2], left, nullptr);
  };
  const auto look = [&]() -> long {
    timespec at_once{};
    return restore(sets) ? kernel_select(&at_once) : -EFAULT;
  };
  timespec at_once{};
  // The kernel has descriptors of at most the table's size; what is wrong with the rest, it says.
  if (sets.count < 0 || static_cast<std::size_t>(sets.count) > limits::max_descriptors)
    return kernel_select(&at_once);
  if (const long error = keep(fiber, sets)) return error;
  waiting::let_newborns_begin(fiber);
  if (const long ready = look()) return ready;
  // What was closed since is ready, where it was an error before: select.c
  const auto look_again = [&]() -> long {
    long ready = look();
    if (ready != -EBADF) return ready;
    while (ready == -EBADF) {  // once more, if another one was closed in between
      if (!restore(sets) || change_closed(sets, false) < 0) return -EFAULT;
      ready = kernel_select(&at_once);
    }
    const long gone = ready < 0 ? 0 : change_closed(sets, true);
    return gone < 0 ? gone : ready + gone;
  };
  IoWaiter* waiters = waiters_of(fiber, sets);
  return wait_for_numbers(fiber, waiters, make_waiters(sets, waiters), deadline, look_again);
}

// After a wait that a signal ended the sets are as they were: select(2) leaves them alone on errors.
long finish(const Sets& sets, long result) noexcept {
  if (result < 0) static_cast<void>(restore(sets));
  return result;
}

}  // namespace

long select(Fiber& fiber, int count, fd_set* read, fd_set* write, fd_set* except, timeval* timeout) noexcept {
  Nanoseconds deadline = never;
  if (timeout) {
    timeval given;
    if (!user::copy(&given, timeout, sizeof given)) return -EFAULT;
    if (given.tv_sec < 0 || given.tv_usec < 0) return -EINVAL;
    const Nanoseconds seconds = given.tv_sec + given.tv_usec / 1'000'000;
    deadline = timeouts::after(fiber, clock_time::from({seconds, given.tv_usec % 1'000'000 * 1000}));
  }
  Sets sets{count, {read, write, except}};
  const long result = finish(sets, select_until(fiber, sets, deadline));
  if (timeout && deadline != never) {
    const Nanoseconds left = std::max<Nanoseconds>(0, deadline - clock_time::now());
    const timeval reported{left / second, left % second / 1000};
    static_cast<void>(user::copy(timeout, &reported, sizeof reported));
  }
  return result;
}

long pselect6(Fiber& fiber, int count, fd_set* read, fd_set* write, fd_set* except, timespec* timeout,
              const void* mask) noexcept {
  GivenMask given;
  if (mask && !user::copy(&given, mask, sizeof given)) return -EFAULT;
  Nanoseconds deadline;
  if (const long error = timeouts::from_user(fiber, timeout, CLOCK_MONOTONIC, true, deadline)) return error;
  TemporaryMask temporary(fiber, given);
  if (temporary.error()) return temporary.error();
  Sets sets{count, {read, write, except}};
  const long result = temporary.over(finish(sets, select_until(fiber, sets, deadline)));
  report_left(timeout, deadline);
  return result;
}

}  // namespace unblock::calls
