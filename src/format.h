// Text into a fixed buffer: no allocation, no locale, no lock, no errno.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unblock::format {

/// A number shown in base 16 with 0x in front.
struct Hex {
  std::uint64_t value;
};

/// Text in a column `width` wide, at its left edge.
struct Left {
  std::string_view text;
  std::size_t width;
};

/// A number in a column `width` wide, at its right edge.
struct Right {
  std::int64_t value;
  std::size_t width;
};

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, char> && !std::same_as<T, bool>;

/// Appends to storage that somebody else owns. What does not fit is dropped, and remembered.
/// Async-signal-safe; one thread at a time.
class Writer {
 public:
  Writer(char* data, std::size_t capacity) noexcept : data_(data), capacity_(capacity) {}

  void put(std::string_view text) noexcept;
  void put(const char* text) noexcept { put(text ? std::string_view(text) : std::string_view("(null)")); }
  void put(char c) noexcept { put(std::string_view(&c, 1)); }
  void put(bool value) noexcept { put(value ? "true" : "false"); }
  void put(Hex number) noexcept;
  void put(const void* address) noexcept { put(Hex{reinterpret_cast<std::uintptr_t>(address)}); }
  void put(Left column) noexcept;
  void put(Right column) noexcept;
  void put(Integer auto value) noexcept {
    if constexpr (std::signed_integral<decltype(value)>)
      put_signed(value);
    else
      put_unsigned(value);
  }

  /// Puts several parts, one after the other.
  template <class First, class Second, class... Rest>
  void put(const First& first, const Second& second, const Rest&... rest) noexcept {
    put(first);
    put(second);
    (put(rest), ...);
  }

  [[nodiscard]] std::string_view view() const noexcept { return {data_, length_}; }
  [[nodiscard]] bool truncated() const noexcept { return truncated_; }

 private:
  void put_signed(std::int64_t value) noexcept;
  void put_unsigned(std::uint64_t value) noexcept;
  void pad(std::size_t count) noexcept;

  char* data_;
  std::size_t capacity_;
  std::size_t length_ = 0;
  bool truncated_ = false;
};

}  // namespace unblock::format
