// Names for addresses, by what the loaded objects say of themselves.
#include "watchdog/code_location.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/mman.h>

#include "patch/function_bounds.h"
#include "patch/objects.h"

// Newer than the oldest libc we run with.
#pragma weak _dl_find_object

namespace unblock {

namespace {

// The object around `address`, from its headers, which are mapped with its first segment.
bool find_object(std::uintptr_t address, patch::Object& object) noexcept {
  dl_find_object found;
  if (!&_dl_find_object || _dl_find_object(reinterpret_cast<void*>(address), &found) != 0) return false;
  const auto* header = static_cast<const Elf64_Ehdr*>(found.dlfo_map_start);
  if (__builtin_memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return false;
  dl_phdr_info info{};
  info.dlpi_addr = found.dlfo_link_map->l_addr;
  info.dlpi_name = found.dlfo_link_map->l_name;
  info.dlpi_phdr =
      reinterpret_cast<const Elf64_Phdr*>(static_cast<const char*>(found.dlfo_map_start) + header->e_phoff);
  info.dlpi_phnum = header->e_phnum;
  return patch::describe(info, object);
}

bool is_code(const patch::Object& object, std::uintptr_t address) noexcept {
  const patch::Segment* segment = object.segment_of(address);
  return segment && (segment->protection & PROT_EXEC);
}

}  // namespace

CodeLocation locate(std::uintptr_t address) noexcept {
  patch::Object object;
  if (!find_object(address, object) || !is_code(object, address)) return {};
  CodeLocation where{object.name, object.base, nullptr, 0};
  const patch::Symbols symbols(object);
  for (std::size_t index = 0, count = symbols.size(); index < count; ++index) {
    const std::uintptr_t begin = symbols.function(index);
    if (!begin || begin > address || begin <= where.symbol_address) continue;
    where.symbol = symbols.name(index);
    where.symbol_address = begin;
  }
  // One that ends before is a neighbour's name.
  const std::uintptr_t start = function_start(address);
  if (where.symbol && start != address && start > where.symbol_address) where.symbol = nullptr;
  return where;
}

bool follows_call(std::uintptr_t address) noexcept {
  patch::Object object;
  constexpr std::uintptr_t longest = 7;
  if (!find_object(address, object) || !is_code(object, address) || !is_code(object, address - longest))
    return false;
  const auto* code = reinterpret_cast<const std::uint8_t*>(address);
  if (code[-5] == 0xe8) return true;  // call rel32
  // call r/m64: FF /2, with a register, a displacement of 8 or 32 bits, or a scaled index.
  for (int length = 2; length <= 7; ++length)
    if (code[-length] == 0xff && ((code[-length + 1] >> 3) & 7) == 2) return true;
  return false;
}

std::uintptr_t function_start(std::uintptr_t address) noexcept {
  patch::Object object;
  if (!find_object(address, object)) return address;
  const patch::FunctionBounds bounds(object);
  const std::size_t index = bounds.before(address);
  return index < bounds.size() ? bounds.begin(index) : address;
}

}  // namespace unblock
