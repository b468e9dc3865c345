// Decodes the functions that hold `syscall` bytes, from where the unwinder's tables say they begin.
#include "site_finder.h"

#include <cstring>
#include <initializer_list>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "function_bounds.h"
#include "jump_tables.h"
#include "patch.h"
#include "stride.h"
#include "surroundings.h"

namespace unblock::patch {

namespace {

using Flow = Instruction::Flow;

// Pieces of one function written by hand may have tables of their own, without the alignment that
// separates functions (glibc's clone has two, and its `syscall` lies between them).
bool continues(std::uintptr_t begin) noexcept { return begin % 16 != 0; }

// One function with its surroundings: decoding it tells the boundaries and targets at its sites.
class Examination {
 public:
  Examination(const Object& object, const Decoder& decoder, const Surroundings& near) noexcept
      : object_(object), decoder_(decoder), bounds_(object), near_(near), sites_(near.sites()) {}

  [[nodiscard]] const FunctionBounds& bounds() const noexcept { return bounds_; }
  /// False if code we do not know of may lead anywhere in the function last run.
  [[nodiscard]] bool targets_known() const noexcept { return targets_known_; }

  /// Looks at function `index` and at what may branch into it nearby. False if it cannot be decoded.
  bool run(std::size_t index) noexcept {
    const Function function = bounds_.at(index);
    targets_known_ = true;
    tables_.clear();
    // Where a table entry begins or ends another function may, whatever the flow suggests.
    const std::uintptr_t next = index + 1 < bounds_.size() ? bounds_.begin(index + 1) : function.range.end;
    for (const std::uintptr_t edge : {function.range.begin, function.range.end, next}) near_.mark_edge(edge);
    if (continues(function.range.begin) && index > 0) neighbour(index - 1, function.range.begin);
    if (!whole(function)) return false;
    if (falls_through_) gap({function.range.end, next});
    if (continues(next)) neighbour(index + 1, 0);
    if (!tables_.mark(object_, near_)) targets_known_ = false;
    return true;
  }

 private:
  // Where the text that the range is in ends; 0 if it is in none.
  std::uintptr_t end_of_text(Range range) const noexcept {
    const Segment* segment = object_.segment_of(range.begin);
    const bool inside = segment && (segment->protection & PROT_EXEC) && range.end <= segment->range.end;
    return inside ? segment->range.end : 0;
  }

  // The function before, on to where ours begins (or, for `until` 0, the one behind).
  void neighbour(std::size_t index, std::uintptr_t until) noexcept {
    if (index >= bounds_.size()) return;
    const Function function = bounds_.at(index);
    if (!whole(function)) targets_known_ = false;
    else if (falls_through_) gap({function.range.end, until});
  }

  bool whole(const Function& function) noexcept {
    const std::uintptr_t limit = function.known ? end_of_text(function.range) : 0;
    if (!limit) return false;
    const auto mark = [this](std::uintptr_t address) { near_.mark(address); };
    if (!bounds_.for_each_landing_pad(function, mark)) targets_known_ = false;
    watch(near_.from(function.range.begin));
    mark_boundary(function.range.begin);
    std::uintptr_t last = 0;
    for (std::uintptr_t at = function.range.begin; at < function.range.end;) {
      last = at;
      if (!step(at, limit)) return false;
      if (at > function.range.end) return false;
    }
    Instruction instruction;
    falls_through_ = decoder_.decode(last, limit, instruction) && goes_on(instruction);
    return true;
  }

  // Sees the instruction at `at`, which moves behind it. False if there is none.
  bool step(std::uintptr_t& at, std::uintptr_t limit) noexcept {
    if (limit - at >= common_form_bytes)
      if (const Stride common = stride(at); common.length) {
        at += common.length;
        mark_boundary(at);
        if (common.target) near_.mark(common.target);
        return true;
      }
    Instruction instruction;
    if (!decoder_.decode(at, limit, instruction)) return false;
    see(instruction);
    at = instruction.end();
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
      falls_through_ = goes_on(instruction);
    }
  }

  // From this site on the next ones' surroundings are waited for.
  void watch(Site* site) noexcept {
    nearest_ = site;
    watched_ = site == sites_.end() ? ~std::uintptr_t{0} : site->address - Site::reach;
  }

  void mark_boundary(std::uintptr_t address) noexcept {
    if (address < watched_) return;
    while (nearest_ != sites_.end() && nearest_->address + Site::reach <= address) watch(nearest_ + 1);
    for (Site* site = nearest_; site != sites_.end() && site->address <= address + Site::reach; ++site)
      site->boundaries |= Site::bit(static_cast<std::intptr_t>(address - site->address));
  }

  void see(const Instruction& instruction) noexcept {
    if (instruction.is_syscall) confirm(instruction.address);
    mark_boundary(instruction.end());
    if (instruction.target) near_.mark(instruction.target);
    tables_.see(instruction);
  }

  // Whether code runs on behind it. A jump we wrote goes on behind what it displaced.
  static bool goes_on(const Instruction& instruction) noexcept {
    if (instruction.flow == Flow::jump) return in_stub(instruction.target);
    return instruction.flow != Flow::away;
  }

  void confirm(std::uintptr_t address) noexcept {
    for (Site* site = nearest_; site != sites_.end() && site->address <= address; ++site)
      if (site->address == address) site->instruction = true;
  }

  const Object& object_;
  const Decoder& decoder_;
  const FunctionBounds bounds_;
  const Surroundings& near_;
  const Sites sites_;
  JumpTables tables_;
  Site* nearest_ = nullptr;            // the first one whose surroundings reach as far as we have decoded
  std::uintptr_t watched_ = 0;         // where those begin
  bool targets_known_ = true;
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

void examine(const Object& object, const Decoder& decoder, const Surroundings& near) noexcept {
  Examination examination(object, decoder, near);
  const FunctionBounds& bounds = examination.bounds();
  const Range hull = bounds.hull();
  std::size_t looked_at = bounds.size();
  bool decoded = false;
  for (Site& site : near.sites()) {
    if (returns_from_signal(site, object)) {
      site.nr = SYS_rt_sigreturn;
      leave(site, "rt_sigreturn: unwinders and debuggers know its bytes");
      continue;
    }
    if (!hull.contains(site.address)) {
      leave(site, bounds.size() ? "outside all functions: most likely data" : "no function bounds");
      if (bounds.size()) site.verdict = Verdict::stray;
      continue;
    }
    const std::size_t index = bounds.before(site.address);
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
