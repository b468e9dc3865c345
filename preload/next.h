// The next definition of a hooked symbol: libc's, or another preloaded library's.
#pragma once

#include <atomic>
#include <cstdint>
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
    if (Function* function = function_.load(std::memory_order_relaxed)) [[likely]]
      return function(args...);
    return first_call(args...);
  }

  Function* look_up() noexcept {
    auto* function = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name_));
    function_.store(function, std::memory_order_relaxed);
    return function;
  }

  /// Where it is; null if there is none.
  [[nodiscard]] Function* address() noexcept {
    Function* function = function_.load(std::memory_order_relaxed);
    return function ? function : look_up();
  }

  /// Whether what was looked up is part of the object mapped there.
  [[nodiscard]] bool within(const void* begin, const void* end) const noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(function_.load(std::memory_order_relaxed));
    return at >= reinterpret_cast<std::uintptr_t>(begin) && at < reinterpret_cast<std::uintptr_t>(end);
  }

 private:
  // By itself, so that all other calls do without a stack frame.
  template <class... Args>
  [[gnu::noinline]] auto first_call(Args... args) {
    return look_up()(args...);
  }

  const char* name_;
  std::atomic<Function*> function_{nullptr};
};

}  // namespace unblock::real

// For lists of hooks (symbols.h), whose rows begin with the result and the name.
#define UNBLOCK_NEXT(result, name, parameters, ...) \
  static constinit real::Next<result parameters> name(#name);
#define UNBLOCK_LOOK_UP(result, name, ...) real::name.look_up();
// Says so if it is not of `libc`, a dl_find_object.
#define UNBLOCK_COMPARE(result, name, ...) \
  if (!real::name.within(libc.dlfo_map_start, libc.dlfo_map_end)) return true;
