// Every option in one table: the environment variables the library reads, the flags the launcher takes.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "facilities.h"
#include "runtime_limits.h"

// type, name, default, argument, who sets it, meaning
//
// The name yields the rest: `no_children` is values().no_children, UNBLOCK_NO_CHILDREN and --no-children.
// The types are bool, int (1 to limits::option_number), Choice (a word of those in `argument`), Number
// (auto, or as int), Facilities and LogLevels. `Flag` options are the launcher's too; `Hidden` ones live in
// the environment alone.
#define UNBLOCK_OPTIONS(X)                                                                                \
  X(LogLevels, log, "warning", "LEVEL|MODULE[:LEVEL],...", Flag, "what to report on stderr")              \
  X(bool, stats, false, nullptr, Flag, "print a table of counters when the program ends")                 \
  X(bool, strict, false, nullptr, Flag, "fail, rather than run natively, if fibers are impossible")       \
  X(bool, no_children, false, nullptr, Flag, "run the program's child programs natively")                 \
  X(bool, cooperative, false, nullptr, Flag, "never run two threads at once, not even one that computes") \
  X(int, slice, 10, "MS", Flag, "milliseconds a thread may compute while others wait")                    \
  X(Number, processors, "auto", "N|auto", Flag,                                                           \
    "how many threads may run at once under unblock; auto: as many as there are CPUs")                    \
  X(int, help_after, 100, "US", Hidden,                                                                   \
    "microseconds a ready thread waits before another processor takes it")                                \
  X(bool, iterative, false, nullptr, Flag, "serve an iterative server's connections side by side")        \
  X(bool, private_globals, false, nullptr, Flag,                                                          \
    "with --iterative: each connection has the program's variables to itself")                            \
  X(int, max_siblings, 10000, "COUNT", Flag, "how many of them at once; the rest wait in the backlog")    \
  X(Facilities, except, "none", "FACILITY,...", Flag,                                                     \
    "leave it to the kernel: sockets, files, sleep, dns, threads, signals")                               \
  X(int, spare_carriers, 8, "COUNT", Hidden, "idle kernel threads kept for calls that block")             \
  X(Choice, doors, "both", "both|sites", Hidden, "how calls reach unblock; for its own tests")

namespace unblock::options {

/// A text value, kept by copy: programs that set their title overwrite the environment's strings.
struct Text {
  constexpr Text(const char* text) noexcept {
    for (std::size_t i = 0; text[i]; ++i) data[i] = text[i];
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return data; }
  [[nodiscard]] constexpr bool operator==(std::string_view other) const noexcept { return view() == other; }

  char data[limits::option_text] = {};
};

/// One word of a list; which list, says the table.
struct Choice : Text {
  using Text::Text;
};

/// A number, from 1 to limits::option_number, or left to the program.
struct Number {
  constexpr Number(const char*) noexcept {}
  int number = 0;  ///< 0: auto
};

/// What log::configure takes. Setting it sets the levels, too.
struct LogLevels : Text {
  using Text::Text;
};

/// The value of every option.
struct Values {
#define UNBLOCK_MEMBER(type, name, fallback, ...) type name = fallback;
  UNBLOCK_OPTIONS(UNBLOCK_MEMBER)
#undef UNBLOCK_MEMBER
};

enum Audience : bool { Hidden, Flag };

/// A row of the table.
struct Option {
  const char* environment;  ///< UNBLOCK_NO_CHILDREN
  const char* flag;         ///< no-children, without the dashes
  const char* argument;     ///< what to call the flag's argument; null if it takes none
  const char* fallback;     ///< the default, as the source has it
  const char* meaning;      ///< one line
  Audience audience;
  bool (*assign)(Values& values, std::string_view text) noexcept;  ///< false, nothing set: not a value
};

/// The table, for those who list it or look something up in it.
[[nodiscard]] std::span<const Option> table() noexcept;

namespace detail {
extern Values values;
}

/// The options in force: the defaults until load(). From any thread, any time.
[[nodiscard]] inline const Values& values() noexcept { return detail::values; }

/// Reads the options from the environment, a null-terminated array of NAME=VALUE, as environ(7). What is
/// wrong there is reported in a line on stderr and keeps its default. Neither allocates nor calls
/// getenv, so it may run before libc's own constructors. Once, while the process has one thread.
void load(const char* const* environment) noexcept;

/// Sets options from a list in one text, as a program that links the library gives them: `name` or
/// `name=value`, with spaces between, named as the flags are. What is not in the list gets its default.
/// False, and `wrong` is the word that is not understood; what came before it is set.
[[nodiscard]] bool set(std::string_view list, std::string_view& wrong) noexcept;

}  // namespace unblock::options
