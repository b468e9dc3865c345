// What a system call is called.
#pragma once

#include <string_view>

namespace unblock {

/// The name of system call `nr` as in syscalls(2), "call NUMBER" for one newer than the headers this was
/// built with.
class SyscallName {
 public:
  explicit SyscallName(long nr) noexcept;
  [[nodiscard]] std::string_view view() const noexcept { return name_; }

 private:
  std::string_view name_;
  char number_[24];
};

}  // namespace unblock
