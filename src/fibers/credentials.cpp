// User and group ids of all kernel threads.
#include "fibers/credentials.h"

#include <atomic>
#include <cstring>
#include <sys/types.h>

#include "fibers/carrier.h"
#include "kernel.h"
#include "lock.h"
#include "memory/memory.h"

namespace unblock::credentials {

constinit std::atomic<unsigned> detail::generation{0};  // of ids; 0: never changed

namespace {

constexpr long most_groups = 65536;  // NGROUPS_MAX

// What a change left the process with.
struct Ids {
  uid_t user[3] = {};
  gid_t group[3] = {};
  gid_t* groups = nullptr;
  long group_count = 0;
};

// The call that glibc is taking through its threads.
struct Round {
  bool open = false;
  unsigned number = 0;
  long nr = 0;
  long arguments[3] = {};
  long result = 0;

  [[nodiscard]] bool is(long other_nr, const long* other) const noexcept {
    return open && nr == other_nr && std::memcmp(arguments, other, sizeof arguments) == 0;
  }
};

constinit Lock lock;
constinit Ids ids;
constinit Round round;
using detail::generation;

void remember() noexcept {
  if (!ids.groups) ids.groups = static_cast<gid_t*>(memory::map(most_groups * sizeof(gid_t)));
  kernel::call(SYS_getresuid, &ids.user[0], &ids.user[1], &ids.user[2]);
  kernel::call(SYS_getresgid, &ids.group[0], &ids.group[1], &ids.group[2]);
  ids.group_count = ids.groups ? kernel::call(SYS_getgroups, most_groups, ids.groups) : -1;
  generation.fetch_add(1, std::memory_order_release);
}

}  // namespace

long change(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept {
  Guard guard(lock);
  Carrier& carrier = *fiber.carrier;
  if (!round.is(nr, arguments)) {
    round = {true, round.number + 1, nr, {arguments[0], arguments[1], arguments[2]}, 0};
  }
  if (carrier.credential_round != round.number) {
    round.result = kernel::call(nr, arguments[0], arguments[1], arguments[2]);
    carrier.credential_round = round.number;
  }
  const long result = round.result;
  if (!fiber.in_setxid) {  // the one that asked is the last
    round.open = false;
    if (result == 0) remember();
  }
  return result;
}

void changed() noexcept {
  Guard guard(lock);
  round.open = false;
  remember();
}

void detail::catch_up(unsigned& seen) noexcept {
  Guard guard(lock);
  seen = generation.load(std::memory_order_relaxed);
  // Groups first: dropping the user id drops the right to change them.
  if (ids.group_count >= 0) kernel::call(SYS_setgroups, ids.group_count, ids.groups);
  kernel::call(SYS_setresgid, ids.group[0], ids.group[1], ids.group[2]);
  kernel::call(SYS_setresuid, ids.user[0], ids.user[1], ids.user[2]);
}

void forget() noexcept {
  lock.reset();
  round.open = false;
  generation.store(0, std::memory_order_relaxed);
}

}  // namespace unblock::credentials
