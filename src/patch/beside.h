// What becomes of sites while other threads run, any of which may be anywhere in the text, asleep in a call
// or in the middle of what a window would displace, and none of which may be interrupted or trapped: one that
// blocks all signals would die of a trap.
//
//     ahead                                      hop
//     mov $nr, %eax   -> jmp stub                syscall          -> jmp short ─┐
//     xor %edi, %edi     (stays)                 cmp $-4096, %rax    (stays)    │
//     syscall            (stays)                 ...                            │
//     cmp $-4096, %rax   (stays)                 nopw 0(%rax)     -> jmp over   │  and in its other bytes:
//                                                                    jmp stub <─┘
//
// One instruction is replaced by one of the same length, so whoever is in front of it or behind it goes on as
// ever. Ahead of a call any instruction of five bytes will do, since those between it and the call stay where
// they are and are done in the stub as well. Where a thread that makes a call natively comes back from it,
// the text is what it was.
#pragma once

#include "function_bounds.h"
#include "site_finder.h"

namespace unblock::patch {

/// Decides for all undecided sites: Verdict::ahead, Verdict::hop, or Verdict::left.
void choose_beside(const Object& object, const Decoder& decoder, Sites sites) noexcept;

/// Whether a site is made again and again without a look at what came of it: the calls that end a thread or
/// the process, and no others.
[[nodiscard]] bool never_returns(const Site& site) noexcept;

}  // namespace unblock::patch
