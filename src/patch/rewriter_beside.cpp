// Writes into text that other threads execute.
//
// Nothing may trap, and at any moment each instruction is a whole one. So what is longer than two bytes is
// fenced off first: whoever comes to it waits in a jump to itself, or jumps over it. Between the steps every
// processor that runs this process is made to forget what it has decoded.
#include <linux/membarrier.h>
#include <sys/mman.h>

#include "kernel.h"
#include "patch.h"
#include "rewriter.h"
#include "runtime_limits.h"
#include "undisturbed.h"

namespace unblock::patch {

namespace {

constexpr std::uintptr_t page_mask = ~(limits::page - 1);

// One store: for a processor that executes them, both bytes change at once.
void put(std::uintptr_t address, const std::uint8_t (&bytes)[2]) noexcept {
  const auto pair = static_cast<std::uint16_t>(bytes[0] | bytes[1] << 8);
  asm volatile("movw %1, (%0)" ::"r"(address), "r"(pair) : "memory");
}

long serialise(int command) noexcept { return kernel::call(SYS_membarrier, command, 0, 0); }

// Makes the text that `edits` are in writable besides, or takes that back. 0 or a negative error number.
long protect(const Object& object, const LiveEdit* edits, std::size_t count, int extra) noexcept {
  for (std::size_t i = 0; i < object.segment_count; ++i) {
    const Segment& segment = object.segments[i];
    bool concerned = false;
    for (std::size_t k = 0; k < count && !concerned; ++k)
      concerned = segment.range.contains(edits[k].address);
    if (!concerned) continue;
    const std::uintptr_t begin = segment.range.begin & page_mask;
    const std::uintptr_t end = (segment.range.end + ~page_mask) & page_mask;
    if (const long failure = kernel::call(SYS_mprotect, begin, end - begin, segment.protection | extra))
      return failure;
  }
  return 0;
}

// Raw stores and system calls only: a libc function may be what is fenced off at the moment.
void apply(const LiveEdit* edits, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) put(edits[i].fence, edits[i].fence_bytes);
  serialise(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE);
  for (std::size_t i = 0; i < count; ++i) {
    auto* body = reinterpret_cast<volatile std::uint8_t*>(edits[i].fence + 2);
    for (std::size_t k = 0; k < edits[i].body_size; ++k) body[k] = edits[i].body[k];
  }
  serialise(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE);
  for (std::size_t i = 0; i < count; ++i) put(edits[i].address, edits[i].bytes);
  serialise(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE);
}

long register_barriers() noexcept { return serialise(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE); }

}  // namespace

void foresee_others() noexcept { register_barriers(); }

int rewrite_beside(const Object& object, const LiveEdit* edits, std::size_t count) noexcept {
  if (const long failure = register_barriers())
    return static_cast<int>(failure);
  // A handler of this thread's would wait for ever at a fence.
  const Undisturbed undisturbed;
  const long failure = protect(object, edits, count, PROT_WRITE);
  if (!failure) apply(edits, count);
  protect(object, edits, count, 0);
  return static_cast<int>(failure);
}

}  // namespace unblock::patch
