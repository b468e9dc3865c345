// Branch targets that are told only by code or symbols elsewhere in the object.
#include <cstring>
#include <emmintrin.h>
#include <sys/mman.h>

#include "surroundings.h"

namespace unblock::patch {

namespace {

// A bit for each byte in which the bits of `mask` equal `value`.
unsigned matches(__m128i bytes, int mask, int value) noexcept {
  const __m128i masked = _mm_and_si128(bytes, _mm_set1_epi8(static_cast<char>(mask)));
  const __m128i equal = _mm_cmpeq_epi8(masked, _mm_set1_epi8(static_cast<char>(value)));
  return static_cast<unsigned>(_mm_movemask_epi8(equal));
}

// `jmp` (e9) with 32 bits of reach, or the second byte of such a `jcc` (0f 8x): the distance follows
// both. Bytes that only look like one may mark a target too many. Calls lead to where functions begin.
void mark_branch(const unsigned char* opcode, const unsigned char* end, const Surroundings& near) noexcept {
  if (end - opcode < 5) return;
  std::int32_t distance;
  std::memcpy(&distance, opcode + 1, sizeof distance);
  near.mark(shifted(reinterpret_cast<std::uintptr_t>(opcode + 5), distance));
}

// A bit for each of the 16 bytes at `at` that is such an opcode, and for the one behind them.
std::uint64_t branches_in(const unsigned char* at) noexcept {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i following = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 1));
  const unsigned conditional = matches(bytes, 0xff, 0x0f) & matches(following, 0xf0, 0x80);
  return matches(bytes, 0xff, 0xe9) | conditional << 1;
}

void mark_long_branches(Range text, const Surroundings& near) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(text.begin);
  const auto* end = reinterpret_cast<const unsigned char*>(text.end);
  // Several blocks at once, so that the number of hits is mispredicted once for all of them.
  for (; end - at > 64; at += 48) {
    std::uint64_t hits = branches_in(at) | branches_in(at + 16) << 16 | branches_in(at + 32) << 32;
    for (; hits; hits &= hits - 1) mark_branch(at + __builtin_ctzll(hits), end, near);
  }
  for (; at < end; ++at) {
    const bool conditional = at + 1 < end && at[0] == 0x0f && (at[1] & 0xf0) == 0x80;
    if (*at == 0xe9 || conditional) mark_branch(conditional ? at + 1 : at, end, near);
  }
}

}  // namespace

void mark_distant_targets(const Object& object, const Surroundings& near) noexcept {
  for (std::size_t i = 0; i < object.segment_count; ++i)
    if (object.segments[i].protection & PROT_EXEC) mark_long_branches(object.segments[i].range, near);
  const Symbols symbols(object);
  for (std::size_t i = 0, count = symbols.size(); i < count; ++i) near.mark(symbols.function(i));
}

}  // namespace unblock::patch
