// What is rare of the common read.
#include "plain_stream.h"

#include "transfer.h"

namespace unblock::calls {

long read_elsewhere(Fiber& fiber, int refuge, void* data, std::size_t size, long error) noexcept {
  const auto attempt = [&](int fd) {
    return kernel::call(SYS_recvfrom, fd, data, size, MSG_DONTWAIT, nullptr, nullptr);
  };
  const long result = error ? error : patiently(fiber, refuge, Readable, SO_RCVTIMEO, attempt);
  descriptors::leave_refuge(refuge);
  return result;
}

}  // namespace unblock::calls
