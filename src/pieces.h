// Pieces of text, as std::string_view::substr() has them. That one may throw, and what throws takes the C++
// runtime's exceptions into the library, with the memory that they allocate when a program starts.
#pragma once

#include <string_view>

namespace unblock {

/// The first `size` bytes of `text`; all of it if it has no more, or `size` is npos.
[[nodiscard]] constexpr std::string_view head(std::string_view text, std::size_t size) noexcept {
  return {text.data(), size < text.size() ? size : text.size()};
}

/// What comes behind the byte at `last`; nothing if that is npos or beyond the end.
[[nodiscard]] constexpr std::string_view tail(std::string_view text, std::size_t last) noexcept {
  if (last >= text.size()) return {};
  text.remove_prefix(last + 1);
  return text;
}

}  // namespace unblock
