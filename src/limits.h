// Every fixed size and bound of the runtime, in one table.
#pragma once

#include <cstddef>

namespace unblock::limits {

constexpr std::size_t cache_line = 64;          // bytes; x86-64's unit of sharing between cores
constexpr std::size_t page = 4096;              // bytes; x86-64's smallest page
constexpr std::size_t carrier_stack = 64 << 10; // bytes; a carrier's own idle loop, libev included
constexpr std::size_t log_line = 512;           // bytes of one log line; longer ones end in "..."
constexpr std::size_t option_text = 256;        // bytes of an option's text value, its NUL included
constexpr int option_number = 1'000'000;        // largest number an option takes; the smallest is 1
constexpr std::size_t stats_objects = 64;       // objects listed one by one in the statistics table
constexpr std::size_t stats_text = 16 << 10;    // bytes of the statistics table, written at once

}  // namespace unblock::limits
