// Finding libunblock-preload.so and putting it into LD_PRELOAD.
#pragma once

#include <optional>
#include <string>

namespace unblock::launcher {

/// The library beside the launcher's own binary (in a build directory), else where `meson install` put
/// it relative to the binary, so that a moved prefix works too. Nothing if it is in none of these.
[[nodiscard]] std::optional<std::string> find_library();

/// True if LD_PRELOAD, whose entries are separated by colons and spaces, can express this path.
[[nodiscard]] bool can_be_preloaded(const std::string& path);

/// Puts `path` behind what LD_PRELOAD holds, unless it is in there already.
void preload(const std::string& path);

}  // namespace unblock::launcher
