// What `unblock --pid` reads and sets in a running process, from outside.
#pragma once

#include <atomic>
#include <cstdint>

namespace unblock {

struct Fiber;
class Processor;
namespace stats::detail {
struct Counters;
}

/// One in each process, under the symbol `unblock_view`. The reader is the same version, told by `version`,
/// and takes what it finds for a hint: nobody stops for it.
struct View {
  char version[16];
  std::uint32_t fiber_size, carrier_size;  ///< tell builds of a version apart
  std::atomic<bool> active{false};  ///< threads are fibers
  /// How many may run at once, for the reader to change; 0: as --processors says.
  std::atomic<int> processors{0};
  const std::atomic<int>* processor_count;
  const std::atomic<std::uint32_t>* slots_used;  ///< of the table of fibers
  const std::atomic<Fiber*>* chunks;             ///< of that table
  const stats::detail::Counters* counters;
  const bool* counted;  ///< whether there is something in them
};

extern "C" [[gnu::visibility("default")]] View unblock_view;

}  // namespace unblock
