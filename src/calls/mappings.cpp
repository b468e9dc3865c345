// Calls that change the program's mappings: some are about stacks of ours. None is interrupted by signals.
#include <sys/mman.h>

#include "arguments.h"
#include "entry/in_place.h"
#include "handlers.h"
#include "memory/stacks.h"

namespace unblock::calls {

namespace {

constexpr int stack_flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK;

// The kernel's answer to a call that changes the `bytes` from `begin` on in a way of its own.
template <class... Args>
long change(long nr, std::uintptr_t begin, std::size_t bytes, Args... rest) noexcept {
  stacks::disown(begin, bytes);
  return in_place::quick(nr, Words(begin, bytes, rest...).words);
}

}  // namespace

long mmap(Fiber& fiber, std::uintptr_t begin, std::size_t bytes, int protection, int flags, int fd,
          long offset) noexcept {
  if (fiber.making_thread && begin == 0 && protection == PROT_NONE && flags == stack_flags)
    if (const std::uintptr_t stack = stacks::map(bytes)) return static_cast<long>(stack);
  if (flags & MAP_FIXED) stacks::disown(begin, bytes);
  return in_place::quick(SYS_mmap, Words(begin, bytes, protection, flags, fd, offset).words);
}

long mprotect(Fiber&, std::uintptr_t begin, std::size_t bytes, int protection) noexcept {
  const long answer = stacks::protect(begin, bytes, protection);
  if (answer != stacks::kernels) return answer;
  return in_place::quick(SYS_mprotect, Words(begin, bytes, protection).words);
}

long madvise(Fiber& fiber, std::uintptr_t begin, std::size_t bytes, int advice) noexcept {
  const long answer = stacks::advise(fiber, begin, bytes, advice);
  if (answer != stacks::kernels) return answer;
  return in_place::quick(SYS_madvise, Words(begin, bytes, advice).words);
}

long munmap(Fiber&, std::uintptr_t begin, std::size_t bytes) noexcept {
  const long answer = stacks::unmap(begin, bytes);
  return answer == stacks::kernels ? in_place::quick(SYS_munmap, Words(begin, bytes).words) : answer;
}

long mremap(Fiber&, std::uintptr_t begin, std::size_t bytes, std::size_t wanted, int flags,
            std::uintptr_t fixed) noexcept {
  if (flags & MREMAP_FIXED) stacks::disown(fixed, wanted);
  return change(SYS_mremap, begin, bytes, wanted, flags, fixed);
}

long pkey_mprotect(Fiber&, std::uintptr_t begin, std::size_t bytes, int protection, int key) noexcept {
  return change(SYS_pkey_mprotect, begin, bytes, protection, key);
}

long mlock(Fiber&, std::uintptr_t begin, std::size_t bytes) noexcept {
  return change(SYS_mlock, begin, bytes);
}

long mlock2(Fiber&, std::uintptr_t begin, std::size_t bytes, int flags) noexcept {
  return change(SYS_mlock2, begin, bytes, flags);
}

long mbind(Fiber&, std::uintptr_t begin, std::size_t bytes, int mode, const unsigned long* nodes, long count,
           unsigned flags) noexcept {
  return change(SYS_mbind, begin, bytes, mode, nodes, count, flags);
}

// Stacks that nobody has would take memory, too.
long mlockall(Fiber&, int flags) noexcept {
  stacks::disown_unused();
  return in_place::quick(SYS_mlockall, Words(flags).words);
}

}  // namespace unblock::calls
