// What unblock says while it runs: the levels' text form, and the write.
#include "log.h"

#include <cerrno>
#include <cstring>
#include <unistd.h>

#include "kernel.h"

namespace unblock::log {
namespace detail {

constinit std::atomic<std::int8_t> above_default[module_count] = {};

}  // namespace detail

namespace {

#define UNBLOCK_NAME(name) #name,
constexpr std::string_view module_names[] = {UNBLOCK_LOG_MODULES(UNBLOCK_NAME)};
constexpr std::string_view level_names[] = {UNBLOCK_LOG_LEVELS(UNBLOCK_NAME)};
#undef UNBLOCK_NAME

template <std::size_t N>
int index_of(const std::string_view (&names)[N], std::string_view wanted) noexcept {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == wanted) return static_cast<int>(i);
  return -1;
}

/// Cuts the text before the first `mark` off `rest`, the mark too; all of it if there is none.
std::string_view take_until(std::string_view& rest, char mark) noexcept {
  const std::size_t at = rest.find(mark);
  const std::string_view head(rest.data(), at == rest.npos ? rest.size() : at);
  rest.remove_prefix(at == rest.npos ? rest.size() : at + 1);
  return head;
}

/// Applies one `LEVEL`, `MODULE:LEVEL` or `MODULE`.
bool apply(std::string_view item, std::int8_t (&levels)[module_count]) noexcept {
  const std::string_view whole = item;
  const std::string_view first = take_until(item, ':');
  const int module = index_of(module_names, first);
  const bool alone = first.size() == whole.size();
  if (module < 0 && !alone) return false;
  const int level = module >= 0 && alone ? static_cast<int>(Level::info)
                                         : index_of(level_names, module >= 0 ? item : whole);
  if (level < 0) return false;
  const auto above = static_cast<std::int8_t>(level - static_cast<int>(Level::warning));
  for (int i = 0; i < module_count; ++i)
    if (module < 0 || module == i) levels[i] = above;
  return true;
}

}  // namespace

bool configure(std::string_view text) noexcept {
  std::int8_t levels[module_count];
  for (int i = 0; i < module_count; ++i) levels[i] = detail::above_default[i].load(std::memory_order_relaxed);
  do {
    if (!apply(take_until(text, ','), levels)) return false;
  } while (!text.empty());
  for (int i = 0; i < module_count; ++i) detail::above_default[i].store(levels[i], std::memory_order_relaxed);
  return true;
}

void write_raw(std::string_view text) noexcept {
  while (!text.empty()) {
    const long written = kernel::call(SYS_write, STDERR_FILENO, text.data(), text.size());
    if (written == -EINTR) continue;
    if (kernel::failed(written) || written == 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

namespace detail {

void begin(format::Writer& line, Module module) noexcept {
  line.put("unblock: ");
  if (module != core) line.put(module_names[module], ": ");
}

void end(format::Writer& line, char* storage) noexcept {
  std::size_t length = line.view().size();
  const std::string_view ending = line.truncated() ? "...\n" : "\n";
  std::memcpy(storage + length, ending.data(), ending.size());
  write_raw({storage, length + ending.size()});
}

}  // namespace detail
}  // namespace unblock::log
