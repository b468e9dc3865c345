// Finds the `syscall` instructions of an object, with the instruction boundaries and the branch targets
// around each. Nothing is guessed: what cannot be known is said to be unknown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <emmintrin.h>

#include "instruction.h"
#include "objects.h"

namespace unblock::patch {

enum class Verdict : std::uint8_t {
  undecided,
  none,          ///< inside another instruction: no site at all
  jump,
  trap,
  ahead,         ///< a jump in place of one instruction before the call, which stays: see Others
  hop,           ///< a short jump in its place, to a longer one in a no-op nearby: see Others
  left,          ///< stays as it is, for a reason
  spared,        ///< the one call that it can make goes to the kernel in any case: cover_only()
  stray,         ///< outside the text that has functions: most likely data, or a linker's table of jumps
};

/// The bytes 0f 05 in some text, and what is known about them.
struct Site {
  static constexpr int reach = 32;     ///< how far around a site is looked at, in bytes each way

  std::uintptr_t address = 0;
  std::uint64_t boundaries = 0;        ///< bit i: an instruction begins, or the last ends, there
  std::uint64_t targets = 0;           ///< bit i: code elsewhere may lead to address - reach + i
  std::uint64_t edges = 0;             ///< bit i: another function may begin at address - reach + i
  const char* why_left = nullptr;      ///< for Verdict::left and stray: static text
  std::uintptr_t stub = 0;             ///< once built
  std::uintptr_t cave = 0;             ///< for Verdict::hop: the no-op
  std::int32_t nr = -1;                ///< the system call, if a constant, else -1
  std::int8_t window_begin = 0;        ///< for Verdict::jump: what is displaced, relative to address
  std::int8_t window_end = 2;          ///< for Verdict::ahead: of the one instruction that is replaced
  std::uint8_t cave_size = 0;
  Verdict verdict = Verdict::undecided;
  bool instruction = false;            ///< decoding arrived here: it is a `syscall`
  bool targets_known = false;          ///< false: other code may lead anywhere near

  [[nodiscard]] static constexpr std::uint64_t bit(std::intptr_t offset) noexcept {
    return offset < -reach || offset >= reach ? 0 : 1ULL << (offset + reach);
  }
  [[nodiscard]] bool boundary(std::intptr_t offset) const noexcept { return boundaries & bit(offset); }
  [[nodiscard]] bool target(std::intptr_t offset) const noexcept { return targets & bit(offset); }
  [[nodiscard]] bool rewritten() const noexcept {
    return verdict == Verdict::jump || verdict == Verdict::trap || verdict == Verdict::ahead ||
           verdict == Verdict::hop;
  }
  /// Code elsewhere leads there, or may.
  [[nodiscard]] bool entered(std::intptr_t offset) const noexcept { return (targets | edges) & bit(offset); }
};

/// The sites of one object, by address. The storage is somebody else's.
struct Sites {
  Site* first = nullptr;
  std::size_t count = 0;
  [[nodiscard]] Site* begin() const noexcept { return first; }
  [[nodiscard]] Site* end() const noexcept { return first + count; }
};

/// Calls `visit(address)` for each 0f 05 in `text`, in order. Looks at every byte.
template <class Visit>
void for_each_candidate(Range text, Visit visit) noexcept;

class Surroundings;

/// Marks the branch targets that no look around the sites can tell: long branches from anywhere in the
/// object's text (cold parts jump back), and entry points that have a symbol. Reads all of the text.
void mark_distant_targets(const Object& object, const Surroundings& near) noexcept;

/// Decodes the functions around the sites and fills in what is known of them. Those that are no
/// instructions get Verdict::none, those that cannot be looked at Verdict::left.
void examine(const Object& object, const Decoder& decoder, const Surroundings& near) noexcept;

/// The constant in eax at the site, by looking back from it, or -1.
[[nodiscard]] std::int32_t constant_call(const Site& site) noexcept;

template <class Visit>
void for_each_candidate(Range text, Visit visit) noexcept {
  constexpr int lane = 16, block = 4 * lane, ahead = 1024;
  const auto* at = reinterpret_cast<const unsigned char*>(text.begin);
  const auto* end = reinterpret_cast<const unsigned char*>(text.end);
  const auto equal = [](const unsigned char* bytes, char value) {
    return _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)), _mm_set1_epi8(value));
  };
  const auto found = [&](const unsigned char* bytes) {
    return _mm_and_si128(equal(bytes, 0x0f), equal(bytes + 1, 0x05));
  };
  for (; end - at > block; at += block) {
    __builtin_prefetch(at + ahead);  // the processor's own ends with each page
    const __m128i front = _mm_or_si128(found(at), found(at + lane));
    const __m128i back = _mm_or_si128(found(at + 2 * lane), found(at + 3 * lane));
    if (!_mm_movemask_epi8(_mm_or_si128(front, back))) [[likely]] continue;
    for (const unsigned char* part = at; part < at + block; part += lane)
      for (auto bits = static_cast<unsigned>(_mm_movemask_epi8(found(part))); bits; bits &= bits - 1)
        visit(reinterpret_cast<std::uintptr_t>(part) + static_cast<unsigned>(__builtin_ctz(bits)));
  }
  for (; end - at >= 2; ++at)
    if (at[0] == 0x0f && at[1] == 0x05) visit(reinterpret_cast<std::uintptr_t>(at));
}

}  // namespace unblock::patch
