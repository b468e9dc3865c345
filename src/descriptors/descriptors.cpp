// What is known of the program's descriptors.
#include "descriptors/descriptors.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "descriptors/descriptor_table.h"
#include "descriptors/refuges.h"
#include "fibers/processors.h"
#include "kernel.h"
#include "runtime_limits.h"
#include "siblings/siblings.h"

namespace unblock::descriptors {

namespace {

constexpr State without_timeouts = Untimed | NoReceiveTimeout | NoSendTimeout;
constexpr int timeout_shift = 16;
constexpr Nanoseconds microsecond = second / 1'000'000;

constinit std::atomic<std::uint8_t> first_guesses{0};  // how many accepted ones wait before they first ask

Kind kind_by(unsigned mode) noexcept {
  switch (mode & S_IFMT) {
    case S_IFSOCK: return Kind::Socket;
    case S_IFIFO: return Kind::Stream;
    case S_IFREG:
    case S_IFDIR:
    case S_IFBLK: return Kind::File;
    case 0: return Kind::Anonymous;
    default: return Kind::Stream;  // until it answers that it cannot
  }
}

// By itself, for the room on the stack that the answer takes.
[[gnu::noinline]] Kind inspect(int fd) noexcept {
  struct stat status;
  return kernel::call(SYS_fstat, fd, &status) < 0 ? Kind::Unknown : kind_by(status.st_mode);
}

}  // namespace

Kind kind(int fd) noexcept {
  Entry* entry = find_or_create(fd);
  if (!entry) return inspect(fd);
  Kind known = entry->kind.load(std::memory_order_relaxed);
  if (known <= Kind::Named) entry->kind.store(known = inspect(fd), std::memory_order_relaxed);
  return known;
}

void inspected(int fd, unsigned mode) noexcept {
  Entry* entry = find_or_create(fd);
  if (entry && entry->kind.load(std::memory_order_relaxed) <= Kind::Named)
    entry->kind.store(kind_by(mode), std::memory_order_relaxed);
}

void remember(int fd, Kind kind) noexcept {
  if (Entry* entry = find_or_create(fd)) entry->kind.store(kind, std::memory_order_relaxed);
}

void opened(int fd) noexcept { remember(fd, Kind::Named); }

bool only_named(int fd) noexcept {
  const Entry* entry = find(fd);
  return entry && entry->kind.load(std::memory_order_relaxed) == Kind::Named;
}

bool blocking(int fd) noexcept {
  Entry* entry = find(fd);
  if (knows(entry, Blocking)) return true;
  if (knows(entry, NonBlocking)) return false;
  const State seen = state_of(entry);
  const long flags = kernel::call(SYS_fcntl, fd, F_GETFL);
  if (flags < 0) return false;
  const bool waits = !(flags & O_NONBLOCK);
  learn(entry, waits ? Blocking : NonBlocking, seen);
  return waits;
}

void changed(int fd) noexcept {
  constexpr State kept = ByteStream | NoReceiveTimeout | NoSendTimeout | Untimed;
  if (Entry* entry = find(fd)) renew(*entry, state_of(entry) & kept);
}

void option_set(int fd, int level, int option) noexcept {
  if (!concerns_us(level, option)) return;
  const State kept = level == SOL_SOCKET ? State{ByteStream} : without_timeouts;
  if (Entry* entry = find(fd)) renew(*entry, state_of(entry) & (Blocking | NonBlocking | kept));
}

void duplicated(int fd) noexcept {
  if (Entry* entry = find(fd)) entry->born.store(0, std::memory_order_relaxed);
}

void note_read(int fd, long got, std::size_t wanted) noexcept {
  Entry* entry = find(fd);
  if (!entry) return;
  const State known = state_of(entry);
  const bool short_of = got > 0 && static_cast<std::size_t>(got) < wanted;
  if (!(known & ByteStream) || short_of == ((known & Drained) != 0)) return;
  short_of ? learn(entry, Drained, known)
           : static_cast<void>(entry->known.fetch_and(static_cast<State>(~Drained)));
}

void note_probe(int fd, bool found) noexcept {
  Entry* entry = find(fd);
  if (!entry) return;
  const std::uint8_t guesses = found ? 0 : limits::reads_per_guess;
  entry->guesses.store(guesses, std::memory_order_relaxed);
  if (!(state_of(entry) & Unasked)) return;
  entry->known.fetch_and(static_cast<State>(~Unasked));
  first_guesses.store(guesses, std::memory_order_relaxed);
}

namespace {

// Whether the last one that asked did so in vain, a few times from then on.
bool guessed(std::atomic<std::uint8_t>& left) noexcept {
  const std::uint8_t guesses = left.load(std::memory_order_relaxed);
  if (guesses == 0) return false;
  left.store(guesses - 1, std::memory_order_relaxed);
  return true;
}

// What a read that `known` is of is to do first: see waits_first().
bool waits_first(Entry& entry, State known) noexcept {
  if (known & Drained) return true;
  return (known & ByteStream) && guessed(entry.guesses);
}

// Whether all of `what` is known of a socket that is this process' alone.
bool knows_all_of_socket(const Entry* entry, unsigned what) noexcept {
  return is_private(entry) && entry->kind.load(std::memory_order_relaxed) == Kind::Socket &&
         (entry->known.load(std::memory_order_relaxed) & what) == what;
}

}  // namespace

bool waits_first(int fd) noexcept {
  Entry* entry = find(fd);
  return knows(entry, Blocking) && waits_first(*entry, entry->known.load(std::memory_order_relaxed));
}

bool asks_in_vain(int fd) noexcept {
  Entry* entry = find(fd);
  return entry && guessed(entry->guesses);
}

namespace {

// Of what is no plain stream.
Way way_to_move(const Entry* entry) noexcept {
  if (knows(entry, NonBlocking)) return Way::AtOnce;
  const Kind kind = entry->kind.load(std::memory_order_relaxed);
  return kind == Kind::Named || kind == Kind::File ? Way::AsFile : Way::Any;
}

}  // namespace

Way way_to_read(int fd) noexcept {
  Entry* entry = find(fd);
  if (!entry) return Way::Any;
  const State known = state_of(entry);
  if (knows_all_of_socket(entry, Blocking | ByteStream | NoReceiveTimeout))
    return waits_first(*entry, known) ? Way::WaitFirst : Way::AskFirst;
  return way_to_move(entry);
}

Way way_to_write(int fd) noexcept {
  const Entry* entry = find(fd);
  if (!entry) return Way::Any;
  return knows_all_of_socket(entry, Blocking | ByteStream) ? Way::AskFirst : way_to_move(entry);
}

bool ready(int fd, short events) noexcept {
  pollfd entry{fd, events, 0};
  return kernel::call(SYS_poll, &entry, 1, 0) != 0;
}

Nanoseconds socket_timeout(int fd, int option) noexcept {
  Entry* entry = find(fd);
  const bool receives = option == SO_RCVTIMEO;
  if (knows(entry, receives ? NoReceiveTimeout : NoSendTimeout)) return never;
  auto* const kept = !entry ? nullptr : receives ? &entry->receive_timeout : &entry->send_timeout;
  const State seen = state_of(entry) & changes;
  if (kept && is_private(entry))
    if (const std::uint64_t value = kept->load(std::memory_order_relaxed);
        value > changes && (value & changes) == seen)
      return static_cast<Nanoseconds>(value >> timeout_shift) * microsecond;
  timeval timeout{};
  socklen_t size = sizeof timeout;
  if (kernel::call(SYS_getsockopt, fd, SOL_SOCKET, option, &timeout, &size) < 0) return never;
  const Nanoseconds microseconds = timeout.tv_sec * 1'000'000 + timeout.tv_usec;
  if (microseconds == 0) {
    learn(entry, receives ? NoReceiveTimeout : NoSendTimeout, seen);
    return never;
  }
  if (kept && is_private(entry) && microseconds <= UINT32_MAX)
    kept->store(static_cast<std::uint64_t>(microseconds) << timeout_shift | seen, std::memory_order_relaxed);
  return microseconds * microsecond;
}

bool is_timeout(int level, int option) noexcept {
  constexpr int receive_timeout_new = 66, send_timeout_new = 67;  // SO_RCVTIMEO_NEW, SO_SNDTIMEO_NEW
  return level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO ||
                                 option == receive_timeout_new || option == send_timeout_new);
}

