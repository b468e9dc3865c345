// Covering one object, step by step. Nothing of it shows before the last step succeeds.
#include "plan.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/mman.h>

#include "beside.h"
#include "kernel.h"
#include "known.h"
#include "memory/memory.h"
#include "near_memory.h"
#include "patch.h"
#include "rewriter.h"
#include "runtime_limits.h"
#include "stub.h"
#include "surroundings.h"
#include "window.h"

namespace unblock::patch {

namespace {

constexpr std::size_t in_pages(std::size_t bytes) noexcept {
  return (bytes + limits::page - 1) & ~(limits::page - 1);
}

constexpr const char* no_room = "no room for a jump";

bool undecided(const Site& site) noexcept { return site.verdict == Verdict::undecided; }

void leave(Site& site, const char* why) noexcept {
  site.verdict = Verdict::left;
  site.why_left = why;
}

bool is_writable(const Object& object, std::uintptr_t address) noexcept {
  return object.segment_of(address)->protection & PROT_WRITE;
}

// The bytes that lead from a site to its stub: a jump with nothing but no-ops behind it, so that what
// disassembles the text stays in step, or a trap.
Edit edit_for(const Site& site) noexcept {
  Edit edit;
  edit.address = shifted(site.address, site.window_begin);
  edit.size = static_cast<std::uint8_t>(site.window_end - site.window_begin);
  if (site.verdict == Verdict::trap) {
    edit.bytes[0] = 0x0f;
    edit.bytes[1] = 0x0b;              // ud2
    return edit;
  }
  const auto distance = static_cast<std::int32_t>(site.stub - (edit.address + jump_size));
  edit.bytes[0] = 0xe9;                // jmp stub
  std::memcpy(edit.bytes + 1, &distance, sizeof distance);
  std::memset(edit.bytes + jump_size, 0x90, edit.size - std::size_t{jump_size});
  return edit;
}

// The same where others execute it.
LiveEdit live_edit_for(const Site& site) noexcept {
  LiveEdit edit;
  const bool hop = site.verdict == Verdict::hop;
  const auto size = static_cast<std::uint8_t>(hop ? site.cave_size : site.window_end - site.window_begin);
  edit.address = hop ? site.address : shifted(site.address, site.window_begin);
  edit.fence = hop ? site.cave : edit.address;
  std::uint8_t jump[Edit::most];
  std::memset(jump, 0x90, sizeof jump);
  const std::uintptr_t start = hop ? edit.fence + 2 : edit.fence;
  const auto distance = static_cast<std::int32_t>(site.stub - (start + jump_size));
  jump[0] = 0xe9;                      // jmp stub
  std::memcpy(jump + 1, &distance, sizeof distance);
  edit.fence_bytes[0] = 0xeb;          // jmp behind the no-op, or here
  edit.fence_bytes[1] = static_cast<std::uint8_t>(hop ? size - 2 : -2);
  edit.body_size = size - 2;
  std::memcpy(edit.body, hop ? jump : jump + 2, edit.body_size);
  edit.bytes[0] = hop ? 0xeb : jump[0];  // jmp into the no-op
  edit.bytes[1] = hop ? static_cast<std::uint8_t>(start - (site.address + 2)) : jump[1];
  return edit;
}

}  // namespace

Plan::~Plan() { (void)memory::resize(sites_.first, 0); }

bool Plan::add(std::uintptr_t address) noexcept {
  if (sites_.count == capacity_) {
    const std::size_t more = capacity_ ? capacity_ * 2 : 600;
    auto* grown = static_cast<Site*>(memory::resize(sites_.first, more * sizeof(Site)));
    if (!grown) return false;
    sites_.first = grown;
    capacity_ = more;
  }
  Site* place = sites_.first + sites_.count++;
  for (; place != sites_.first && place[-1].address > address; --place) *place = place[-1];
  *place = Site{};
  place->address = address;
  return true;
}

bool Plan::collect() noexcept {
  bool complete = true;
  for (std::size_t i = 0; i < object_.segment_count; ++i)
    if (object_.segments[i].protection & PROT_EXEC) complete &= collect(object_.segments[i].range);
  return complete;
}

bool Plan::collect(Range text) noexcept {
  bool complete = true;
  for_each_candidate(text, [&](std::uintptr_t at) { complete = complete && add(at); });
  return complete;
}

bool Plan::collect_calls(Range text, const std::int32_t* calls, std::size_t count) noexcept {
  bool complete = true;
  for_each_candidate(text, [&](std::uintptr_t at) {
    const auto* before = reinterpret_cast<const unsigned char*>(at - 5);
    std::int32_t nr;
    std::memcpy(&nr, before + 1, sizeof nr);
    for (std::size_t i = 0; i < count; ++i)
      if (before[0] == 0xb8 && nr == calls[i]) complete = complete && add(at);   // mov $nr, %eax
  });
  return complete;
}

void Plan::look_around(bool thorough) noexcept {
  const Surroundings near(sites_);
  examine(object_, decoder_, near);
  // Most objects have no calls, only bytes inside other instructions.
  const bool any = std::any_of(sites_.begin(), sites_.end(), undecided);
  if (thorough && any) mark_distant_targets(object_, near);
  for (Site& site : sites_)
    if (site.nr < 0) site.nr = constant_call(site);
}

void Plan::choose_windows(bool traps) noexcept {
  std::uintptr_t taken = 0;
  for (Site& site : sites_) {
    if (!undecided(site)) continue;
    choose_window(site, taken, decoder_);
    if (traps || site.verdict != Verdict::trap)
      taken = shifted(site.address, site.window_end);
    else
      leave(site, no_room);
  }
}

void Plan::decide(bool thorough, Others others) noexcept {
  others_ = others;
  if (sites_.count == 0) return;
  const bool kernels = object_.role == Role::vdso;
  if (!kernels) look_around(thorough);
  for (Site& site : sites_)
    if (undecided(site) && kernels)
      leave(site, "vdso: the kernel's own text");
    else if (undecided(site) && is_writable(object_, site.address))
      leave(site, "text is writable: it may write itself");
  if (others == Others::running)
    choose_beside(object_, decoder_, sites_);
  else
    choose_windows(others == Others::none || object_.role == Role::libc);
}

bool Plan::recall(Others others) noexcept {
  const KnownObject* then = others == Others::running ? nullptr : known(object_);
  if (!then) return false;
  others_ = others;
  const bool traps = others == Others::none || object_.role == Role::libc;
  for (const KnownSite& one : then->sites) {
    const std::uintptr_t address = object_.base + one.offset;
    if (is_rewritten(address)) continue;
    if (!add(address) || !patch::recall(object_, *then, one, sites_.end()[-1])) {
      sites_.count = 0;
      return false;
    }
    if (Site& site = sites_.end()[-1]; !traps && site.verdict == Verdict::trap) leave(site, no_room);
  }
  return true;
}

bool Plan::recall_collected() noexcept {
  const KnownObject* then = known(object_);
  bool same = then;
  for (Site& site : sites_) {
    const auto is_this = [&](const KnownSite& one) { return object_.base + one.offset == site.address; };
    const auto one =
        same ? std::find_if(then->sites.begin(), then->sites.end(), is_this) : KnownSites::iterator{};
    same = same && one != then->sites.end() && patch::recall(object_, *then, *one, site);
  }
  if (same) return true;
  for (Site& site : sites_) {
    const std::uintptr_t address = site.address;
    site = Site{};
    site.address = address;
  }
  return false;
}

void Plan::spare(bool (*concerns)(long nr)) noexcept {
  for (Site& site : sites_) {
    if (site.nr < 0 || concerns(site.nr) || !(site.rewritten() || site.verdict == Verdict::left)) continue;
    site.verdict = Verdict::spared;
    site.why_left = nullptr;
  }
}

unsigned Plan::covered(std::int32_t nr) const noexcept {
  unsigned count = 0;
  for (const Site& site : sites_) count += site.nr == nr && site.rewritten();
  return count;
}

int Plan::build(Batch& batch, void (*entry)()) noexcept {
  std::size_t count = 0;
  for (const Site& site : sites_) count += site.rewritten();
  if (count == 0) return 0;
  const Range memory = map_near(object_.image, in_pages(count * stub_room));
  if (!memory.size()) return -ENOMEM;
  const std::uint64_t flags = object_.role == Role::libc || object_.role == Role::loader ? 0UL : outside_libc;
  StubWriter writer(memory, entry, flags, decoder_);
  for (Site& site : sites_)
    if (site.rewritten() && !writer.write(site)) {
      unmap(memory);
      return -ENOMEM;
    }
  batch.stubs = {memory.begin, in_pages(writer.end())};
  unmap({batch.stubs.end, memory.end});
  const long failure = kernel::call(SYS_mprotect, memory.begin, batch.stubs.size(), PROT_READ | PROT_EXEC);
  if (failure) unmap(batch.stubs);
  return static_cast<int>(failure);
}

template <class Change, class Apply>
int Plan::rewrite_text(Batch& batch, Change (*change_for)(const Site&), Apply apply) noexcept {
  const std::size_t bytes = sites_.count * sizeof(Change);
  auto* changes = static_cast<Change*>(memory::map(bytes));
  if (!changes) return -ENOMEM;
  std::size_t count = 0;
  for (const Site& site : sites_)
    if (site.rewritten()) changes[count++] = change_for(site);
  const int failure = apply(object_, changes, count);
  if (!failure && count) batch.first = changes[0].address;
  memory::unmap(changes, bytes);
  return failure;
}

int Plan::commit(Covered& covered, Covered::Part part, void (*entry)()) noexcept {
  Batch batch;
  if (const int failure = build(batch, entry)) return failure;
  if (!tabulate(sites_, batch)) {
    unmap(batch.stubs);
    return -ENOMEM;
  }
  publish(covered, part, batch);
  if (batch.record_count() == 0) return 0;
  Batch& known = covered.batch[part];
  if (const int failure = others_ == Others::running ? rewrite_text(known, live_edit_for, rewrite_beside)
                                                     : rewrite_text(known, edit_for, rewrite)) {
    withdraw(covered, part);
    return failure;
  }
  return 0;
}

bool Plan::leave_all(Covered& covered, Covered::Part part, const char* why) noexcept {
  for (Site& site : sites_)
    if (site.rewritten()) leave(site, why);
  Batch batch;
  if (!tabulate(sites_, batch)) return false;
  publish(covered, part, batch);
  return true;
}

}  // namespace unblock::patch
