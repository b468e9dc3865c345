// The life of a stack. One lock, held for a few instructions, a system call at the most.
#include "memory/stacks.h"

#include <atomic>
#include <bit>
#include <csignal>
#include <cstring>
#include <sys/mman.h>

#include "kernel.h"
#include "lock.h"
#include "memory/stack_guards.h"
#include "memory/stack_slabs.h"
#include "memory/stack_tables.h"
#include "runtime_limits.h"
#include "signals/signal_state.h"

namespace unblock::stacks {

namespace {

using stack_slabs::Place;
using stack_slabs::Slot;
using stack_slabs::State;

// The free stacks of one size, in two lists: those with pages come first.
struct Size {
  std::size_t bytes = 0;
  std::uint32_t with_pages = 0;
  std::uint32_t without = 0;
};

// A stack whose pages below the last thread's final frames were to be given back, and were not.
struct Kept {
  Place place;
  std::size_t bytes = 0;  // from its low end
};

constinit Lock lock;
constinit Size sizes[limits::stack_sizes];
Kept kept[limits::kept_stacks];         // zeroes are right
constinit std::uint64_t kept_used = 0;  // a bit for each
static_assert(limits::kept_stacks == 64);
// The same for a stack that is the kernel's: the first thread's, mapped before anything of ours was active,
// is the one that glibc gives again and again. Zeroes: there is none.
constinit std::atomic<std::uintptr_t> stray_begin{0};
constinit std::atomic<std::uintptr_t> stray_end{0};

Size* size_of(std::size_t bytes) noexcept {
  for (Size& size : sizes) {
    if (size.bytes == 0) size.bytes = bytes;
    if (size.bytes == bytes) return &size;
  }
  return nullptr;
}

Place pop(std::uint32_t& list) noexcept {
  while (const Place place = Place::named(list)) {
    list = place.slot().next;
    if (place.slot().state == State::Free) return place;
  }
  return {};
}

void push(std::uint32_t& list, Place place) noexcept {
  place.slot().state = State::Free;
  place.slot().next = list;
  list = place.name();
}

bool keep(Place place, std::size_t bytes) noexcept {
  if (place.slot().kept) return true;
  const int number = std::countr_one(kept_used);
  if (number == limits::kept_stacks) return false;
  kept_used |= std::uint64_t{1} << number;
  kept[number] = {place, bytes};
  place.slot().kept = static_cast<std::uint8_t>(number + 1);
  return true;
}

void no_longer_kept(Slot& slot) noexcept {
  if (!slot.kept) return;
  kept_used &= ~(std::uint64_t{1} << (slot.kept - 1));
  slot.kept = 0;
}

void give_back(Place place, std::size_t bytes) noexcept {
  kernel::call(SYS_madvise, place.begin(), bytes, MADV_DONTNEED);
  if (bytes == place.bytes()) place.slot().occupied = 0;
}

void release(Place place) noexcept {
  Slot& slot = place.slot();
  const std::size_t bytes = kept[slot.kept - 1].bytes;
  no_longer_kept(slot);
  give_back(place, slot.state == State::Free ? place.bytes() : bytes);
}

// The kernel's from here on, as the program believes it to be.
void disown(Place place) noexcept {
  Slot& slot = place.slot();
  if (slot.state == State::Foreign) return;
  if (slot.kept) release(place);
  stack_tables::lost(place);
  switch (slot.state) {
    case State::Fresh:
    case State::Free: kernel::call(SYS_munmap, place.begin(), place.bytes()); break;
    case State::Mapped:
      give_back(place, place.bytes());
      kernel::call(SYS_mprotect, place.begin(), place.bytes(), PROT_NONE);
      break;
    default: break;
  }
  slot.state = State::Foreign;
}

bool touches_stray(std::uintptr_t begin, std::size_t bytes) noexcept {
  return begin < stray_end.load(std::memory_order_relaxed) &&
         begin + bytes > stray_begin.load(std::memory_order_relaxed);
}

bool keep_stray(std::uintptr_t begin, std::size_t bytes) noexcept {
  if (stray_end.load(std::memory_order_relaxed)) return false;
  stray_begin.store(begin, std::memory_order_relaxed);
  stray_end.store(begin + bytes, std::memory_order_relaxed);
  return true;
}

void forget_stray() noexcept { stray_end.store(0, std::memory_order_relaxed); }

// Whether a thread that starts at `top` has the stray stack: pages of that stack's end are never given back.
bool is_stray(std::uintptr_t top) noexcept {
  constexpr std::size_t rest = 64 << 10;  // PTHREAD_STACK_MIN and the last frames, in start_thread()
  return top - stray_end.load(std::memory_order_relaxed) < rest;
}

// glibc's start_thread(): its last calls are made with signals blocked that programs cannot block.
bool thread_ends(const Fiber& fiber) noexcept {
  constexpr int cancellation = 32;  // SIGCANCEL, nptl/pthreadP.h
  return fiber.signals.mask.load(std::memory_order_relaxed) & signal_bit(cancellation);
}

}  // namespace

bool concerns_us(std::uintptr_t begin, std::size_t bytes) noexcept {
  return stack_slabs::may_hold(begin, bytes) || touches_stray(begin, bytes);
}

bool hold(const void* address) noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  if (!stack_slabs::may_hold(at, 1)) return false;
  const Place place = stack_slabs::find(at);
  return place && place.slot().state != State::Foreign;
}

