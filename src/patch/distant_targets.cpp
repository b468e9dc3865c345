// Branch targets that are told only by code or symbols elsewhere in the object.
#include <bit>
#include <cstring>
#include <emmintrin.h>
#include <sys/mman.h>

#include "surroundings.h"

namespace unblock::patch {

namespace {

// The last byte of each opcode: `jmp` (e9) with 32 bits of reach, or such a `jcc` (0f 8x). The distance
// follows. Bytes that only look like one may mark a target too many. Calls lead to where functions begin.
bool is_branch(const unsigned char* at) noexcept {
  return *at == 0xe9 || ((*at & 0xf0) == 0x80 && at[-1] == 0x0f);
}

// A bit for each of the 16 bytes at `at` that is one.
std::uint64_t branches_in(const unsigned char* at) noexcept {
  const auto load = [](const unsigned char* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  const __m128i bytes = load(at);
  const __m128i jumps = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(static_cast<char>(0xe9)));
  // Signed: 80 is the least.
  const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(static_cast<char>(0x90)));
  const __m128i escaped = _mm_cmpeq_epi8(load(at - 1), _mm_set1_epi8(0x0f));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(jumps, _mm_and_si128(low, escaped))));
}

std::uintptr_t target_of(const unsigned char* opcode) noexcept {
  std::int32_t distance;
  std::memcpy(&distance, opcode + 1, sizeof distance);
  return shifted(reinterpret_cast<std::uintptr_t>(opcode + 1 + sizeof distance), distance);
}

// Marks what the branches in 64 bytes lead to: a bit for each. How many there are cannot be predicted: as
// many as most blocks have are looked at whether they are there or not, for what is not there leads nowhere.
void mark_block(const unsigned char* block, std::uint64_t found, const Surroundings& near) noexcept {
  constexpr std::uint64_t last = 1ULL << 63;
  for (int i = 0; i < 2; ++i, found &= found - 1) {
    const std::uintptr_t there = found ? ~std::uintptr_t{0} : 0;
    near.mark(target_of(block + std::countr_zero(found | last)) & there);
  }
  for (; found; found &= found - 1) near.mark(target_of(block + std::countr_zero(found)));
}

void mark_long_branches(Range text, const Surroundings& near) noexcept {
  constexpr int block = 64, longest = 5;
  if (text.size() < longest) return;
  const auto* at = reinterpret_cast<const unsigned char*>(text.begin);
  const auto* end = reinterpret_cast<const unsigned char*>(text.end) - longest;
  if (*at == 0xe9) near.mark(target_of(at));
  for (++at; end - at >= block; at += block)
    mark_block(at, branches_in(at) | branches_in(at + 16) << 16 | branches_in(at + 32) << 32 |
                       branches_in(at + 48) << 48, near);
  for (; at <= end; ++at)
    if (is_branch(at)) near.mark(target_of(at));
}

}  // namespace

void mark_distant_targets(const Object& object, const Surroundings& near) noexcept {
  for (std::size_t i = 0; i < object.segment_count; ++i)
    if (object.segments[i].protection & PROT_EXEC) mark_long_branches(object.segments[i].range, near);
  const Symbols symbols(object);
  for (std::size_t i = 0, count = symbols.size(); i < count; ++i) near.mark(symbols.function(i));
}

}  // namespace unblock::patch
