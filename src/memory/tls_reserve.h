// The room that glibc keeps in each thread for static TLS of libraries to come.
//
//      low                                                   high, a page's end
//     | ... frames | reserve, 1,664 bytes | TLS | struct pthread |
//
// With it the first frame lies beyond the page that has the descriptor, and a thread that does next to
// nothing has two pages in use where one would do. dlopen(3) takes from the reserve for libraries whose TLS
// must be at a fixed distance from the thread pointer. Of those in Debian that fit, none wants more than 144
// bytes. So where there are many threads, glibc is told that there is less, by the variable behind the
// tunable glibc.rtld.optional_static_tls: stacks of new threads begin that much higher, and a library that
// wants more than what is left is refused as if all were used up. Once those threads have ended it has all of
// it again.
#pragma once

namespace unblock::tls_reserve {

/// To be called in pthread_create(3) by a fiber, before libc's part. Takes the dynamic linker's lock, once
/// there are many threads.
void thread_comes() noexcept;

/// A thread that will be no fiber comes: nobody here will know when it ends.
void thread_escapes() noexcept;

/// To be called in dlopen(3), before libc's part.
void library_comes() noexcept;

/// In a fork's child. `by_main`: its thread had all of the reserve.
void forget(bool by_main) noexcept;

}  // namespace unblock::tls_reserve
