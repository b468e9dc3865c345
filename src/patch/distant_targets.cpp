// Branch targets that are told only by code or symbols elsewhere in the object.
#include <cstring>
#include <emmintrin.h>
#include <sys/mman.h>

#include "site_finder.h"

namespace unblock::patch {

namespace {

// Most addresses are near no site: one bit for every 32 bytes, modulo 2 MiB, rules them out.
class Surroundings {
 public:
  explicit Surroundings(Sites sites) noexcept : sites_(sites) {
    for (const Site& site : sites)
      for (int offset = -Site::reach; offset <= Site::reach; offset += grain) set(site.address + offset);
  }

  void mark(std::uintptr_t address) const noexcept {
    const std::uintptr_t index = address / grain % bits;
    if (words_[index / 64] >> index % 64 & 1) sites_.mark_target(address);
  }

 private:
  static constexpr std::uintptr_t grain = 32, bits = 1 << 16;

  void set(std::uintptr_t address) noexcept {
    const std::uintptr_t index = address / grain % bits;
    words_[index / 64] |= 1ULL << index % 64;
  }

  const Sites sites_;
  std::uint64_t words_[bits / 64] = {};
};

// A bit for each byte in which the bits of `mask` equal `value`.
unsigned matches(__m128i bytes, int mask, int value) noexcept {
  const __m128i masked = _mm_and_si128(bytes, _mm_set1_epi8(static_cast<char>(mask)));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(masked, _mm_set1_epi8(static_cast<char>(value)))));
}

// `jmp` or `call` (e8, e9) with 32 bits of reach, or the second byte of a `jcc` (0f 8x): the same four
// bytes follow each. Bytes that only look like one may mark a target too many.
void mark_branch(const unsigned char* opcode, const unsigned char* end, const Surroundings& near) noexcept {
  if (end - opcode < 5) return;
  std::int32_t distance;
  std::memcpy(&distance, opcode + 1, sizeof distance);
  near.mark(reinterpret_cast<std::uintptr_t>(opcode + 5) + static_cast<std::uintptr_t>(std::intptr_t{distance}));
}

void mark_long_branches(Range text, const Surroundings& near) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(text.begin);
  const auto* end = reinterpret_cast<const unsigned char*>(text.end);
  const auto is_branch = [](const unsigned char* byte) { return (*byte & 0xfe) == 0xe8; };
  for (; end - at > 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i following = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 1));
    const unsigned conditional = matches(bytes, 0xff, 0x0f) & matches(following, 0xf0, 0x80);
    unsigned hits = matches(bytes, 0xfe, 0xe8) | conditional << 1;
    for (; hits; hits &= hits - 1) mark_branch(at + __builtin_ctz(hits), end, near);
  }
  for (; at < end; ++at)
    if (is_branch(at) || (at + 1 < end && at[0] == 0x0f && (at[1] & 0xf0) == 0x80))
      mark_branch(is_branch(at) ? at : at + 1, end, near);
}

}  // namespace

void mark_distant_targets(const Object& object, Sites sites) noexcept {
  const Surroundings near(sites);
  for (std::size_t i = 0; i < object.segment_count; ++i)
    if (object.segments[i].protection & PROT_EXEC) mark_long_branches(object.segments[i].range, near);
  const Symbols symbols(object);
  for (std::size_t i = 0, count = symbols.size(); i < count; ++i) near.mark(symbols.function(i));
}

}  // namespace unblock::patch
