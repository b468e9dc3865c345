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
  watch.armed = events;
  watch.reopened = false;
  return true;
}

bool Watches::add(IoWaiter& waiter) noexcept {
  Watch* watch = find_or_create(waiter.fd);
  if (!watch) return false;
  if ((watch->armed & waiter.events) != waiter.events &&
      !arm(*watch, waiter.fd, watch->armed | waiter.events))
    return false;
  if (!watch->busy.load(std::memory_order_relaxed)) {
    watch->busy.store(true, std::memory_order_relaxed);
    if (!descriptors::watched(waiter.fd)) return false;
  }
  enqueue(*watch, waiter);
  watch->unclaimed = false;
  return true;
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
    if (refuge >= 0 && add(*waiter)) continue;
    scheduler::wake(*waiter->fiber, 0);
  }
  if (watch->armed) static_cast<void>(arm(*watch, fd, 0));
  watch->reopened = true;
  watch->busy.store(false, std::memory_order_relaxed);
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

void Watches::ready(int fd, unsigned events) noexcept {
  Watch* watch = find(fd);
  if (!watch) return;
  watch->armed &= ~(events & Unusual);  // reported once
  unsigned taken = 0;                   // directions that an exclusive waiter was woken for
  unsigned found = 0;                   // directions that somebody waited for
  for (IoWaiter *waiter = watch->first, *next; waiter; waiter = next) {
    next = waiter->next;
    const unsigned hit = waiter->events & events;
    found |= hit;
    if (!hit || (waiter->exclusive && (hit & ~taken) == 0)) continue;
    if (waiter->exclusive) taken |= hit;
    dequeue(*watch, *waiter);
    if (!scheduler::claim_wake(*waiter->fiber, 0)) continue;
    Processor& home = *waiter->fiber->home;
    for_holder_ ? home.post(*waiter->fiber) : home.push(*waiter->fiber);
  }
  if ((events & watch->armed & ~found) == 0) return;
  // Nobody waits for it, and it would be reported over and over. The first time is passed over: a stream's
  // reader may be about to ask for more.
  if (std::exchange(watch->unclaimed, true)) static_cast<void>(arm(*watch, fd, wanted(*watch)));
}

}  // namespace unblock
