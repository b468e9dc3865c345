// What is known of the program's descriptors.
#include "descriptors.h"

#include <atomic>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "kernel.h"
#include "memory.h"
#include "processors.h"
#include "refuges.h"
#include "runtime_limits.h"
#include "siblings.h"

namespace unblock::descriptors {

namespace {

// What the kernel said of a descriptor and nobody can have changed.
enum Known : std::uint8_t {
  Blocking = 1,
  NonBlocking = 2,
  NoReceiveTimeout = 4,
  NoSendTimeout = 8,
  Drained = 16,
  ByteStream = 32,
};

// What is known, and above it how often that was changed: an answer of the kernel's is kept only if nobody
// has changed what it is about, or reused the number, since the kernel was asked.
using State = std::uint16_t;
constexpr State one_change = 0x100, changes = 0xff00;

struct Entry {
  std::atomic<Kind> kind;
  std::atomic<std::uint8_t> guesses;  // how many more reads wait before they ask
  std::atomic<State> known;
  std::atomic<std::uint32_t> born;  // the epoch it was made in; 0: not known
  std::atomic<std::uint64_t> receive_timeout,
      send_timeout;  // microseconds, in the place of `known` its changes
};

constexpr int timeout_shift = 16;
constexpr Nanoseconds microsecond = second / 1'000'000;

constinit std::atomic<Entry*> chunks[limits::max_descriptors / limits::descriptor_chunk];
constinit std::atomic<std::uint32_t> epoch{1};

Entry* find(int fd) noexcept {
  if (fd < 0 || static_cast<std::size_t>(fd) >= limits::max_descriptors) return nullptr;
  Entry* chunk = chunks[fd / limits::descriptor_chunk].load(std::memory_order_acquire);
  return chunk ? chunk + fd % limits::descriptor_chunk : nullptr;
}

Entry* find_or_create(int fd) noexcept {
  if (Entry* entry = find(fd)) return entry;
  if (fd < 0 || static_cast<std::size_t>(fd) >= limits::max_descriptors) return nullptr;
  constexpr std::size_t bytes = limits::descriptor_chunk * sizeof(Entry);
  auto* made = static_cast<Entry*>(memory::map(bytes));  // zeroes: Unknown, not born
  Entry* expected = nullptr;
  if (made && !chunks[fd / limits::descriptor_chunk].compare_exchange_strong(expected, made))
    memory::unmap(made, bytes);
  return find(fd);
}

Kind kind_by(unsigned mode) noexcept {
  switch (mode & S_IFMT) {
    case S_IFSOCK: return Kind::Socket;
    case S_IFIFO: return Kind::Stream;
    case S_IFREG:
    case S_IFDIR:
    case S_IFBLK: return Kind::File;
    default: return Kind::Stream;  // until it answers that it cannot
  }
}

Kind inspect(int fd) noexcept {
  struct stat status;
  return kernel::call(SYS_fstat, fd, &status) < 0 ? Kind::Unknown : kind_by(status.st_mode);
}

}  // namespace

Kind kind(int fd) noexcept {
  Entry* entry = find_or_create(fd);
  if (!entry) return inspect(fd);
  Kind known = entry->kind.load(std::memory_order_relaxed);
  if (known == Kind::Unknown) entry->kind.store(known = inspect(fd), std::memory_order_relaxed);
  return known;
}

void inspected(int fd, unsigned mode) noexcept {
  Entry* entry = find_or_create(fd);
  if (entry && entry->kind.load(std::memory_order_relaxed) == Kind::Unknown)
    entry->kind.store(kind_by(mode), std::memory_order_relaxed);
}

void remember(int fd, Kind kind) noexcept {
  if (Entry* entry = find_or_create(fd)) entry->kind.store(kind, std::memory_order_relaxed);
}

namespace {

bool is_private(const Entry* entry) noexcept {
  return entry && entry->born.load(std::memory_order_relaxed) == epoch.load(std::memory_order_relaxed);
}

bool knows(const Entry* entry, Known what) noexcept {
  return is_private(entry) && (entry->known.load(std::memory_order_relaxed) & what);
}

State state_of(const Entry* entry) noexcept {
  return entry ? entry->known.load(std::memory_order_acquire) : State{0};
}

// The kernel said so, asked after `seen` was the state.
void learn(Entry* entry, Known what, State seen) noexcept {
  if (!is_private(entry)) return;
  State now = seen;
  while (
      (now & changes) == (seen & changes) &&
      !entry->known.compare_exchange_weak(now, static_cast<State>(now | what), std::memory_order_acq_rel)) {}
}

// From now on only `what` is known.
void renew(Entry& entry, State what) noexcept {
  State now = entry.known.load(std::memory_order_relaxed);
  while (!entry.known.compare_exchange_weak(now, static_cast<State>(((now + one_change) & changes) | what),
                                            std::memory_order_acq_rel)) {}
}

}  // namespace

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
  if (Entry* entry = find(fd)) renew(*entry, state_of(entry) & ByteStream);
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
  if (entry) entry->guesses.store(found ? 0 : limits::reads_per_guess, std::memory_order_relaxed);
}

namespace {

// Whether the last one that asked did so in vain, a few times from then on.
bool guessed(Entry& entry) noexcept {
  const std::uint8_t guesses = entry.guesses.load(std::memory_order_relaxed);
  if (guesses == 0) return false;
  entry.guesses.store(guesses - 1, std::memory_order_relaxed);
  return true;
}

// What a read that `known` is of is to do first: see waits_first().
bool waits_first(Entry& entry, State known) noexcept {
  if (known & Drained) return true;
  return (known & ByteStream) && guessed(entry);
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
  return entry && guessed(*entry);
}

PlainStream plain_to_read(int fd) noexcept {
  Entry* entry = find(fd);
  if (!knows_all_of_socket(entry, Blocking | ByteStream | NoReceiveTimeout)) return PlainStream::No;
  const State known = state_of(entry);
  return waits_first(*entry, known) ? PlainStream::WaitFirst : PlainStream::AskFirst;
}

bool plain_to_write(int fd) noexcept { return knows_all_of_socket(find(fd), Blocking | ByteStream); }

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

void born(int fd, bool stream) noexcept {
  Entry* entry = find_or_create(fd);
  if (!entry) return;
  renew(*entry, stream ? ByteStream : 0);
  entry->guesses.store(0, std::memory_order_relaxed);
  entry->born.store(epoch.load(std::memory_order_relaxed), std::memory_order_relaxed);
}

bool is_private(int fd) noexcept { return is_private(find(fd)); }

void shared() noexcept {
  if (epoch.fetch_add(1) == UINT32_MAX) epoch.store(1);
}

void forget(int fd) noexcept {
  siblings::closed(fd);
  if (Entry* entry = find(fd)) {
    entry->kind.store(Kind::Unknown, std::memory_order_relaxed);
    entry->born.store(0, std::memory_order_relaxed);
    renew(*entry, 0);
    entry->guesses.store(0, std::memory_order_relaxed);
  }
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

}  // namespace unblock::descriptors