bool concerns_us(int level, int option) noexcept {
  return is_timeout(level, option) || (level == IPPROTO_TCP && option == TCP_ULP);
}

bool tells_by_edges(int fd) noexcept {
  int protocol = 0;
  socklen_t size = sizeof protocol;
  if (kernel::call(SYS_getsockopt, fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) < 0 ||
      protocol != IPPROTO_TCP)
    return false;
  char layer[16];
  size = sizeof layer;
  return kernel::call(SYS_getsockopt, fd, IPPROTO_TCP, TCP_ULP, layer, &size) == 0 && size == 0;
}

void born(int fd, bool stream, bool blocking) noexcept {
  begin_life(fd, without_timeouts | (stream ? ByteStream : 0) | (blocking ? Blocking : NonBlocking), 0);
}

void accepted(int fd, int listener, bool blocking) noexcept {
  const State timeouts = knows(find(listener), Untimed) ? without_timeouts : 0;
  const bool waits_first = guessed(first_guesses);
  begin_life(fd, timeouts | ByteStream | (blocking ? Blocking : NonBlocking) | (waits_first ? 0 : Unasked),
             waits_first);
  if (Entry* entry = find(listener); entry && !(state_of(entry) & Listens))
    learn(entry, Listens, state_of(entry));
}

bool listens(int fd) noexcept { return knows_all_of_socket(find(fd), Blocking | NoReceiveTimeout | Listens); }