std::uintptr_t map(std::size_t bytes) noexcept {
  if (bytes % limits::page != 0 || bytes > limits::largest_stack) return 0;
  Guard guard(lock);
  Size* size = size_of(bytes);
  if (!size) return 0;
  Place place = pop(size->with_pages);
  if (!place) place = pop(size->without);
  if (!place) place = stack_slabs::fresh(bytes);
  if (!place) return 0;
  no_longer_kept(place.slot());
  stack_tables::taken(place);
  place.slot().state = State::Mapped;
  return place.begin();
}

long protect(std::uintptr_t begin, std::size_t bytes, int protection) noexcept {
  if (!concerns_us(begin, bytes)) return kernels;
  {
    Guard guard(lock);
    const Place place = stack_slabs::find(begin);
    if (place && place.slot().state == State::Mapped && begin + bytes == place.end() &&
        protection == (PROT_READ | PROT_WRITE)) {
      if (const long error = stack_guards::set(place, static_cast<std::uint32_t>(begin - place.begin())))
        return error;
      Slot& slot = place.slot();
      // A new mapping is all zeroes, and glibc counts on it: for the descriptor it puts at the high end.
      std::memset(reinterpret_cast<void*>(place.end() - slot.occupied), 0, slot.occupied);
      slot.occupied = 0;
      slot.state = State::Open;
      return 0;
    }
  }
  disown(begin, bytes);
  return kernels;
}

long advise(const Fiber& fiber, std::uintptr_t begin, std::size_t bytes, int advice) noexcept {
  if (advice == MADV_DONTNEED && thread_ends(fiber)) {
    Guard guard(lock);
    const Place place = stack_slabs::find(begin);
    if (!place) return keep_stray(begin, bytes) ? 0 : kernels;
    const bool whole = place.begin() == begin && place.slot().state == State::Used;
    return whole && keep(place, bytes) ? 0 : kernels;
  }
  // These leave a mapping what it was.
  if (advice != MADV_DONTNEED && advice != MADV_FREE && advice != MADV_WILLNEED) disown(begin, bytes);
  return kernels;
}

long unmap(std::uintptr_t begin, std::size_t bytes) noexcept {
  if (!concerns_us(begin, bytes)) return kernels;
  {
    Guard guard(lock);
    const Place place = stack_slabs::find(begin);
    const State state = place ? place.slot().state : State::Foreign;
    const bool given = state == State::Mapped || state == State::Open || state == State::Used;
    if (given && place.begin() == begin && place.bytes() == bytes) {
      stack_tables::freed(place);
      Size& size = *size_of(bytes);
      if (state == State::Used && keep(place, bytes)) {
        push(size.with_pages, place);
      } else {
        give_back(place, bytes);
        push(size.without, place);
      }
      return 0;
    }
  }
  disown(begin, bytes);
  return kernels;
}

void disown(std::uintptr_t begin, std::size_t bytes) noexcept {
  if (!concerns_us(begin, bytes)) return;
  Guard guard(lock);
  if (touches_stray(begin, bytes)) forget_stray();
  stack_slabs::each(begin, begin + bytes, [](Place place) { disown(place); });
}

void disown_unused() noexcept {
  Guard guard(lock);
  stack_tables::keep_all();
  stack_slabs::each(0, ~std::uintptr_t{0}, [](Place place) {
    if (const State state = place.slot().state; state == State::Fresh || state == State::Free) disown(place);
  });
}

void begin(std::uintptr_t top) noexcept {
  if (is_stray(top)) {
    Guard guard(lock);
    forget_stray();
  }
  if (!stack_slabs::may_hold(top, 1)) return;
  Guard guard(lock);
  const Place place = stack_slabs::find(top);
  if (!place || (place.slot().state != State::Open && place.slot().state != State::Used)) return;
  no_longer_kept(place.slot());
  place.slot().state = State::Used;
  place.slot().occupied = static_cast<std::uint32_t>(place.end() - top);
}

bool release_kept() noexcept {
  if (stray_end.load(std::memory_order_relaxed)) {
    Guard guard(lock);
    const std::uintptr_t begin = stray_begin.load(std::memory_order_relaxed);
    const std::uintptr_t end = stray_end.load(std::memory_order_relaxed);
    if (end) kernel::call(SYS_madvise, begin, end - begin, MADV_DONTNEED);
    forget_stray();
  }
  for (int number = 0; number < static_cast<int>(limits::kept_stacks); ++number) {
    Guard guard(lock);  // not for all of them: others wait for it
    if (kept_used >> number & 1) release(kept[number].place);
  }
  bool more = true;
  for (unsigned run = 0; more && run < limits::runs_at_once; ++run) {
    Guard guard(lock);
    more = stack_tables::give_back_some();
  }
  return more;
}

bool guards(std::uintptr_t address) noexcept {
  const Place place = stack_slabs::find(address);
  return place && place.slot().state != State::Foreign && address - place.begin() < place.slot().guard;
}

void forget() noexcept {
  lock.reset();
  stack_slabs::forget();
  stack_tables::forget();
  for (Size& size : sizes) size = {};
  kept_used = 0;
  forget_stray();
}

}  // namespace unblock::stacks
