// Decodes the functions that hold `syscall` bytes, from where the unwinder's tables say they begin.
#include "site_finder.h"

#include <cstring>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "function_bounds.h"
#include "patch.h"

namespace unblock::patch {

namespace {

using Flow = Instruction::Flow;

// Pieces of one function written by hand may have tables of their own, without the alignment that
// separates functions (glibc's clone has two, and its `syscall` lies between them).
bool continues(std::uintptr_t begin) noexcept { return begin % 16 != 0; }

// One function with its surroundings: decoding it tells the boundaries and targets at its sites.
class Examination {
 public:
  Examination(const Object& object, const Decoder& decoder, const FunctionBounds& bounds, Sites sites) noexcept
      : object_(object), decoder_(decoder), bounds_(bounds), sites_(sites) {}

  /// Looks at the function `index` and what may branch into it nearby. False if it cannot be decoded.
  bool run(std::size_t index) noexcept {
    targets_known_ = true;
    tables_ = 0;
    indirect_jump_ = false;
    const Function function = bounds_.at(index);
    if (!function.known || !inside_text(function.range)) return false;
    if (index > 0 && continues(function.range.begin)) neighbour(index - 1, function.range.begin);
    if (!whole(function)) return false;
    if (index + 1 < bounds_.size()) {
      const std::uintptr_t next = bounds_.begin(index + 1);
      if (falls_through_ && next > function.range.end) gap({function.range.end, next});
      if (continues(next)) neighbour(index + 1, 0);
    }
    mark_tables();
    return true;
  }

  [[nodiscard]] bool targets_known() const noexcept { return targets_known_; }

 private:
  static constexpr std::size_t max_tables = 64;

  bool inside_text(Range range) const noexcept {
    const Segment* segment = object_.segment_of(range.begin);
    return segment && (segment->protection & PROT_EXEC) && range.end <= segment->range.end;
  }

  // The function before, on to where ours begins (or, for `until` 0, the one behind).
  void neighbour(std::size_t index, std::uintptr_t until) noexcept {
    const Function function = bounds_.at(index);
    if (!function.known || !inside_text(function.range) || !whole(function)) {
      targets_known_ = false;
      return;
    }
    if (until > function.range.end && falls_through_) gap({function.range.end, until});
  }

  bool whole(const Function& function) noexcept {
    const auto mark = [this](std::uintptr_t address) { sites_.mark_target(address); };
    if (!bounds_.for_each_landing_pad(function, mark)) targets_known_ = false;
    std::uintptr_t at = function.range.begin;
    nearest_ = sites_.near(at);
    sites_.mark_boundary(at);
    Instruction instruction;
    while (at < function.range.end) {
      if (!decoder_.decode(at, function.range.end, instruction)) return false;
      see(instruction);
      at = instruction.end();
    }
    return true;
  }

  // What is in no table counts as code only as far as the code before it runs into it.
  void gap(Range range) noexcept {
    Instruction instruction;
    for (std::uintptr_t at = range.begin; at < range.end && falls_through_; at = instruction.end()) {
      if (!decoder_.decode(at, range.end, instruction)) {
        targets_known_ = false;
        return;
      }
      see(instruction);
    }
  }

  void see(const Instruction& instruction) noexcept {
    while (nearest_ != sites_.end() && nearest_->address + Site::reach <= instruction.address) ++nearest_;
    for (Site* site = nearest_; site != sites_.end() && site->address <= instruction.end() + Site::reach; ++site)
      site->boundaries |= Site::bit(static_cast<std::intptr_t>(instruction.end() - site->address));
    if (instruction.target) sites_.mark_target(instruction.target);
    if (instruction.indirect_jump) indirect_jump_ = true;
    if (instruction.loads_address && instruction.refers_to) remember_table(instruction.refers_to);
    if (instruction.is_syscall) confirm(instruction.address);
    // A jump we wrote goes on behind what it displaced.
    const bool ours = instruction.flow == Flow::jump && in_stub(instruction.target);
    falls_through_ = ours || (instruction.flow != Flow::jump && instruction.flow != Flow::away);
  }

