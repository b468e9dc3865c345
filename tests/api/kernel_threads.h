// How many kernel threads the process has.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

/// Whether the one of that directory in /proc/self/task is not about to be gone: for a moment it is there
/// still after pthread_join(3) has returned. proc_pid_stat(5).
inline bool lives(const std::filesystem::path& task) {
  constexpr unsigned exiting = 4;  // PF_EXITING of the kernel
  std::ifstream file(task / "stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return false;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int i = 0; i < 6; ++i) fields >> field;  // the state, ..., tpgid
  unsigned flags = exiting;
  fields >> flags;
  return !(flags & exiting);
}

inline std::size_t kernel_threads() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task"))
    count += lives(entry.path());
  return count;
}
