// The hooks on calls that are taken note of before the program's first thread: early_sockets.h. Their
// declarations are left out, some say that they throw nothing. A hook only routes.
#include <pthread.h>

#include "calls/handlers.h"
#include "descriptors/descriptors.h"
#include "descriptors/early_sockets.h"
#include "hooks.h"
#include "next.h"
#include "serve.h"
#include "symbols.h"

using namespace unblock;

namespace unblock::real {

UNBLOCK_EARLY_HOOKS(UNBLOCK_NEXT)
static constinit Next<pid_t()> _Fork("_Fork");
static constinit Next<pid_t()> vfork("vfork");

}  // namespace unblock::real

void hooks::look_up_next_of_early() noexcept {
  UNBLOCK_EARLY_HOOKS(UNBLOCK_LOOK_UP)
  real::_Fork.look_up();
  real::vfork.look_up();
}

bool hooks::early_interposed(const dl_find_object& libc) noexcept {
  UNBLOCK_EARLY_HOOKS(UNBLOCK_COMPARE)
  return false;
}

namespace {

constinit bool watched = false;

void made(int fd) noexcept { early_sockets::made(fd); }

void closed(int fd) noexcept { early_sockets::closed(fd); }

void set(int level, int option) noexcept {
  if (descriptors::is_timeout(level, option)) early_sockets::forget();
}

// Descriptors may have come or gone with it. Looked at only once the kernel has found it readable.
void passed(ssize_t answer, const msghdr& message) noexcept {
  if (answer >= 0 && message.msg_controllen) early_sockets::forget();
}

void passed(const mmsghdr* messages, int count) noexcept {
  for (int i = 0; i < count; ++i) passed(0, messages[i].msg_hdr);
}

}  // namespace

// Where another library may hide what the program does nothing is noted. fork(3) and what libc makes of it,
// like daemon(3): pthread_atfork(3). posix_spawn(3) and the like go by way of clone, where process.h sees
// them.
void hooks::watch_early() noexcept {
  watched =
      detail::open && real::vfork.address() && pthread_atfork(early_sockets::forget, nullptr, nullptr) == 0;
}

#define UNBLOCK_HOOK(result, name, parameters, arguments, server, note)                         \
  UNBLOCK_SERVED(result, name, parameters, server, calls::name(fiber, UNBLOCK_WORDS arguments)) \
  result hook_on_##name parameters {                                                            \
    if (hooks::fiber_to_serve()) [[likely]]                                                     \
      return served_##name arguments;                                                           \
    const result answer = real::name arguments;                                                 \
    if (watched && !self()) note;                                                               \
    return answer;                                                                              \
  }

UNBLOCK_EARLY_HOOKS(UNBLOCK_HOOK)

// Not by way of pthread_atfork(3).
extern "C" [[gnu::visibility("default")]] pid_t hook_on_fork() asm("_Fork");
pid_t hook_on_fork() {
  early_sockets::forget();
  return real::_Fork();
}

// It returns twice to where the hook is called from, so the hook has no frame while it runs.
extern "C" [[gnu::used]] pid_t (*unblock_next_vfork())() {
  early_sockets::forget();
  return real::vfork.address();
}
extern "C" [[gnu::visibility("default"), gnu::naked]] pid_t hook_on_vfork() asm("vfork");
pid_t hook_on_vfork() {
  asm("subq $8, %rsp\n\t"
      "call unblock_next_vfork\n\t"
      "addq $8, %rsp\n\t"
      "jmp *%rax");
}
