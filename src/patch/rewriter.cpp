// Writes into mapped text. What is being written may be libc itself, so from the first mprotect to the
// last nothing here may leave this file: raw system calls and plain loops only.
#include "rewriter.h"

#include <sys/mman.h>

#include "kernel.h"
#include "runtime_limits.h"
#include "undisturbed.h"

namespace unblock::patch {

namespace {

constexpr std::uintptr_t page_mask = ~(limits::page - 1);
// A segment up to this size is made writable as a whole: what was writable once does not grow together
// again with what never was, and debuggers and profilers like a library's text in one piece.
constexpr std::size_t whole = 16UL << 20;
// In a larger one, edits nearer than this share an mprotect.
constexpr std::size_t most_between = 1UL << 20;

// Edits that are made writable together, and the pages they lie on.
struct Run {
  Edit* first;
  Edit* last;                          // behind the last one
  Range pages;
  int protection;
};

Run run_from(const Object& object, Edit* first, Edit* end) noexcept {
  const Segment* segment = object.segment_of(first->address);
  const Range text{segment->range.begin & page_mask, (segment->range.end + ~page_mask) & page_mask};
  Run run{first, first, {first->address & page_mask, 0}, segment->protection};
  if (text.size() <= whole) run.pages = text;
  for (; run.last != end; ++run.last) {
    const std::uintptr_t behind = run.last->address + run.last->size;
    if (run.last != first && run.last->address > run.pages.end + most_between) break;
    if (!segment->range.contains(run.last->address)) break;
    if (text.size() > whole) run.pages.end = (behind + ~page_mask) & page_mask;
  }
  return run;
}

// Volatile: a compiler that made this a memcpy would call into what cannot execute right now.
void swap(Edit& edit) noexcept {
  auto* text = reinterpret_cast<volatile std::uint8_t*>(edit.address);
  for (std::size_t i = 0; i < edit.size; ++i) {
    const std::uint8_t old = text[i];
    text[i] = edit.bytes[i];
    edit.bytes[i] = old;
  }
}

long protect(const Run& run, int protection) noexcept {
  return kernel::call(SYS_mprotect, run.pages.begin, run.pages.size(), protection);
}

// Puts the new bytes in, or the old ones back: an edit applied twice undoes itself.
long apply(const Run& run) noexcept {
  if (const long failure = protect(run, PROT_READ | PROT_WRITE)) return failure;
  for (Edit* edit = run.first; edit != run.last; ++edit) swap(*edit);
  const long failure = protect(run, run.protection);
  if (!failure) return 0;
  for (Edit* edit = run.first; edit != run.last; ++edit) swap(*edit);
  protect(run, run.protection);
  return failure;
}

long apply_all(const Object& object, Edit* edits, Edit* end) noexcept {
  for (Edit* at = edits; at != end;) {
    const Run run = run_from(object, at, end);
    const long failure = apply(run);
    if (failure) {
      for (Edit* done = edits; done != at;) {
        const Run undo = run_from(object, done, at);
        apply(undo);
        done = undo.last;
      }
      return failure;
    }
    at = run.last;
  }
  return 0;
}

}  // namespace

int rewrite(const Object& object, Edit* edits, std::size_t count) noexcept {
  // A handler may use, and returns through, the text that is not executable meanwhile.
  const Undisturbed undisturbed;
  return static_cast<int>(apply_all(object, edits, edits + count));
}

}  // namespace unblock::patch
