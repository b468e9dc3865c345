// Blocks by size: each size has its list of free ones, filled from chunks; large ones are mapped by
// themselves.
#include "memory/blocks.h"

#include <cstring>

#include "lock.h"
#include "memory/memory.h"
#include "runtime_limits.h"

namespace unblock::blocks {

namespace {

constexpr std::size_t sizes = limits::largest_block / limits::block_step;

struct Free {
  Free* next;
};

constinit Lock lock;
constinit Free* unused[sizes + 1] = {};  // by size in steps
constinit Block chunk;                   // what is left of the last one

constexpr std::size_t rounded(std::size_t bytes, std::size_t unit) noexcept {
  return bytes == 0 ? unit : (bytes + unit - 1) / unit * unit;
}

void put(char* start, std::size_t room) noexcept {
  Free*& list = unused[room / limits::block_step];
  list = new (start) Free{list};
}

// A piece of a chunk. What is left of the one before goes to the list of its size.
char* carve(std::size_t room) noexcept {
  if (chunk.room < room) {
    if (chunk.room) put(chunk.start, chunk.room);
    chunk = {static_cast<char*>(memory::map(limits::block_chunk)), limits::block_chunk};
    if (!chunk.start) {
      chunk.room = 0;
      return nullptr;
    }
  }
  char* start = chunk.start;
  chunk.start += room;
  chunk.room -= room;
  return start;
}

}  // namespace

Block allocate(std::size_t bytes) noexcept {
  if (bytes > limits::largest_block) {
    const std::size_t room = rounded(bytes, limits::page);
    auto* start = static_cast<char*>(memory::map(room));
    return {start, start ? room : 0};
  }
  const std::size_t room = rounded(bytes, limits::block_step);
  Guard guard(lock);
  if (Free*& list = unused[room / limits::block_step]) {
    char* start = reinterpret_cast<char*>(list);
    list = list->next;
    return {start, room};
  }
  char* start = carve(room);
  return {start, start ? room : 0};
}

void release(Block block) noexcept {
  if (!block.start) return;
  if (block.room > limits::largest_block) {
    memory::unmap(block.start, block.room);
    return;
  }
  Guard guard(lock);
  put(block.start, rounded(block.room, limits::block_step));
}

}  // namespace unblock::blocks
