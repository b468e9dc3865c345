// The order of things: libc first, for nothing works without it; then every other object.
#include "patch.h"

#include <cerrno>
#include <iterator>
#include <link.h>
#include <sys/syscall.h>

#include "beside.h"
#include "coverage.h"
#include "format.h"
#include "lock.h"
#include "plan.h"

namespace unblock::patch {

namespace {

constinit Lock lock;
using Concerns = bool (*)(long nr);
constinit Concerns concerns = nullptr;
constinit char why[160] = "";

// The calls nothing works without: sleeping and waking, starting a thread, ending one.
constexpr std::int32_t required[] = {SYS_futex, SYS_clone, SYS_exit};
// The calls that start threads. Older libraries have no clone3.
constexpr std::int32_t creating[] = {SYS_clone, SYS_clone3};
// Those, and the calls in which a server may wait for a connection.
constexpr std::int32_t creating_or_accepting[] = {SYS_clone, SYS_clone3, SYS_accept,  SYS_accept4,
                                                  SYS_poll,  SYS_ppoll,  SYS_select, SYS_pselect6};

// How far from `clone` clone3 is looked for before all of the text is.
constexpr std::size_t neighbourhood = 16 << 10;
// Bytes of one that does no more than make its call.
constexpr std::size_t short_function = 96;

template <class... Parts>
int fail(int error, const Parts&... parts) noexcept {
  format::Writer text(why, sizeof why - 1);
  text.put(parts..., " (error ", -error, ")");
  why[text.view().size()] = '\0';
  return error;
}

// dl_iterate_phdr with a callable. Nothing can be unloaded meanwhile; the loader's lock is recursive.
template <class Visit>
void for_each_object(Visit visit) noexcept {
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* context) {
        Object object;
        return describe(*info, object) && (*static_cast<Visit*>(context))(object) ? 1 : 0;
      },
      &visit);
}

bool find_libc(Object& libc) noexcept {
  bool found = false;
  for_each_object([&](const Object& object) {
    if (object.role == Role::libc) libc = object;
    return found = object.role == Role::libc;
  });
  return found;
}

int no_libc() noexcept {
  return fail(-ENOSYS, "no GNU libc.so.6 is loaded: the program is static or uses another C library");
}

// Those by which a program forbids system calls.
bool collect_forbidding(const Symbols& symbols, Plan& plan) noexcept {
  bool complete = true;
  for (const char* name : {"prctl", "syscall"})
    if (const std::uintptr_t begin = symbols.find(name))
      complete &= plan.collect({begin, begin + short_function});
  return complete;
}

bool collect_gate(const Object& libc, Plan& plan, bool accepting) noexcept {
  const Symbols symbols(libc);
  const std::uintptr_t clone = symbols.find("clone");
  const Segment* segment = libc.segment_of(clone);
  if (!segment || !collect_forbidding(symbols, plan)) return false;
  if (accepting)
    return plan.collect_calls(segment->range, creating_or_accepting, std::size(creating_or_accepting));
  Range near = segment->range;
  if (near.end - clone > neighbourhood) near.end = clone + neighbourhood;
  if (clone - near.begin > neighbourhood) near.begin = clone - neighbourhood;
  return plan.collect_calls(near, creating, 2);
}

int cover_gate_of(const Object& libc, void (*entry)(), bool accepting) noexcept {
  Covered* covered = coverage_of(libc);
  if (!covered) return fail(-ENOMEM, "no memory");
  if (covered->complete() || covered->live[Covered::gate].load()) return 0;
  Plan plan(libc);
  if (!collect_gate(libc, plan, accepting))
    return fail(-ENOEXEC, "libc.so.6 has no `clone`, or there is no memory");
  if (!plan.recall_collected()) plan.decide(accepting);
  if (!plan.covered(SYS_clone))
    return fail(-ENOEXEC, "the system call in libc.so.6's clone cannot be rewritten");
  if (const int failure = plan.commit(*covered, Covered::gate, entry))
    return fail(failure, "the text of libc.so.6 cannot be rewritten");
  return 0;
}

