// What an address in the program's code is called: the object it was loaded from and the nearest symbol.
#pragma once

#include <cstdint>

namespace unblock {

/// Like dladdr(3)'s answer. The strings are the dynamic linker's, and stay while the object is loaded.
struct CodeLocation {
  const char* object = nullptr;       ///< file name without its directory; null: no loaded code
  std::uintptr_t base = 0;            ///< what to subtract for an address as in the file
  const char* symbol = nullptr;       ///< the nearest exported function at or below the address, or null
  std::uintptr_t symbol_address = 0;  ///< where that begins
};

/// Finds it without a lock, unlike dladdr(3): a fiber that waits may hold the dynamic linker's. Nothing where
/// libc has no _dl_find_object (before 2.35). Async-signal-safe.
[[nodiscard]] CodeLocation locate(std::uintptr_t address) noexcept;

/// Whether `address` may be one that a function returns to: code that a call instruction stands before.
[[nodiscard]] bool follows_call(std::uintptr_t address) noexcept;

/// Where the function around `address` begins by the unwinder's tables, else `address` itself.
[[nodiscard]] std::uintptr_t function_start(std::uintptr_t address) noexcept;

}  // namespace unblock
