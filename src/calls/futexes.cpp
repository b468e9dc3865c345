// futex and futex_waitv.
#include "waits/futex.h"

#include "handlers.h"

namespace unblock::calls {

long futex(Fiber& fiber, std::uint32_t* word, int operation, std::uint32_t value, long timeout_or_count,
           std::uint32_t* second, std::uint32_t third_value) noexcept {
  return futex::call(fiber, word, operation, value, timeout_or_count, second, third_value);
}

long futex_waitv(Fiber& fiber, const void* words, unsigned count, unsigned flags, const timespec* timeout,
                 clockid_t clock) noexcept {
  return futex::wait_many(fiber, words, count, flags, timeout, clock);
}

}  // namespace unblock::calls
