// Finding libunblock-preload.so and putting it into LD_PRELOAD.
#include "library.h"

#include <cstdlib>
#include <filesystem>
#include <sys/auxv.h>
#include <unistd.h>

namespace unblock::launcher {
namespace {

namespace fs = std::filesystem;

constexpr const char* separators = ": ";

/// From the installed command's directory to the installed library's.
fs::path installed_library_directory() {
  const fs::path prefix = UNBLOCK_PREFIX;
  return (prefix / UNBLOCK_LIBRARY_DIRECTORY).lexically_relative(prefix / UNBLOCK_COMMAND_DIRECTORY);
}

/// Where this command is; where /proc is not mounted, as it was given to execve(2). Empty if it is not known.
fs::path own_path() {
  std::error_code error;
  const fs::path path = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::canonical(reinterpret_cast<const char*>(getauxval(AT_EXECFN)), error) : path;
}

bool holds(const std::string& list, const std::string& entry) {
  for (std::size_t start = 0; start < list.size();) {
    const std::size_t end = std::min(list.find_first_of(separators, start), list.size());
    if (list.compare(start, end - start, entry) == 0) return true;
    start = end + 1;
  }
  return false;
}

}  // namespace

std::optional<std::string> find_library() {
  const fs::path beside = own_path().parent_path();
  if (beside.empty()) return std::nullopt;
  for (const fs::path& directory : {beside, beside / "preload", beside / installed_library_directory()}) {
    const fs::path library = (directory / "libunblock-preload.so").lexically_normal();
    if (access(library.c_str(), R_OK) == 0) return library.string();
  }
  return std::nullopt;
}

bool can_be_preloaded(const std::string& path) { return path.find_first_of(separators) == path.npos; }

void preload(const std::string& path) {
  const char* old = std::getenv("LD_PRELOAD");
  if (!old || !*old)
    setenv("LD_PRELOAD", path.c_str(), 1);
  else if (!holds(old, path))
    // Behind the others: what they replace of libc, they replace of us.
    setenv("LD_PRELOAD", (std::string(old) + ":" + path).c_str(), 1);
}

}  // namespace unblock::launcher
