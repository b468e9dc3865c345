// The numbers are kept, since libev may have another array by the time it reports them.
#include "waits/look_ahead.h"

#include <algorithm>
#include <sys/epoll.h>

namespace unblock {

void LookAhead::found(const epoll_event* events, int count) noexcept {
  const int kept = count < limits::cold_look ? 0 : std::min(count, limits::looked_ahead);
  const epoll_event* first = events + count - kept;
  for (int i = 0; i < kept; ++i)
    found_[i] = static_cast<int>(first[i].data.u64);  // above it libev has a count
  left_ = kept;
}

}  // namespace unblock
