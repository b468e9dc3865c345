// Reads .eh_frame_hdr, .eh_frame and .gcc_except_table, as far as addresses go.
#include "function_bounds.h"

#include <cstring>

namespace unblock::patch {

namespace {

// Pointer encodings (DW_EH_PE_*): the low four bits say how it is stored, the next three to what it adds.
enum : std::uint8_t {
  absolute = 0x00, uleb128 = 0x01, udata2 = 0x02, udata4 = 0x03, udata8 = 0x04,
  sleb128 = 0x09, sdata2 = 0x0a, sdata4 = 0x0b, sdata8 = 0x0c,
  relative_to_place = 0x10, relative_to_table = 0x30, omitted = 0xff,
};

template <class T>
T load(const std::uint8_t*& at) noexcept {
  T value;
  __builtin_memcpy(&value, at, sizeof value);
  at += sizeof value;
  return value;
}

std::uint64_t read_uleb(const std::uint8_t*& at) noexcept {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = *at++;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
  }
  return value;
}

void skip_leb(const std::uint8_t*& at) noexcept {
  while (*at++ & 0x80) {
  }
}

// Reads a stored value of the given format; false for one we do not know.
bool read_value(const std::uint8_t*& at, std::uint8_t format, std::uint64_t& value) noexcept {
  switch (format & 0x0f) {
    case absolute: case udata8: case sdata8: value = load<std::uint64_t>(at); return true;
    case udata4: value = load<std::uint32_t>(at); return true;
    case sdata4: value = shifted(0, load<std::int32_t>(at)); return true;
    case udata2: value = load<std::uint16_t>(at); return true;
    case sdata2: value = shifted(0, load<std::int16_t>(at)); return true;
    case uleb128: value = read_uleb(at); return true;
    default: return false;
  }
}

// The same, with what it is relative to added. Zero stays zero: it means "none".
bool read_address(const std::uint8_t*& at, std::uint8_t encoding, std::uint64_t& value) noexcept {
  const auto place = reinterpret_cast<std::uint64_t>(at);
  if (encoding & 0xe0 || !read_value(at, encoding, value)) return false;
  if ((encoding & 0x70) == relative_to_place && value) value += place;
  return true;
}

// What a function's entry needs to know from the one it shares with others (the CIE).
struct Common {
  std::uint8_t address_encoding = absolute;
  std::uint8_t exceptions_encoding = omitted;
  bool has_lengths = false;
};

bool read_common(const std::uint8_t* at, Common& common) noexcept {
  if (load<std::uint32_t>(at) == 0xffffffff || load<std::uint32_t>(at) != 0) return false;
  const std::uint8_t version = *at++;
  const auto* augmentation = reinterpret_cast<const char*>(at);
  at += std::strlen(augmentation) + 1;
  skip_leb(at);                                // code alignment
  skip_leb(at);                                // data alignment
  if (version == 1) ++at; else skip_leb(at);   // return address register
  if (*augmentation == '\0') return true;
  if (*augmentation++ != 'z') return false;
  common.has_lengths = true;
  skip_leb(at);
  for (; *augmentation; ++augmentation) {
    std::uint64_t personality;
    switch (*augmentation) {
      case 'R': common.address_encoding = *at++; break;
      case 'L': common.exceptions_encoding = *at++; break;
      case 'P': {
        const std::uint8_t encoding = *at++;
        if (!read_value(at, encoding, personality)) return false;
        break;
      }
      case 'S': case 'B': break;
      default: return false;
    }
  }
  return true;
}

}  // namespace

FunctionBounds::FunctionBounds(const Object& object) noexcept : object_(object) {
  const std::uint8_t* at = object.frame_table;
  if (!at || !object.readable(reinterpret_cast<std::uintptr_t>(at), 12)) return;
  header_ = reinterpret_cast<std::uintptr_t>(at);
  const std::uint8_t version = at[0], frames = at[1], count = at[2], table = at[3];
  if (version != 1 || count != udata4 || table != (relative_to_table | sdata4)) return;
  at += 4;
  std::uint64_t ignored;
  if (!read_value(at, frames, ignored)) return;
  const std::size_t entries = load<std::uint32_t>(at);
  if (!object.readable(reinterpret_cast<std::uintptr_t>(at), entries * sizeof(Entry))) return;
  entries_ = reinterpret_cast<const Entry*>(at);
  count_ = entries;
}

std::uintptr_t FunctionBounds::begin(std::size_t index) const noexcept {
  return shifted(header_, entries_[index].begin);
}

std::size_t FunctionBounds::before(std::uintptr_t address) const noexcept {
  std::size_t low = 0, high = count_;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (begin(middle) <= address) low = middle + 1; else high = middle;
  }
  return low ? low - 1 : count_;
}

Function FunctionBounds::at(std::size_t index) const noexcept {
  Function function;
  const std::uintptr_t start = shifted(header_, entries_[index].description);
  if (!object_.readable(start, 24)) return function;
  const auto* at = reinterpret_cast<const std::uint8_t*>(start);
  if (load<std::uint32_t>(at) == 0xffffffff) return function;
  const std::uint8_t* place = at;
  Common common;
  if (!read_common(place - load<std::uint32_t>(at), common)) return function;
  std::uint64_t begin, size, exceptions = 0;
  if (!read_address(at, common.address_encoding, begin)) return function;
  if (!read_value(at, common.address_encoding, size)) return function;
  if (common.has_lengths) skip_leb(at);
  if (common.exceptions_encoding != omitted && !read_address(at, common.exceptions_encoding, exceptions))
    return function;
  return {{begin, begin + size}, exceptions, true};
}

bool FunctionBounds::open_call_sites(const Function& function, CallSites& sites) const noexcept {
  if (!object_.readable(function.exceptions, 8)) return false;
  const auto* at = reinterpret_cast<const std::uint8_t*>(function.exceptions);
  std::uint64_t base = function.range.begin;
  const std::uint8_t encoding = *at++;
  if (encoding != omitted && !read_address(at, encoding, base)) return false;
  if (*at++ != omitted) skip_leb(at);          // where the types are
  sites.encoding = *at++;
  const std::size_t size = read_uleb(at);
  sites.base = base;
  sites.next = at;
  sites.end = at + size;
  return object_.readable(reinterpret_cast<std::uintptr_t>(at), size);
}

bool FunctionBounds::next_landing_pad(CallSites& sites, std::uintptr_t& address) noexcept {
  std::uint64_t begin, size, landing;
  if (!read_value(sites.next, sites.encoding, begin) || !read_value(sites.next, sites.encoding, size) ||
      !read_value(sites.next, sites.encoding, landing))
    return false;
  skip_leb(sites.next);                        // action
  address = sites.base + landing;
  return true;
}

}  // namespace unblock::patch
