// A process that runs under unblock, read and set from outside as debuggers do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <sys/types.h>

#include "view.h"

namespace unblock::launcher {

/// Reads and writes need the permission to trace the process, see ptrace(2). The process goes on meanwhile.
class Attached {
 public:
  /// Ends the launcher with a line on stderr if there is no such process, it may not be traced, or unblock of
  /// this version is not in it.
  explicit Attached(pid_t pid);

  /// Copies `size` bytes of the process; false if they cannot be read.
  [[nodiscard]] bool read_bytes(std::uintptr_t address, void* copy, std::size_t size) const;

  /// Sets how many processors may run fibers; 0: as --processors said. Ends the launcher if that fails.
  void set_processors(int number) const;

  [[nodiscard]] const View& view() const { return *reinterpret_cast<const View*>(view_); }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
  std::uintptr_t view_address_ = 0;
  alignas(View) std::byte view_[sizeof(View)];
};

/// A copy, by its bytes, of an object at `address` in the process; false if it could not be read.
template <class T>
class Copy {
 public:
  Copy(const Attached& process, const T* address)
      : there_(process.read_bytes(reinterpret_cast<std::uintptr_t>(address), bytes_, sizeof bytes_)) {}
  explicit operator bool() const { return there_; }
  const T* operator->() const { return reinterpret_cast<const T*>(bytes_); }

 private:
  alignas(T) std::byte bytes_[sizeof(T)];
  bool there_;
};

}  // namespace unblock::launcher