  void confirm(std::uintptr_t address) noexcept {
    for (Site* site = sites_.near(address); site != sites_.end() && site->address <= address; ++site)
      if (site->address == address) site->instruction = true;
  }

  void remember_table(std::uintptr_t address) noexcept {
    if (tables_ == max_tables)
      targets_known_ = false;
    else
      table_[tables_++] = address;
  }

  // Where an indirect jump may lead: a switch's table of offsets to itself, or of addresses. Whatever
  // has its address taken may be one; to read beyond its end only adds targets, which does no harm.
  void mark_tables() noexcept {
    if (!indirect_jump_) return;
    if (object_.fixed) targets_known_ = false;   // tables' addresses may be anywhere in the code
    for (std::size_t i = 0; i < tables_; ++i) {
      mark_table<std::int32_t>(table_[i], table_[i]);
      mark_table<std::int64_t>(table_[i], 0);
    }
  }

  template <class Entry>
  void mark_table(std::uintptr_t table, std::uintptr_t base) noexcept {
    for (std::uintptr_t at = table; object_.readable(at, sizeof(Entry)); at += sizeof(Entry)) {
      Entry entry;
      std::memcpy(&entry, reinterpret_cast<const void*>(at), sizeof entry);
      const std::uintptr_t target = base + static_cast<std::uintptr_t>(static_cast<std::intptr_t>(entry));
      const Segment* segment = object_.segment_of(target);
      if (!segment || !(segment->protection & PROT_EXEC)) return;
      sites_.mark_target(target);
    }
  }

  const Object& object_;
  const Decoder& decoder_;
  const FunctionBounds& bounds_;
  const Sites sites_;
  std::uintptr_t table_[max_tables];
  std::size_t tables_ = 0;
  Site* nearest_ = nullptr;            // the first one whose surroundings reach as far as we have decoded
  bool targets_known_ = true;
  bool indirect_jump_ = false;
  bool falls_through_ = true;
};

void leave(Site& site, const char* why) noexcept {
  site.verdict = Verdict::left;
  site.why_left = why;
}

// `mov $15, %rax; syscall`: unwinders and debuggers know a signal's frame by these bytes.
bool returns_from_signal(const Site& site, const Object& object) noexcept {
  constexpr unsigned char form[] = {0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05};
  const std::uintptr_t start = site.address + 2 - sizeof form;
  return object.readable(start, sizeof form) &&
         std::memcmp(reinterpret_cast<const void*>(start), form, sizeof form) == 0;
}

}  // namespace

Site* Sites::near(std::uintptr_t address) const noexcept {
  std::size_t low = 0, high = count;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (first[middle].address + Site::reach <= address) low = middle + 1; else high = middle;
  }
  return first + low;
}

void Sites::mark_target(std::uintptr_t address) const noexcept {
  for (Site* site = near(address); site != end() && site->address <= address + Site::reach; ++site)
    site->targets |= Site::bit(static_cast<std::intptr_t>(address - site->address));
}

void Sites::mark_boundary(std::uintptr_t address) const noexcept {
  for (Site* site = near(address); site != end() && site->address <= address + Site::reach; ++site)
    site->boundaries |= Site::bit(static_cast<std::intptr_t>(address - site->address));
}

void examine(const Object& object, const Decoder& decoder, Sites sites) noexcept {
  const FunctionBounds bounds(object);
  Examination examination(object, decoder, bounds, sites);
  std::size_t looked_at = ~0UL;
  bool decoded = false;
  for (Site& site : sites) {
    if (returns_from_signal(site, object)) {
      site.nr = SYS_rt_sigreturn;
      leave(site, "rt_sigreturn: unwinders and debuggers know its bytes");
      continue;
    }
    const std::size_t index = bounds.before(site.address);
    if (index == bounds.size()) {
      leave(site, "no function bounds");
      continue;
    }
    if (index != looked_at) decoded = examination.run(index);
    looked_at = index;
    site.targets_known = examination.targets_known();
    if (!decoded)
      leave(site, "its function cannot be decoded");
    else if (!site.instruction && bounds.at(index).range.contains(site.address))
      site.verdict = Verdict::none;
    else if (!site.instruction)
      leave(site, "no function bounds");
  }
}

}  // namespace unblock::patch
