// Where the runtime keeps what `unblock --pid` shows.
#include "view.h"

#include "fibers/carrier.h"
#include "fibers/fiber.h"
#include "fibers/processors.h"
#include "stats.h"

namespace unblock {

constinit View unblock_view = {
    .version = UNBLOCK_VERSION,
    .fiber_size = sizeof(Fiber),
    .carrier_size = sizeof(Carrier),
    .processor_count = &processors::detail::count,
    .slots_used = &fibers::detail::used,
    .chunks = fibers::detail::chunks,
    .counters = &stats::detail::counters,
    .counted = &stats::detail::kept,
};

}  // namespace unblock
