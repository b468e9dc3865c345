// Fibers in a loop of another kind.
#include <cerrno>

#include "api.h"
#include "embedding.h"
#include "entry/edge.h"
#include "siblings/siblings.h"

using namespace unblock;

UNBLOCK_API int unblock_descriptor(void) {
  Fiber* fiber = self();
  if (!fiber || fiber->in_runtime) return -EINVAL;
  if (!fiber->main) return -EPERM;
  if (siblings::founded()) return -ENOTSUP;
  const InRuntime inside(*fiber);
  return static_cast<int>(embedding::begin(*fiber));
}

UNBLOCK_API int unblock_step(void) {
  Fiber* fiber = self();
  if (!fiber || fiber->in_runtime || !embedding::hosts(*fiber)) return EPERM;
  edge::serve(*fiber, nullptr, [](Fiber& host) {
    embedding::step(host);
    return 0L;
  });
  return 0;
}
