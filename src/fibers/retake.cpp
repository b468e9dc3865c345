// Whether a carrier keeps its processor or loses it to the watchdog.
#include "fibers/carrier.h"

namespace unblock {

// It is asked for its processor.
bool Carrier::keeps() noexcept {
  Retake asked = Retake::Asked;
  if (retake.compare_exchange_strong(asked, Retake::No, std::memory_order_acq_rel) || asked == Retake::No)
    return true;
  claim.store(Claim::None, std::memory_order_relaxed);
  retake.store(Retake::No, std::memory_order_relaxed);
  return false;
}

Processor* Carrier::lose() noexcept {
  Retake asked = Retake::No;
  if (!retake.compare_exchange_strong(asked, Retake::Asked, std::memory_order_acq_rel)) return nullptr;
  const bool outside = fences::heavy() && claim.load(std::memory_order_acquire) == Claim::Outside;
  // Not any more the one that the caller saw it with, perhaps; and while it is asked it gets no other.
  Processor* const lost = outside ? processor : nullptr;
  asked = Retake::Asked;
  const bool settled = retake.compare_exchange_strong(asked, outside ? Retake::Done : Retake::No,
                                                      std::memory_order_acq_rel);
  return settled ? lost : nullptr;
}

}  // namespace unblock
