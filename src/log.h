// What unblock says while it runs: lines on stderr, by module and level.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "format.h"
#include "runtime_limits.h"

// The modules that can be set apart by `--log module:level`. Lines of `core` carry no module name.
#define UNBLOCK_LOG_MODULES(X) \
  X(core)                      \
  X(patch)                     \
  X(sched)                     \
  X(io)                        \
  X(signals)                   \
  X(process)                   \
  X(stall)                     \
  X(deadlock)

// From what ends the run to what only a developer of unblock reads.
#define UNBLOCK_LOG_LEVELS(X) \
  X(error)                    \
  X(warning)                  \
  X(info)                     \
  X(debug)

namespace unblock::log {

#define UNBLOCK_ENUMERATOR(name) name,
enum Module : std::uint8_t { UNBLOCK_LOG_MODULES(UNBLOCK_ENUMERATOR) module_count };
enum class Level : std::uint8_t { UNBLOCK_LOG_LEVELS(UNBLOCK_ENUMERATOR) };
#undef UNBLOCK_ENUMERATOR

namespace detail {
// Each module's distance above the default, so that all zeroes mean "warning" everywhere.
extern std::atomic<std::int8_t> above_default[module_count];
/// Starts the line with "unblock: " and the module's name.
void begin(format::Writer& line, Module module) noexcept;
/// Ends the line and writes it.
void end(format::Writer& line, char* storage) noexcept;
}  // namespace detail

/// True if lines of this module and level are wanted. One load and one comparison.
/// Async-signal-safe, from any thread.
[[nodiscard]] inline bool enabled(Module module, Level level) noexcept {
  return static_cast<int>(level) - static_cast<int>(Level::warning) <=
         detail::above_default[module].load(std::memory_order_relaxed);
}

/// Sets the levels from `LEVEL`, `MODULE:LEVEL` or `MODULE` (its info), or several of them with commas
/// between, the later ones winning. Returns false, and changes nothing, if there is a word it does not know.
/// Async-signal-safe.
[[nodiscard]] bool configure(std::string_view levels) noexcept;

/// Writes `text` to stderr as it is, in one raw system call that is repeated only if a signal cut
/// it short. Errors are dropped: there is nobody left to tell. Async-signal-safe, leaves errno alone.
void write_raw(std::string_view text) noexcept;

/// Writes one line of the given parts (text, numbers, format::Hex, addresses) if it is wanted.
/// Neither allocates nor locks: async-signal-safe, from any thread, leaves errno alone.
template <class... Parts>
void write(Module module, Level level, const Parts&... parts) noexcept {
  if (!enabled(module, level)) return;
  char storage[limits::log_line];
  // Room for "...\n", in case the parts do not fit.
  format::Writer line(storage, sizeof storage - 4);
  detail::begin(line, module);
  (line.put(parts), ...);
  detail::end(line, storage);
}

template <class... Parts>
void error(Module module, const Parts&... parts) noexcept {
  write(module, Level::error, parts...);
}

template <class... Parts>
void warning(Module module, const Parts&... parts) noexcept {
  write(module, Level::warning, parts...);
}

template <class... Parts>
void info(Module module, const Parts&... parts) noexcept {
  write(module, Level::info, parts...);
}

template <class... Parts>
void debug(Module module, const Parts&... parts) noexcept {
  write(module, Level::debug, parts...);
}

}  // namespace unblock::log
