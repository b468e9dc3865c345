// From the number of a system call to who answers it.
#pragma once

#include <cstdint>

#include "entry/frame.h"
#include "fibers/fiber.h"

namespace unblock::dispatch {

constexpr unsigned routes = 512;  ///< numbers beyond are unknown to us and go to the kernel

/// How entry.S treats a number.
enum Route : std::uint8_t {
  Kernel = 0,        ///< to the kernel at once
  Fibers = 1,        ///< to the dispatcher if a fiber makes it
  FromAnywhere = 2,  ///< to the dispatcher whoever makes it
  Brief = 4,         ///< as Fibers, but first to brief.h
};

/// Whether `nr` may have another route than Kernel in this process, whoever makes it.
[[nodiscard]] bool concerns_us(long nr) noexcept;

/// Fills in entry.S's routes. Once, before any site is rewritten.
void initialise() noexcept;

/// Tells entry.S of the processor's vector state. Before a site outside libc is rewritten: asking the
/// processor is slow in a virtual machine.
void find_vector_state() noexcept;

/// Whether a fiber can do without our answer to `nr`: it belongs to a facility that can be left out, or is
/// not in the list.
[[nodiscard]] bool can_be_native(long nr) noexcept;

/// Whether the calls that fibers must know of come to the dispatcher when other threads make them. Any time.
void route_outsiders(bool here) noexcept;

/// Answers call `nr` for `fiber`. For those that are not in the list, the kernel does.
long answer(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept;

}  // namespace unblock::dispatch
