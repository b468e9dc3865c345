// Counters of what the runtime did: the table.
#include "stats.h"

#include <algorithm>
#include <cerrno>

#include "format.h"
#include "kernel.h"
#include "log.h"

namespace unblock::stats {

namespace detail {
constinit Counters counters = {};
constinit bool kept = true;
}

namespace {

constexpr std::size_t name_width = 20;
constexpr std::size_t value_width = 12;
constexpr std::size_t object_width = 40;
constexpr std::size_t site_width = 8;

// Not on the stack: the last fiber to run may have a small one.
char storage[limits::stats_text];

void put_object(format::Writer& table, std::string_view name, const Object& object) noexcept {
  using format::Right;
  table.put("  ", format::Left{name, object_width});
  for (const std::size_t number : {object.sites, object.jumps, object.traps, object.left})
    table.put(Right{static_cast<std::int64_t>(number), site_width});
  table.put('\n');
}

/// The end of a long path says more than its start.
std::string_view shortened(const char* name) noexcept {
  std::string_view text = name;
  if (text.size() > object_width) text.remove_prefix(text.size() - object_width);
  return text;
}

void put_objects(format::Writer& table, std::span<const Object> objects) noexcept {
  table.put("  ", format::Left{"syscall instructions of", object_width});
  table.put("   sites   jumps   traps    left\n");
  const std::size_t listed = std::min(objects.size(), limits::stats_objects);
  for (const Object& object : objects.first(listed)) put_object(table, shortened(object.name), object);
  Object others{};
  for (const Object& object : objects.subspan(listed)) {
    others.sites += object.sites;
    others.jumps += object.jumps;
    others.traps += object.traps;
    others.left += object.left;
  }
  if (listed < objects.size()) put_object(table, "all others", others);
}

}  // namespace

void reset() noexcept {
  for (auto& counter : detail::counters.values) counter.store(0, std::memory_order_relaxed);
}

void print(std::span<const Object> objects) noexcept {
  format::Writer table(storage, sizeof storage);
  table.put("unblock: statistics of ", program_invocation_short_name);
  table.put(", process ", kernel::call(SYS_getpid), '\n');
  for (unsigned i = 0; i < counter_count; ++i) {
    const format::Right number{value(static_cast<Counter>(i)), value_width};
    table.put("  ", format::Left{labels[i].name, name_width}, number, "  ", labels[i].meaning, '\n');
  }
  if (!objects.empty()) put_objects(table, objects);
  log::write_raw(table.view());
}

}  // namespace unblock::stats
