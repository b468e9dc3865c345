// What the calls in which a server waits for connections say of it.
#include "siblings/home_call.h"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/time.h>

#include "kernel.h"
#include "runtime_limits.h"
#include "user.h"

namespace unblock {

namespace {

constexpr unsigned long most_polled = 1024;

// Reading eight bytes is the first thing this call does, refusing to do anything is the next.
bool word_is_readable(unsigned long address) noexcept {
  constexpr int no_way = -1;
  return kernel::call(SYS_rt_sigprocmask, no_way, address, nullptr, 8) != -EFAULT;
}

bool is_readable(long start, unsigned long bytes) noexcept {
  const auto first = static_cast<unsigned long>(start);
  if (bytes == 0) return true;
  const unsigned long last = first + (bytes < 8 ? 0 : bytes - 8);
  for (unsigned long at = first; at < last; at += limits::page)
    if (!word_is_readable(at)) return false;
  return word_is_readable(last);
}

unsigned long bit(int fd) noexcept { return 1ul << fd % 64; }

bool is_set(const fd_set& set, int fd) noexcept {
  return (reinterpret_cast<const unsigned long*>(&set)[fd / 64] & bit(fd)) != 0;
}

template <class T>
T* pointer(long word) noexcept {
  return reinterpret_cast<T*>(word);
}

}  // namespace

bool HomeCall::is(long nr) noexcept {
  switch (nr) {
    case SYS_accept:
    case SYS_accept4:
    case SYS_poll:
    case SYS_ppoll:
    case SYS_select:
    case SYS_pselect6: return true;
    default: return false;
  }
}

bool HomeCall::accepts() const noexcept { return nr_ == SYS_accept || nr_ == SYS_accept4; }

bool HomeCall::selects() const noexcept { return nr_ == SYS_select || nr_ == SYS_pselect6; }

std::size_t HomeCall::set_bytes() const noexcept {
  return words_[0] < 0 || words_[0] > FD_SETSIZE ? 0 : static_cast<std::size_t>(words_[0] + 63) / 64 * 8;
}

bool HomeCall::readable() const noexcept {
  if (accepts()) return true;
  if (selects())
    return (!words_[1] || is_readable(words_[1], set_bytes())) && (!words_[4] || is_readable(words_[4], 16));
  const auto count = static_cast<unsigned long>(words_[1]);
  if (nr_ == SYS_ppoll && words_[2] && !is_readable(words_[2], sizeof(timespec))) return false;
  return count <= most_polled && is_readable(words_[0], count * sizeof(pollfd));
}

Nanoseconds HomeCall::deadline() const noexcept {
  Nanoseconds interval = never;
  timespec time{};
  timeval old_time{};
  const long timeout = nr_ == SYS_ppoll ? words_[2] : selects() ? words_[4] : 0;
  if (nr_ == SYS_poll && static_cast<int>(words_[2]) >= 0)
    interval = static_cast<int>(words_[2]) * (second / 1000);
  else if (nr_ == SYS_select && timeout && user::copy(&old_time, pointer<timeval>(timeout), sizeof old_time))
    interval = old_time.tv_sec * second + old_time.tv_usec * 1000;
  else if (timeout && user::copy(&time, pointer<timespec>(timeout), sizeof time))
    interval = clock_time::from(time);
  return interval == never ? never : clock_time::after(clock_time::now(), interval);
}

bool HomeCall::waits() const noexcept { return deadline() > clock_time::now(); }

bool HomeCall::each(bool ready, Visit* visit, void* with) const noexcept {
  if (accepts()) return visit(static_cast<int>(words_[0]), with);
  return selects() ? each_selected(visit, with) : each_polled(ready, visit, with);
}

bool HomeCall::each_polled(bool ready, Visit* visit, void* with) const noexcept {
  const auto count = static_cast<unsigned long>(words_[1]);
  if (count > most_polled) return false;
  for (unsigned long i = 0; i < count; ++i) {
    pollfd entry;
    if (!user::copy(&entry, pointer<pollfd>(words_[0]) + i, sizeof entry)) return false;
    if (((ready ? entry.revents : entry.events) & POLLIN) && entry.fd >= 0 && visit(entry.fd, with))
      return true;
  }
  return false;
}

bool HomeCall::each_selected(Visit* visit, void* with) const noexcept {
  fd_set set{};
  if (!words_[1] || !user::copy(&set, pointer<fd_set>(words_[1]), set_bytes())) return false;
  const int count = static_cast<int>(set_bytes()) * 8;
  for (int fd = 0; fd < count && fd < words_[0]; ++fd)
    if (is_set(set, fd) && visit(fd, with)) return true;
  return false;
}

long HomeCall::withhold(int fd) const noexcept {
  if (selects()) {
    unsigned long word;
    auto* const place = pointer<unsigned long>(words_[1]) + fd / 64;
    if (!user::copy(&word, place, sizeof word)) return 0;
    word &= ~bit(fd);
    return user::copy(place, &word, sizeof word) ? 1 : 0;
  }
  long withheld = 0;
  for (unsigned long i = 0; i < static_cast<unsigned long>(words_[1]); ++i) {
    pollfd entry;
    pollfd* const place = pointer<pollfd>(words_[0]) + i;
    if (!user::copy(&entry, place, sizeof entry) || entry.fd != fd || !entry.revents) continue;
    entry.revents = 0;
    withheld += user::copy(place, &entry, sizeof entry);
  }
  return withheld;
}

HomeCall::Sets::Sets(const HomeCall& call) noexcept : call_(call) {
  for (int i = 0; i < 3; ++i)
    if (call_.words_[1 + i])
      static_cast<void>(user::copy(&kept_[i], pointer<fd_set>(call_.words_[1 + i]), call_.set_bytes()));
}

void HomeCall::Sets::restore() const noexcept {
  for (int i = 0; i < 3; ++i)
    if (call_.words_[1 + i])
      static_cast<void>(user::copy(pointer<fd_set>(call_.words_[1 + i]), &kept_[i], call_.set_bytes()));
}

}  // namespace unblock
