// The next definition of a hooked symbol: libc's, or another preloaded library's.
#pragma once

#include <atomic>
#include <dlfcn.h>

namespace unblock::real {

/// Looks `name` up behind this library, once. Thread-safe. dlsym(3) takes the dynamic linker's lock, which a
/// fiber may hold: what our own kernel threads call must be looked up before there are any. Not in tail
/// position: RTLD_NEXT goes by its caller.
template <class Function>
class Next {
 public:
  explicit constexpr Next(const char* name) noexcept : name_(name) {}

  template <class... Args>
  auto operator()(Args... args) {
    Function* function = function_.load(std::memory_order_relaxed);
    if (!function) [[unlikely]]
      function = look_up();
    return function(args...);
  }

  Function* look_up() noexcept {
    auto* function = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name_));
    function_.store(function, std::memory_order_relaxed);
    return function;
  }

 private:
  const char* name_;
  std::atomic<Function*> function_{nullptr};
};

}  // namespace unblock::real
