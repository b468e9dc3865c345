// Why a library cannot be preloaded into a program.
#pragma once

#include <string>

namespace unblock::launcher {

/// Says in a few words why the dynamic linker will not preload our library into the program at
/// `path`, such as "is statically linked, so no library can be preloaded"; empty if nothing speaks
/// against it, or the file cannot be read or executed: then execve(2) has the last word.
[[nodiscard]] std::string obstacle_to_preload(const std::string& path);

}  // namespace unblock::launcher
