// Text into a fixed buffer: the digits and the copying.
#include "format.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace unblock::format {
namespace {

constexpr std::size_t longest_number = 20;  // digits of 2^64-1, or 19 and a sign

template <class T>
std::string_view digits(char (&buffer)[longest_number], T value, int base) noexcept {
  // to_chars on integers is a header-only loop: it neither allocates nor looks at the locale.
  const auto end = std::to_chars(buffer, buffer + longest_number, value, base).ptr;
  return {buffer, static_cast<std::size_t>(end - buffer)};
}

}  // namespace

void Writer::put(std::string_view text) noexcept {
  const std::size_t fits = std::min(text.size(), capacity_ - length_);
  std::memcpy(data_ + length_, text.data(), fits);
  length_ += fits;
  truncated_ |= fits < text.size();
}

void Writer::put_signed(std::int64_t value) noexcept {
  char buffer[longest_number];
  put(digits(buffer, value, 10));
}

void Writer::put_unsigned(std::uint64_t value) noexcept {
  char buffer[longest_number];
  put(digits(buffer, value, 10));
}

void Writer::put(Hex number) noexcept {
  char buffer[longest_number];
  put("0x");
  put(digits(buffer, number.value, 16));
}

void Writer::put(Left column) noexcept {
  put(column.text);
  if (column.text.size() < column.width) pad(column.width - column.text.size());
}

void Writer::put(Right column) noexcept {
  char buffer[longest_number];
  const std::string_view text = digits(buffer, column.value, 10);
  if (text.size() < column.width) pad(column.width - text.size());
  put(text);
}

void Writer::pad(std::size_t count) noexcept {
  while (count-- > 0) put(' ');
}

}  // namespace unblock::format