void note_accepter(int listener, const Fiber& fiber) noexcept {
  Entry* entry = find(listener);
  if (!entry) return;
  const std::uint8_t times = entry->alone_times.load(std::memory_order_relaxed);
  const bool again = entry->accepter.load(std::memory_order_relaxed) == fiber.slot;
  if (again && times == limits::accepts_alone) return;
  entry->alone_times.store(again ? times + 1 : 0, std::memory_order_relaxed);
  entry->accepter.store(fiber.slot, std::memory_order_relaxed);
}

bool accepts_alone(int listener, const Fiber& fiber) noexcept {
  const Entry* entry = find(listener);
  return entry && entry->accepter.load(std::memory_order_relaxed) == fiber.slot &&
         entry->alone_times.load(std::memory_order_relaxed) == limits::accepts_alone && listens(listener);
}

namespace {

// Tells all processors that `fd` will be another file.
[[gnu::noinline]] void stop_watching(int fd) noexcept {
  for (int number = 0; number < processors::count(); ++number) {
    Processor& processor = processors::at(number);
    if (!processor.watches.busy(fd)) continue;
    Guard guard(processor.waits);
    const unsigned followers = processor.watches.followers(fd);
    const int refuge = followers ? open_refuge(fd, followers) : -1;
    processor.watches.forget(fd, refuge);
    if (refuge >= 0) processor.nudge();  // to watch that
  }
}

}  // namespace

bool watched(int fd) noexcept {
  Entry* entry = find_or_create(fd);
  if (entry) entry->watched.store(true, std::memory_order_release);
  return entry;
}

void forget(int fd) noexcept {
  siblings::closed(fd);
  Entry* entry = find(fd);
  if (entry) end_life(*entry);
  if (!entry || !entry->watched.load(std::memory_order_relaxed)) return;
  // Taken back first, and a barrier: who sets it again has its watch made out to be busy before.
  entry->watched.store(false, std::memory_order_seq_cst);
  stop_watching(fd);
}

}  // namespace unblock::descriptors
