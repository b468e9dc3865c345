// A loaded ELF object as the patcher sees it: its text, its tables, who it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <elf.h>

struct dl_phdr_info;

namespace unblock::patch {

/// `address`, that many bytes on, or back.
[[nodiscard]] constexpr std::uintptr_t shifted(std::uintptr_t address, std::intptr_t by) noexcept {
  return address + static_cast<std::uintptr_t>(by);
}

/// Addresses from `begin` up to, not including, `end`.
struct Range {
  std::uintptr_t begin = 0, end = 0;
  [[nodiscard]] constexpr bool contains(std::uintptr_t address) const noexcept {
    return address - begin < end - begin;
  }
  [[nodiscard]] constexpr bool overlaps(Range other) const noexcept {
    return begin < other.end && other.begin < end;
  }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return end - begin; }
  constexpr bool operator==(const Range&) const noexcept = default;
};

/// A mapped segment, with the protection it is mapped with (PROT_ bits).
struct Segment {
  Range range;
  int protection = 0;
};

/// What ld(1) leaves in an object with --build-id: a hash of all that it is.
using BuildId = std::array<std::uint8_t, 20>;

enum class Role : std::uint8_t { other, libc, loader, vdso, own };

struct Object {
  static constexpr std::size_t max_segments = 12;

  std::uintptr_t base = 0;                ///< what to add to an address in the file
  const char* name = "";                  ///< file name without its directory; the loader's storage
  Role role = Role::other;
  bool has_build_id = false;
  BuildId build_id{};
  bool fixed = false;                     ///< linked to one address: code may hold absolute addresses
  Range image;                            ///< all segments and what lies between
  Range constants;                        ///< data made read-only once relocated
  Segment segments[max_segments];
  std::size_t segment_count = 0;
  const Elf64_Dyn* dynamic = nullptr;
  const std::uint8_t* frame_table = nullptr;  ///< .eh_frame_hdr, or null

  /// The mapped segment that holds `address`, or null.
  [[nodiscard]] const Segment* segment_of(std::uintptr_t address) const noexcept;
  /// True if [address, address + size) is mapped readable.
  [[nodiscard]] bool readable(std::uintptr_t address, std::size_t size) const noexcept;
  /// True if, moreover, it cannot be written.
  [[nodiscard]] bool constant(std::uintptr_t address, std::size_t size) const noexcept;
};

/// Describes what dl_iterate_phdr(3) hands out. False if it has more segments than there is room for.
[[nodiscard]] bool describe(const dl_phdr_info& info, Object& object) noexcept;

/// The dynamic symbol table of an object.
class Symbols {
 public:
  explicit Symbols(const Object& object) noexcept;
  /// The address of the symbol called `name`, or 0 if it is not defined here.
  [[nodiscard]] std::uintptr_t find(const char* name) const noexcept;
  /// DT_SONAME, or "".
  [[nodiscard]] const char* soname() const noexcept { return soname_; }
  /// How many entries the table has.
  [[nodiscard]] std::size_t size() const noexcept;
  /// The address of symbol `index` if it is a function defined here, else 0.
  [[nodiscard]] std::uintptr_t function(std::size_t index) const noexcept;
  /// The name of symbol `index`.
  [[nodiscard]] const char* name(std::size_t index) const noexcept {
    return strings_ + symbols_[index].st_name;
  }

 private:
  // DT_GNU_HASH, taken apart: see the System V ABI's supplement, or glibc's elf/dl-lookup.c.
  struct Hash {
    std::uint32_t buckets = 0, first = 0;
    const std::uint32_t* bucket = nullptr;
    const std::uint32_t* chain = nullptr;
  };

  std::uintptr_t base_;
  const Elf64_Sym* symbols_ = nullptr;
  const char* strings_ = nullptr;
  const char* soname_ = "";
  Hash hash_;
};

}  // namespace unblock::patch
