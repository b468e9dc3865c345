// Who waits for which descriptor.
#include "waits/watches.h"

#include <new>
#include <utility>

#include "descriptors/descriptors.h"
#include "fibers/fiber.h"
#include "fibers/processor.h"
#include "fibers/scheduler.h"
#include "memory/memory.h"

namespace unblock {

Watches::~Watches() {
  for (auto& chunk : chunks_) memory::unmap(chunk.load(), limits::descriptor_chunk * sizeof(Watch));
}

Watches::Watch* Watches::find(int fd) const noexcept {
  if (fd < 0 || static_cast<std::size_t>(fd) >= limits::max_descriptors) return nullptr;
  Watch* chunk = chunks_[fd / limits::descriptor_chunk].load(std::memory_order_acquire);
  return chunk ? chunk + fd % limits::descriptor_chunk : nullptr;
}

Watches::Watch* Watches::find_or_create(int fd) noexcept {
  if (Watch* watch = find(fd)) return watch;
  if (fd < 0 || static_cast<std::size_t>(fd) >= limits::max_descriptors) return nullptr;
  void* chunk = memory::map(limits::descriptor_chunk * sizeof(Watch));  // zeroes: empty watches
  if (!chunk) return nullptr;
  chunks_[fd / limits::descriptor_chunk].store(static_cast<Watch*>(chunk), std::memory_order_release);
  return find(fd);
}

void Watches::enqueue(Watch& watch, IoWaiter& waiter) noexcept {
  waiter.next = nullptr;
  waiter.previous = watch.last;
  (watch.first ? watch.last->next : watch.first) = &waiter;
  watch.last = &waiter;
  waiter.queued = true;
}

void Watches::dequeue(Watch& watch, IoWaiter& waiter) noexcept {
  (waiter.previous ? waiter.previous->next : watch.first) = waiter.next;
  (waiter.next ? waiter.next->previous : watch.last) = waiter.previous;
  waiter.queued = false;
}

unsigned Watches::wanted(const Watch& watch) noexcept {
  unsigned events = 0;
  for (const IoWaiter* waiter = watch.first; waiter; waiter = waiter->next) events |= waiter->events;
  return events;
}

bool Watches::arm(Watch& watch, int fd, unsigned events) noexcept {
  if (!loop_.arm(fd, events, watch.reopened)) return false;
  watch.armed = static_cast<std::uint8_t>(events);
  watch.times_emptied = 0;
  watch.reopened = false;
  return true;
}

// Counts how often `waiter` comes having found the descriptor empty, and then has it watched by edges, if
// that is possible: who asked in vain does not ask again.
void Watches::note_emptied(Watch& watch, const IoWaiter& waiter) noexcept {
  if (watch.times_emptied == limits::emptied_by_one) return;
  if (watch.reader != &waiter) {
    watch.reader = &waiter;
    watch.times_emptied = 0;
  }
  if (++watch.times_emptied == limits::emptied_by_one && descriptors::tells_by_edges(waiter.fd))
    static_cast<void>(arm(watch, waiter.fd, Readable | Edges));  // else as it is
}

// Sees to it that the loop watches for what `waiter` waits for.
bool Watches::arm_for(Watch& watch, const IoWaiter& waiter) noexcept {
  const bool plain = waiter.emptied == waiter.fd && waiter.events == Readable && !waiter.exclusive;
  if (watch.armed & Edges) {
    if (plain && watch.reader == &waiter) [[likely]]
      return true;
    return arm(watch, waiter.fd, Readable | waiter.events);
  }
  if ((watch.armed & waiter.events) != waiter.events)
    return arm(watch, waiter.fd, watch.armed | waiter.events);
  if (plain && watch.armed == Readable && !watch.first) note_emptied(watch, waiter);
  return true;
}

Watches::Added Watches::add(IoWaiter& waiter) noexcept {
  Watch* watch = find_or_create(waiter.fd);
  if (!watch || !arm_for(*watch, waiter)) return Added::No;
  if (!watch->busy.load(std::memory_order_relaxed)) {
    watch->busy.store(true, std::memory_order_relaxed);
    if (!descriptors::watched(waiter.fd)) return Added::No;
  }
  if (std::exchange(watch->unclaimed, false) && (watch->armed & Edges)) return Added::Ready;
  enqueue(*watch, waiter);
  return Added::Yes;
}

void Watches::remove(IoWaiter& waiter) noexcept {
  // A waiter keeps the number it is queued under, whatever its fiber does with its own.
  if (waiter.queued) dequeue(*find(waiter.fd), waiter);
}

bool Watches::busy(int fd) const noexcept {
  const Watch* watch = find(fd);
  return watch && watch->busy.load(std::memory_order_relaxed);
}

unsigned Watches::followers(int fd) const noexcept {
  const Watch* watch = find(fd);
  unsigned count = 0;
  for (const IoWaiter* waiter = watch ? watch->first : nullptr; waiter; waiter = waiter->next)
    ++count;
  return count;
}

void Watches::forget(int fd, int refuge) noexcept {
  Watch* watch = find(fd);
  if (!watch) return;
  while (IoWaiter* waiter = watch->first) {
    dequeue(*watch, *waiter);
    waiter->fd = refuge;
    waiter->moved = refuge >= 0;
    waiter->told = Inexact;
    if (refuge >= 0 && add(*waiter) == Added::Yes) continue;
    scheduler::wake(*waiter->fiber, 0);
  }
  if (watch->armed) static_cast<void>(arm(*watch, fd, 0));
  watch->reopened = true;
  watch->busy.store(false, std::memory_order_relaxed);
}

void Watches::expect(int soon, int later) noexcept {
  __builtin_prefetch(find(later));
  const Watch* watch = find(soon);
  if (!watch) return;
  // Most waiters are their fibers' own: what waking one touches lies before it.
  __builtin_prefetch(watch->first);
  __builtin_prefetch(reinterpret_cast<const char*>(watch->first) - offsetof(Fiber, io_waiter));
}

void Watches::about_to_wait() noexcept {
  if (for_holder_) return;
  waiting_ = true;
  lock_.unlock();
}

void Watches::waited() noexcept {
  if (for_holder_) return;
  lock_.lock();
  waiting_ = false;
}

bool Watches::poll_for_holder() noexcept {
  if (waiting_) return false;
  for_holder_ = true;
  loop_.poll(0, *this);
  for_holder_ = false;
  return true;
}

// What comes after this is told by the next edge, what came with it by nothing: whoever was woken looks until
// nothing is left, and where nobody was, the reader is to look before it waits.
void Watches::note_edge(Watch& watch, int fd, unsigned events, bool heard) noexcept {
  if (events & Ended)
    static_cast<void>(arm(watch, fd, Readable));
  else if (!heard && std::exchange(watch.unclaimed, true))
    static_cast<void>(arm(watch, fd, 0));
}

void Watches::ready(int fd, unsigned events) noexcept {
  Watch* watch = find(fd);
  if (!watch) return;
  watch->armed &= static_cast<std::uint8_t>(~(events & Unusual));  // reported once
  unsigned taken = 0;  // directions that an exclusive waiter was woken for
  unsigned found = 0;  // directions that somebody waited for
  bool heard = false;  // somebody was woken
  const unsigned exactly = watch->first == watch->last ? events & Inexact : static_cast<unsigned>(Inexact);
  for (IoWaiter *waiter = watch->first, *next; waiter; waiter = next) {
    next = waiter->next;
    const unsigned hit = waiter->events & events;
    found |= hit;
    if (!hit || (waiter->exclusive && (hit & ~taken) == 0)) continue;
    if (waiter->exclusive) taken |= hit;
    dequeue(*watch, *waiter);
    waiter->told |= static_cast<std::uint8_t>(hit | exactly);
    if (!scheduler::claim_wake(*waiter->fiber, 0)) continue;
    heard = true;
    Processor& home = *waiter->fiber->home;
    for_holder_ ? home.post(*waiter->fiber) : home.push(*waiter->fiber);
  }
  if (watch->armed & Edges) return note_edge(*watch, fd, events, heard);
  if ((events & watch->armed & ~found) == 0) return;
  // Nobody waits for it, and it would be reported over and over. The first time is passed over: a stream's
  // reader may be about to ask for more.
  if (std::exchange(watch->unclaimed, true)) static_cast<void>(arm(*watch, fd, wanted(*watch)));
}

}  // namespace unblock
