// What is known of the program's descriptors, and which are our own.
#pragma once

#include <cstdint>

#include "clock.h"
#include "fibers/fiber.h"

namespace unblock::descriptors {

/// How a descriptor can be tried without waiting. Only a hint of where to begin: a wrong one costs a call.
enum class Kind : std::uint8_t {
  Unknown,
  Named,      ///< opened by a name, so a regular file, most likely; not asked yet
  Socket,     ///< MSG_DONTWAIT
  Stream,     ///< RWF_NOWAIT: pipes
  Anonymous,  ///< the same to read, and hardly ever waits to be written: eventfd
  Polled,     ///< poll(2) first: ttys, timerfd, inotify, devices
  File,       ///< never waits for anybody: regular files, directories, block devices
};

[[nodiscard]] Kind kind(int fd) noexcept;
void remember(int fd, Kind kind) noexcept;
/// The same by the mode that fstat(2) gave; what was learned by trying stays.
void inspected(int fd, unsigned mode) noexcept;

/// open(2) gave `fd`. What it is need not be asked before some call on it has waited.
void opened(int fd) noexcept;
/// Whether that is all that is known of it.
[[nodiscard]] bool only_named(int fd) noexcept;

/// Whether the program wants calls on `fd` to wait. The flag is the open file's, so the kernel is asked,
/// unless nobody but this process can have changed it since it last was.
[[nodiscard]] bool blocking(int fd) noexcept;

/// Whether `fd` is ready for `events` (poll(2)) now.
[[nodiscard]] bool ready(int fd, short events) noexcept;

/// A socket's SO_RCVTIMEO or SO_SNDTIMEO; `never` if it has none or is no socket. Remembered likewise.
[[nodiscard]] Nanoseconds socket_timeout(int fd, int option) noexcept;

/// Whether that socket option is one of these.
[[nodiscard]] bool is_timeout(int level, int option) noexcept;
/// Whether option_set() is to be told that it was set: it is one of these, or puts a protocol of its own on
/// top of TCP, of which short reads say less.
[[nodiscard]] bool concerns_us(int level, int option) noexcept;

/// Whether calls on `fd` wait may have changed: F_SETFL, FIONBIO.
void changed(int fd) noexcept;
/// An option of the socket `fd` may have been set: concerns_us().
void option_set(int fd, int level, int option) noexcept;
/// `fd` has a duplicate: its file's flags may change under another number from now on.
void duplicated(int fd) noexcept;

/// A read of a stream came back with `got` bytes where `wanted` were asked for. If it fell short, nothing is
/// left, and the next read need not ask before it waits.
void note_read(int fd, long got, std::size_t wanted) noexcept;
/// A read that asked before it waited did, or did not, find something.
void note_probe(int fd, bool found) noexcept;
/// Whether a read of a stream is to wait before it asks: nothing is left, or nothing was the last few times.
/// Never wrong, since what is there the loop reports; only slower, so now and then it is to ask all the same.
[[nodiscard]] bool waits_first(int fd) noexcept;

/// The same for descriptors that are asked by way of others, as epoll_wait(2) asks: note_probe() decides
/// alone.
[[nodiscard]] bool asks_in_vain(int fd) noexcept;

/// Whether `fd` is a TCP connection with nothing on top of it: one that a short read empties, unless it has
/// ended or has urgent data. Asks the kernel.
[[nodiscard]] bool tells_by_edges(int fd) noexcept;

/// How to read or write a descriptor, by what is known of it without asking.
enum class Way : std::uint8_t {
  Any,        ///< nothing is
  AskFirst,   ///< a plain stream: a socket that is to wait, without a timeout, and that nobody else has
  WaitFirst,  ///< the same, of which waits_first() would be true
  AtOnce,     ///< it never waits, and never_waits() is true
  AsFile,     ///< a file, or only_named()
};
[[nodiscard]] Way way_to_read(int fd) noexcept;
/// Never Way::WaitFirst.
[[nodiscard]] Way way_to_write(int fd) noexcept;

/// `fd` is a socket that this process made just now by socket(2), and nobody else has it. `stream`: of bytes,
/// so that a short read leaves nothing.
void born(int fd, bool stream, bool blocking) noexcept;
/// The same by accept(2) at `listener`, whose timeouts it has: sk_clone() of the kernel.
void accepted(int fd, int listener, bool blocking) noexcept;
/// Whether `fd` is a listener that is to wait, without a timeout, and that nobody else has. Asks nobody.
[[nodiscard]] bool listens(int fd) noexcept;
/// `fiber` is in accept(2) at `listener`.
void note_accepter(int listener, const Fiber& fiber) noexcept;
/// Whether it alone has been lately, and listens() is true: what the loop reports there is for it.
[[nodiscard]] bool accepts_alone(int listener, const Fiber& fiber) noexcept;
/// Whether no other process can have it still: none was made, and none was sent descriptors, since then.
[[nodiscard]] bool is_private(int fd) noexcept;
/// From now on other processes may share the descriptors there are.
void shared() noexcept;

/// A processor's Watches have it that `fd` is busy: forget() will tell them. False if memory is out. Any
/// thread.
[[nodiscard]] bool watched(int fd) noexcept;

/// To be called before `fd` is closed or replaced: its waiters go on with the file they wait for, and nothing
/// that is known of the number survives.
void forget(int fd) noexcept;

/// A waiter that went on with another number is done with it.
void leave_refuge(int fd) noexcept;

/// Has the kernel's table grow to where hide() will move descriptors. While other threads run, that waits
/// until none can be looking at the old table.
void make_room() noexcept;

/// Moves a descriptor of the runtime's own out of the program's way, beyond RLIMIT_NOFILE if need be, so
/// that the program's next descriptor has the number it has natively. Returns the new number.
int hide(int fd) noexcept;
/// Whether `fd` is hidden: the program must find it closed.
[[nodiscard]] bool hidden(int fd) noexcept;
/// Gives up a hidden descriptor and closes it.
void close_hidden(int fd) noexcept;
/// Gives it up without closing it: whoever made it is about to.
void show(int fd) noexcept;
/// Gives up and closes all of them: in a fork's child.
void close_all_hidden() noexcept;
/// The lowest hidden descriptor at or above `fd`, or -1.
[[nodiscard]] int next_hidden(int fd) noexcept;

}  // namespace unblock::descriptors
