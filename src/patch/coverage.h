// What has been covered so far, object by object: read by signal handlers, written under a lock.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "objects.h"
#include "patch.h"
#include "site_finder.h"

namespace unblock::patch {

struct Left {
  std::uintptr_t address;
  const char* why;
};

/// The sites of one object that were covered together, and where their stubs are.
struct Batch {
  Range stubs;                    ///< executable; empty if none was needed
  Range tables;                   ///< the memory of the two lists below
  const SiteRecord** records = nullptr;   ///< of what was rewritten, by address of the site and of the stub
  Left* left = nullptr;           ///< strays included, which are no sites
  unsigned sites = 0, jumps = 0, traps = 0, left_count = 0, strays = 0;
  [[nodiscard]] unsigned record_count() const noexcept { return jumps + traps; }
  std::uintptr_t first = 0;       ///< a rewritten address, or 0
};

/// An object that has been looked at. Never freed, its ranges never change: readers need no lock.
struct Covered {
  enum Part { gate, rest, parts };

  Covered* next = nullptr;
  char name[64] = {};
  std::uintptr_t base = 0;
  const void* dynamic = nullptr;
  Range image;
  Batch batch[parts];
  std::atomic<bool> live[parts] = {};

  /// Every site has been looked at, and what was written is still there: the object has not been
  /// unloaded and loaded anew at the same place.
  [[nodiscard]] bool complete() const noexcept;
};

/// The objects covered, oldest first.
[[nodiscard]] Covered* first_covered() noexcept;

/// The entry for a loaded object, made if need be. Whatever was loaded there before is forgotten.
/// Null without memory. Not thread-safe.
[[nodiscard]] Covered* coverage_of(const Object& object) noexcept;

/// Whether the `syscall` that was at `address` has been rewritten.
[[nodiscard]] bool is_rewritten(std::uintptr_t address) noexcept;

/// Counts the sites of `batch` and lists what was rewritten and what is left alone. False without memory.
[[nodiscard]] bool tabulate(Sites sites, Batch& batch) noexcept;

/// Makes a batch known to trap_target() and in_stub(), before its text is rewritten.
void publish(Covered& covered, Covered::Part part, const Batch& batch) noexcept;
/// Forgets a batch and unmaps its memory.
void withdraw(Covered& covered, Covered::Part part) noexcept;

}  // namespace unblock::patch
