// Listening sockets that the program made before its first thread, as most servers do.
//
// Whether a listener is to wait, and for how long what it accepted is, need not be asked if nobody else can
// have changed it. Until the first thread the program's calls are the kernel's alone, and only a few hooks
// see them: enough to know which of the first sockets are this process' own; the rest the kernel is asked at
// activation. Whatever might make that untrue has them all forgotten, and then they are asked about as
// others' are.
#pragma once

namespace unblock::early_sockets {

/// socket(2) gave `fd`. What file it is, is noted, for libc may close it where no hook sees that (fclose(3)),
/// and its number may be another's then: one that listens, too. Before activation; any thread,
/// async-signal-safe, as all of these.
void made(int fd) noexcept;
/// `fd` is closed, or is to be another file's.
void closed(int fd) noexcept;
/// A child process is made, descriptors may be on their way to or from another one, or a socket is given a
/// timeout: what is accepted later may still have that, accept(2).
void forget() noexcept;

/// At activation, while there is one thread: makes those that listen known to `descriptors`, if each is still
/// the file that it was, and that one's only descriptor, and forgets all.
void adopt() noexcept;

}  // namespace unblock::early_sockets
