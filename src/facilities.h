// What can be left to the kernel, facility by facility: the option --except.
#pragma once

#include <cstdint>
#include <string_view>

// name as in the list of calls, its word in --except
#define UNBLOCK_FACILITIES(X) \
  X(Sockets, "sockets")       \
  X(Files, "files")           \
  X(Sleep, "sleep")           \
  X(Dns, "dns")               \
  X(Threads, "threads")       \
  X(Signals, "signals")

namespace unblock {

/// Calls that stand and fall together. Those of Core, which fibers are made of, cannot be left out: locks,
/// descriptors, mappings, signals' masks and handlers. Signals are the calls that wait for some. Threads that
/// are left out are outsiders (outsiders.h) from their beginning.
enum class Facility : std::uint8_t {
  Core,
#define UNBLOCK_ENUMERATOR(name, word) name,
  UNBLOCK_FACILITIES(UNBLOCK_ENUMERATOR)
#undef UNBLOCK_ENUMERATOR
};

/// A set of them.
class Facilities {
 public:
  /// Only for "none", the table of options' default.
  constexpr Facilities(const char*) noexcept {}

  [[nodiscard]] constexpr bool has(Facility facility) const noexcept { return bits_ >> bit(facility) & 1; }

  /// Makes it those whose words are in `list`, with commas between, or none for "none". False, and nothing
  /// changed, if a word is unknown.
  [[nodiscard]] bool parse(std::string_view list) noexcept;

 private:
  static constexpr unsigned bit(Facility facility) noexcept { return static_cast<unsigned>(facility); }
  std::uint8_t bits_ = 0;
};

}  // namespace unblock
