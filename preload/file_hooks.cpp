// The hooks on calls about files, whose declarations are left out: some take a variable number of arguments,
// which are passed like any others. A hook only routes.
#include <linux/fcntl.h>

#include "calls/handlers.h"
#include "hooks.h"
#include "next.h"
#include "serve.h"
#include "symbols.h"

using namespace unblock;

namespace unblock::real {

#define UNBLOCK_NEXT(result, name, parameters, ...) static constinit Next<result parameters> name(#name);
UNBLOCK_FILE_HOOKS(UNBLOCK_NEXT)

}  // namespace unblock::real

void hooks::look_up_next_of_files() noexcept {
#define UNBLOCK_LOOK_UP(result, name, ...) real::name.look_up();
  UNBLOCK_FILE_HOOKS(UNBLOCK_LOOK_UP)
}

bool hooks::files_interposed(const dl_find_object& libc) noexcept {
#define UNBLOCK_COMPARE(result, name, ...) \
  if (!real::name.within(libc.dlfo_map_start, libc.dlfo_map_end)) return true;
  UNBLOCK_FILE_HOOKS(UNBLOCK_COMPARE)
  return false;
}

#define UNBLOCK_HOOK(result, name, parameters, arguments, server, call)                                 \
  [[gnu::noinline]] static result served_##name parameters {                                            \
    return static_cast<result>(hooks::server(*self(), [&](Fiber& fiber) { return calls::call; }));      \
  }                                                                                                     \
  extern "C" [[gnu::visibility("default")]] result hook_on_##name parameters asm(#name);                \
  result hook_on_##name parameters {                                                                    \
    if (hooks::fiber_to_serve()) [[likely]]                                                             \
      return served_##name arguments;                                                                   \
    return real::name arguments;                                                                        \
  }

UNBLOCK_FILE_HOOKS(UNBLOCK_HOOK)