// Whether a thread's end, or one that sleeps or wakes, would escape us. One whose number is not known is most
// likely a sleep in a loop: it happens in the kernel then, where it is woken, too.
bool escapes(const Site& site) noexcept {
  return site.nr == SYS_futex || site.nr == SYS_clone || site.nr == SYS_clone3 ||
         (never_returns(site) && site.nr != SYS_exit_group);
}

// A site left alone that makes, or may make, a call nothing works without.
const Site* missing(const Plan& plan, Others others) noexcept {
  for (const Site& site : plan.sites()) {
    if (site.verdict != Verdict::left || site.nr == SYS_rt_sigreturn) continue;
    if (others == Others::running) {
      if (escapes(site)) return &site;
      continue;
    }
    bool harmless = site.nr >= 0 && site.nr != SYS_clone3;
    for (const std::int32_t nr : required) harmless = harmless && site.nr != nr;
    if (!harmless) return &site;
  }
  return nullptr;
}

// False without memory.
bool look_at(Plan& plan, Others others) noexcept {
  if (!plan.recall(others)) {
    if (!plan.collect()) return false;
    plan.decide(true, others);
  }
  if (concerns) plan.spare(concerns);
  return true;
}

int cover_libc(const Object& libc, void (*entry)(), Others others) noexcept {
  Covered* covered = coverage_of(libc);
  if (!covered) return fail(-ENOMEM, "no memory");
  if (covered->complete()) return 0;
  const bool gated = covered->live[Covered::gate].load();
  Plan plan(libc);
  if (!look_at(plan, others)) return fail(-ENOMEM, "no memory");
  if (const Site* site = missing(plan, others))
    return fail(-ENOEXEC, "libc.so.6's call at ", format::Hex{site->address - libc.base}, " stays: ",
                site->why_left);
  for (const std::int32_t nr : required)
    if (!(gated && nr == SYS_clone) && !plan.covered(nr))
      return fail(-ENOEXEC, "libc.so.6 has no recognisable system call ", nr);
  if (const int failure = plan.commit(*covered, Covered::rest, entry))
    return fail(failure, "the text of libc.so.6 cannot be rewritten");
  return 0;
}

// Any other object is welcome but not needed.
void cover_other(const Object& object, void (*entry)(), Others others) noexcept {
  Covered* covered = coverage_of(object);
  if (!covered || covered->complete()) return;
  Plan plan(object);
  if (!look_at(plan, others)) return;
  if (plan.commit(*covered, Covered::rest, entry) != 0)
    (void)plan.leave_all(*covered, Covered::rest, "text cannot be rewritten, or no memory near it");
}

int cover_objects(void (*entry)(), Others others) noexcept {
  Object libc;
  if (!find_libc(libc)) return no_libc();
  if (const int failure = cover_libc(libc, entry, others)) return failure;
  for_each_object([&](const Object& object) {
    if (object.role != Role::libc && object.role != Role::own) cover_other(object, entry, others);
    return false;
  });
  return 0;
}

}  // namespace

void cover_only(bool (*concerned)(long nr)) noexcept { concerns = concerned; }

int cover_gate(void (*entry)(), bool accepting) noexcept {
  const Guard guard(lock);
  Object libc;
  return find_libc(libc) ? cover_gate_of(libc, entry, accepting) : no_libc();
}

int cover_all(void (*entry)(), Others others) noexcept {
  const Guard guard(lock);
  int result = -ENOSYS;
  // From within one visit, so that what is being rewritten stays loaded.
  for_each_object([&](const Object&) {
    result = cover_objects(entry, others);
    return true;
  });
  return result;
}

const char* reason() noexcept { return why; }

void after_fork() noexcept { lock.reset(); }

}  // namespace unblock::patch
