// Interpreters know where their stack ends, how deep it is and what lies on it: not for copying.
#include "siblings/iterative.h"

#include <link.h>
#include <string_view>

#include "kernel.h"
#include "log.h"
#include "options.h"
#include "pieces.h"
#include "siblings/siblings.h"

namespace unblock::iterative {

namespace {

constexpr std::string_view interpreters[] = {"python", "perl", "ruby", "node", "php", "java", "jvm"};

std::string_view file_name(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? path : tail(path, slash);
}

bool is_interpreter(std::string_view name) noexcept {
  if (name.starts_with("lib")) name.remove_prefix(3);
  for (const std::string_view interpreter : interpreters)
    if (name.starts_with(interpreter)) return true;
  return false;
}

bool runs_interpreter() noexcept {
  char path[4096];
  const long length = kernel::call(SYS_readlink, "/proc/self/exe", path, sizeof path);
  return length > 0 && is_interpreter(file_name({path, static_cast<std::size_t>(length)}));
}

bool has_interpreter() noexcept {
  return dl_iterate_phdr(
             [](dl_phdr_info* info, std::size_t, void*) {
               const std::string_view name = file_name(info->dlpi_name);
               return name.starts_with("lib") && is_interpreter(name) ? 1 : 0;
             },
             nullptr) != 0;
}

}  // namespace

const char* obstacle() noexcept {
  return runs_interpreter() || has_interpreter() ? "it is an interpreter, which looks after its stack itself"
                                                 : nullptr;
}

void decline(const char* why) noexcept {
  if (options::values().strict && !siblings::several()) {
    log::error(log::core, "--iterative: cannot serve this program's connections side by side: ", why);
    kernel::call(SYS_exit_group, 125);
  }
  log::warning(log::core, "--iterative: this program's connections are served one at a time: ", why);
}

}  // namespace unblock::iterative
