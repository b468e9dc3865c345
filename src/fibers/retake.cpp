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

bool Carrier::lose() noexcept {
  Retake asked = Retake::No;
  if (!retake.compare_exchange_strong(asked, Retake::Asked, std::memory_order_acq_rel)) return false;
  const bool outside = fences::heavy() && claim.load(std::memory_order_acquire) == Claim::Outside;
  asked = Retake::Asked;
  return retake.compare_exchange_strong(asked, outside ? Retake::Done : Retake::No,
                                        std::memory_order_acq_rel) &&
         outside;
}

}  // namespace unblock
