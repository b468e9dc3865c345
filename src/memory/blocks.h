// Blocks of memory that come and go with siblings: of any size, without a page for each.
#pragma once

#include <cstddef>

namespace unblock::blocks {

/// A block and how much it holds.
struct Block {
  char* start = nullptr;
  std::size_t room = 0;
};

/// A block for at least `bytes`, not zeroed, and less than limits::block_step more. Its start is null if
/// there is no memory. Any kernel thread of ours; not from signal handlers.
[[nodiscard]] Block allocate(std::size_t bytes) noexcept;

/// Takes it back; nothing for one that is null.
void release(Block block) noexcept;

}  // namespace unblock::blocks
