// The list of covered objects, and the questions answered from it.
#include "coverage.h"

#include <cstring>

#include "memory/memory.h"
#include "near_memory.h"
#include "runtime_limits.h"

namespace unblock::patch {

namespace {

constinit std::atomic<Covered*> first{nullptr};

// Entries come from mappings of their own, one after the other.
constexpr std::size_t pool_bytes = 16 * limits::page;
constinit Range pool{};

Covered* new_entry() noexcept {
  if (pool.size() < sizeof(Covered)) {
    const auto start = reinterpret_cast<std::uintptr_t>(memory::map(pool_bytes));
    if (!start) return nullptr;
    pool = {start, start + pool_bytes};
  }
  auto* entry = new (reinterpret_cast<void*>(pool.begin)) Covered;
  pool.begin += (sizeof(Covered) + alignof(Covered) - 1) / alignof(Covered) * alignof(Covered);
  return entry;
}

void append(Covered* entry) noexcept {
  Covered* last = first.load(std::memory_order_relaxed);
  if (!last) return first.store(entry, std::memory_order_release);
  while (last->next) last = last->next;
  std::atomic_ref(last->next).store(entry, std::memory_order_release);
}

bool still_written(const Batch& batch) noexcept {
  if (!batch.first) return true;
  const auto* text = reinterpret_cast<const unsigned char*>(batch.first);
  return text[0] == 0xe9 || text[0] == 0xeb || (text[0] == 0x0f && text[1] == 0x0b);
}

bool is(const Covered& entry, const Object& object) noexcept {
  return entry.base == object.base && entry.dynamic == object.dynamic && entry.image == object.image &&
         !std::strncmp(entry.name, object.name, sizeof entry.name - 1);
}

void withdraw_all(Covered& entry) noexcept {
  withdraw(entry, Covered::gate);
  withdraw(entry, Covered::rest);
}

// Calls `visit` with each batch that is live until it says true.
template <class Visit>
bool any_batch(Visit visit) noexcept {
  Covered* entry = first_covered();
  for (; entry; entry = std::atomic_ref(entry->next).load(std::memory_order_acquire))
    for (int part = 0; part < Covered::parts; ++part)
      if (entry->live[part].load(std::memory_order_acquire) && visit(*entry, entry->batch[part])) return true;
  return false;
}

// A stub's code begins right behind its record.
std::uintptr_t stub_of(const SiteRecord& record) noexcept {
  return reinterpret_cast<std::uintptr_t>(&record + 1);
}

std::uintptr_t in_text(const SiteRecord& record) noexcept { return record.address; }
std::uintptr_t in_stubs(const SiteRecord& record) noexcept {
  return reinterpret_cast<std::uintptr_t>(&record);
}

// The last record of a batch whose place (in the text, or among the stubs) is at or before `address`.
const SiteRecord* last_before(const Batch& batch, std::uintptr_t address,
                              std::uintptr_t (*place)(const SiteRecord&)) noexcept {
  unsigned low = 0, high = batch.record_count();
  while (low < high) {
    const unsigned middle = (low + high) / 2;
    if (place(*batch.records[middle]) <= address) low = middle + 1; else high = middle;
  }
  return low ? batch.records[low - 1] : nullptr;
}

// The record of the site that `address`, in some object's text, is the `syscall` of, or null.
const SiteRecord* record_of(std::uintptr_t address) noexcept {
  const SiteRecord* found = nullptr;
  (void)any_batch([&](const Covered& covered, const Batch& batch) {
    if (!covered.image.contains(address)) return false;
    found = last_before(batch, address, in_text);
    if (found && address != found->syscall) found = nullptr;
    return found != nullptr;
  });
  return found;
}

}  // namespace

bool Covered::complete() const noexcept { return live[rest].load(std::memory_order_acquire); }

Covered* first_covered() noexcept { return first.load(std::memory_order_acquire); }

Covered* coverage_of(const Object& object) noexcept {
  Covered* known = nullptr;
  for (Covered* entry = first_covered(); entry; entry = entry->next) {
    if (!entry->image.overlaps(object.image)) continue;
    const bool same = is(*entry, object);
    if (same) known = entry;
    if (!same || !still_written(entry->batch[Covered::gate]) || !still_written(entry->batch[Covered::rest]))
      withdraw_all(*entry);
  }
  if (known) return known;
  Covered* entry = new_entry();
  if (!entry) return nullptr;
  std::strncpy(entry->name, object.name, sizeof entry->name - 1);
  entry->base = object.base;
  entry->dynamic = object.dynamic;
  entry->image = object.image;
  append(entry);
  return entry;
}

bool tabulate(Sites sites, Batch& batch) noexcept {
  for (const Site& site : sites) {
    if (site.verdict == Verdict::none || site.verdict == Verdict::spared) continue;
    const bool stray = site.verdict == Verdict::stray;
    batch.sites += !stray;
    batch.strays += stray;
    batch.jumps += site.rewritten() && site.verdict != Verdict::trap;
    batch.traps += site.verdict == Verdict::trap;
    batch.left_count += stray || site.verdict == Verdict::left;
  }
  const std::size_t bytes = batch.record_count() * sizeof(SiteRecord*) + batch.left_count * sizeof(Left);
  if (bytes == 0) return true;
  void* memory = memory::map(bytes);
  if (!memory) return false;
  const auto start = reinterpret_cast<std::uintptr_t>(memory);
  batch.tables = {start, start + bytes};
  batch.records = static_cast<const SiteRecord**>(memory);
  batch.left = reinterpret_cast<Left*>(batch.records + batch.record_count());
  const SiteRecord** record = batch.records;
  Left* left = batch.left;
  for (const Site& site : sites) {
    if (site.rewritten())
      *record++ = reinterpret_cast<const SiteRecord*>(site.stub) - 1;
    if (site.why_left) *left++ = {site.address, site.why_left};
  }
  return true;
}

void publish(Covered& covered, Covered::Part part, const Batch& batch) noexcept {
  covered.batch[part] = batch;
  covered.live[part].store(true, std::memory_order_release);
}

void withdraw(Covered& covered, Covered::Part part) noexcept {
  if (!covered.live[part].exchange(false, std::memory_order_acq_rel)) return;
  Batch& batch = covered.batch[part];
  unmap(batch.stubs);
  memory::unmap(reinterpret_cast<void*>(batch.tables.begin), batch.tables.size());
  batch = Batch{};
}

std::uintptr_t trap_target(std::uintptr_t address) noexcept {
  const SiteRecord* record = record_of(address);
  return record && record->flags & by_trap ? stub_of(*record) : 0;
}

bool is_rewritten(std::uintptr_t address) noexcept { return record_of(address) != nullptr; }

bool stays(std::uintptr_t address) noexcept {
  const SiteRecord* record = record_of(address);
  return record && record->native == address;
}

// What was displaced is as far from the call in the stub as it was in the text, on either side.
std::uintptr_t original(std::uintptr_t address) noexcept {
  const SiteRecord* record = nullptr;
  (void)any_batch([&](const Covered&, const Batch& batch) {
    if (batch.stubs.contains(address)) record = last_before(batch, address, in_stubs);
    return record != nullptr;
  });
  if (!record || address < stub_of(*record)) return address;
  if (record->native != record->syscall && address >= record->after) {
    const std::uintptr_t moved = record->syscall + 2 + (address - record->after);
    return moved < record->end ? moved : record->end;
  }
  const std::uintptr_t moved = record->address + (address - stub_of(*record));
  return moved < record->syscall ? moved : record->syscall;
}

bool in_stub(std::uintptr_t address) noexcept {
  return any_batch([&](const Covered&, const Batch& batch) { return batch.stubs.contains(address); });
}

std::size_t counts(ObjectCount* out, std::size_t max) noexcept {
  std::size_t count = 0;
  const Covered* last = nullptr;
  (void)any_batch([&](const Covered& covered, const Batch& batch) {
    if (batch.sites == 0) return false;
    if (&covered != last) {
      if (count == max) return true;
      out[count] = {};
      std::memcpy(out[count++].name, covered.name, sizeof covered.name);
      last = &covered;
    }
    ObjectCount& object = out[count - 1];
    object.sites += batch.sites;
    object.jumps += batch.jumps;
    object.traps += batch.traps;
    object.left += batch.left_count - batch.strays;
    return false;
  });
  return count;
}

void for_each_left(void (*visit)(const LeftAlone&, void*), void* context) noexcept {
  (void)any_batch([&](const Covered& covered, const Batch& batch) {
    for (unsigned i = 0; i < batch.left_count; ++i)
      visit({batch.left[i].address, batch.left[i].why, covered.name}, context);
    return false;
  });
}

}  // namespace unblock::patch
