// How many kernel threads the process has.
#pragma once

#include <cstddef>
#include <filesystem>

inline std::size_t kernel_threads() {
  std::size_t count = 0;
  for ([[maybe_unused]] auto& entry : std::filesystem::directory_iterator("/proc/self/task")) ++count;
  return count;
}
