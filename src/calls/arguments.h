// System call arguments as the kernel takes them: six words.
#pragma once

#include "kernel.h"

namespace unblock::calls {

/// The six words for a call with these arguments.
struct Words {
  template <class... Args>
  explicit Words(Args... args) noexcept : words{kernel::word(args)...} {}
  long words[6];
};

}  // namespace unblock::calls
