// The kernel's own blocking calls.
#pragma once

#include "../unblock.h"

namespace unblock {

/// libc's function `name`, whose calls the kernel answers: unblock_original(). Null if there is none.
///
///     const auto read = unblock::original<ssize_t(int, void*, std::size_t)>("read");
template <class Signature>
[[nodiscard]] Signature* original(const char* name) noexcept {
  return reinterpret_cast<Signature*>(unblock_original(name));
}

}  // namespace unblock
