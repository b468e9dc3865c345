// The kernel copies, and says where it had to stop.
#include "watchdog/peek.h"

#include <algorithm>
#include <sys/uio.h>

#include "kernel.h"
#include "runtime_limits.h"

namespace unblock {

std::size_t peek(void* to, std::uintptr_t from, std::size_t bytes) noexcept {
  const iovec here{to, bytes};
  // By pages, since a page that is not there ends the copy.
  iovec there[limits::peeked_pages];
  unsigned long count = 0;
  const std::uintptr_t end = from + bytes;
  for (std::uintptr_t at = from; at < end && count < limits::peeked_pages; ++count) {
    const std::uintptr_t until = std::min((at & ~(limits::page - 1)) + limits::page, end);
    there[count] = {reinterpret_cast<void*>(at), until - at};
    at = until;
  }
  const long copied =
      kernel::call(SYS_process_vm_readv, kernel::call(SYS_getpid), &here, 1ul, there, count, 0ul);
  return copied > 0 ? static_cast<std::size_t>(copied) : 0;
}

}  // namespace unblock
