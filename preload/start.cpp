// What happens when the library is loaded.
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "hooks.h"
#include "options.h"
#include "pieces.h"
#include "runtime.h"

namespace {

using namespace unblock;

// Takes this library off the list that child programs inherit, and leaves what else is on it.
void leave_preload_list() noexcept {
  const char* list = std::getenv("LD_PRELOAD");
  if (!list) return;
  constexpr std::string_view separators = " :";
  std::string_view rest = list;
  char kept[4096];
  std::size_t length = 0;
  while (!rest.empty()) {
    const std::size_t end = rest.find_first_of(separators);
    const std::string_view entry = head(rest, end);
    rest = tail(rest, end);
    if (entry.empty() || entry.ends_with("libunblock-preload.so") || length + entry.size() + 2 > sizeof kept)
      continue;
    if (length) kept[length++] = ':';
    std::memcpy(kept + length, entry.data(), entry.size());
    length += entry.size();
  }
  kept[length] = 0;
  if (length)
    setenv("LD_PRELOAD", kept, 1);
  else
    unsetenv("LD_PRELOAD");
}

constinit bool started = false;

[[gnu::constructor]] void start() { hooks::start_up(); }

}  // namespace

void hooks::start_up() noexcept {
  if (std::exchange(started, true)) return;
  look_up_next_symbols();
  options::load(environ);
  if (options::values().no_children) leave_preload_list();
  if (!runtime::prepare() || options::values().doors != "both") return;
  open_door();
  watch_early();
}

// AddressSanitizer's library ends the program if it finds another one before itself; nothing of ours needs to
// be later. It asks for its settings by this name, and a program with settings of its own is asked instead.
extern "C" [[gnu::visibility("default")]] const char* __asan_default_options() {
  return "verify_asan_link_order=0";
}
