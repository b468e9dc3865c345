// The hook on dlopen(3). Objects that come later have sites, too.
#include <cstdint>
#include <cstring>
#include <dlfcn.h>

#include "entry/edge.h"
#include "entry/outsiders.h"
#include "memory/tls_reserve.h"
#include "next.h"
#include "runtime.h"
#include "runtime_limits.h"

// call_for.S
extern "C" [[gnu::visibility("hidden")]] void* unblock_call_for(const void* ret,
                                                                void* (*open)(const char*, int),
                                                                const char* file, int mode);

namespace {

using namespace unblock;

using Open = void*(const char*, int);

// Whether it depends on who asks which file is found: by a DT_RUNPATH, or what $ORIGIN is.
bool searched_for(const char* file) noexcept {
  return file && (!std::strchr(file, '/') || std::strchr(file, '$'));
}

// A `ret` near `caller`, on the same page of code; null if there is none.
const void* ret_near(const void* caller) noexcept {
  constexpr int ret = 0xc3;
  const auto at = reinterpret_cast<std::uintptr_t>(caller);
  const std::uintptr_t page = at & ~(limits::page - 1);
  const void* found = std::memchr(caller, ret, page + limits::page - at);
  return found ? found : std::memchr(reinterpret_cast<const void*>(page), ret, at - page);
}

}  // namespace

extern "C" [[gnu::visibility("default")]] void* dlopen(const char* file, int mode) {
  static constinit real::Next<Open> next("dlopen");
  tls_reserve::library_comes();
  // In tail position: to the dynamic linker the caller is who it is.
  if (!edge::fiber_to_serve() && !outsiders::present()) return next(file, mode);
  const void* ret = searched_for(file) ? ret_near(__builtin_return_address(0)) : nullptr;
  Open* const open = next.look_up();
  void* handle = ret ? unblock_call_for(ret, open, file, mode) : open(file, mode);
  if (handle) runtime::cover_new_objects();
  return handle;
}
