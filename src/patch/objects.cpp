// A loaded ELF object: read from its program headers and its dynamic section, as mapped.
#include "objects.h"

#include <cstring>
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "runtime_limits.h"

namespace unblock::patch {

namespace {

// An address inside the object this code was linked into: its system calls are the runtime's own.
const char own_mark = 0;

constexpr std::uintptr_t page_floor(std::uintptr_t address) noexcept { return address & ~(limits::page - 1); }
constexpr std::uintptr_t page_ceiling(std::uintptr_t address) noexcept {
  return page_floor(address + limits::page - 1);
}

int protection_of(Elf64_Word flags) noexcept {
  return (flags & PF_R ? PROT_READ : 0) | (flags & PF_W ? PROT_WRITE : 0) | (flags & PF_X ? PROT_EXEC : 0);
}

const char* file_name(const char* path) noexcept {
  if (!path || !*path) path = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  if (!path) return "program";
  const char* slash = std::strrchr(path, '/');
  return slash ? slash + 1 : path;
}

Role role_of(const Object& object) noexcept {
  if (object.image.contains(getauxval(AT_SYSINFO_EHDR))) return Role::vdso;
  if (object.image.contains(reinterpret_cast<std::uintptr_t>(&own_mark))) return Role::own;
  const Symbols symbols(object);
  if (!std::strcmp(symbols.soname(), "libc.so.6") && symbols.find("gnu_get_libc_version")) return Role::libc;
  if (!std::strcmp(symbols.soname(), "ld-linux-x86-64.so.2")) return Role::loader;
  return Role::other;
}

// A note is a header, a name and its contents, each of whole words. See elf(5).
void read_notes(Range notes, Object& object) noexcept {
  constexpr auto in_words = [](std::size_t bytes) { return (bytes + 3) & ~std::size_t{3}; };
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    const auto* note = reinterpret_cast<const Elf64_Nhdr*>(notes.begin);
    const auto* name = reinterpret_cast<const char*>(note + 1);
    const char* contents = name + in_words(note->n_namesz);
    notes.begin = reinterpret_cast<std::uintptr_t>(contents) + in_words(note->n_descsz);
    if (notes.begin > notes.end) return;
    const bool gnu = note->n_namesz == sizeof ELF_NOTE_GNU && !std::strcmp(name, ELF_NOTE_GNU);
    if (!gnu || note->n_type != NT_GNU_BUILD_ID || note->n_descsz != sizeof object.build_id) continue;
    std::memcpy(object.build_id.data(), contents, sizeof object.build_id);
    object.has_build_id = true;
  }
}

}  // namespace

const Segment* Object::segment_of(std::uintptr_t address) const noexcept {
  for (std::size_t i = 0; i < segment_count; ++i)
    if (segments[i].range.contains(address)) return &segments[i];
  return nullptr;
}

bool Object::readable(std::uintptr_t address, std::size_t size) const noexcept {
  const Segment* segment = segment_of(address);
  return segment && (segment->protection & PROT_READ) && size <= segment->range.end - address;
}

bool Object::constant(std::uintptr_t address, std::size_t size) const noexcept {
  if (!readable(address, size)) return false;
  if (constants.contains(address)) return size <= constants.end - address;
  return !(segment_of(address)->protection & PROT_WRITE);
}

bool describe(const dl_phdr_info& info, Object& object) noexcept {
  object = Object{};
  object.base = info.dlpi_addr;
  object.name = file_name(info.dlpi_name);
  object.image = {~0UL, 0};
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const Elf64_Phdr& header = info.dlpi_phdr[i];
    const std::uintptr_t start = info.dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_DYNAMIC) object.dynamic = reinterpret_cast<const Elf64_Dyn*>(start);
    if (header.p_type == PT_GNU_EH_FRAME) object.frame_table = reinterpret_cast<const std::uint8_t*>(start);
    if (header.p_type == PT_GNU_RELRO) object.constants = {start, start + header.p_memsz};
    if (header.p_type != PT_LOAD || header.p_memsz == 0) continue;
    if (object.segment_count == Object::max_segments) return false;
    const Range range{start, start + header.p_memsz};
    object.segments[object.segment_count++] = {range, protection_of(header.p_flags)};
    if (page_floor(range.begin) < object.image.begin) object.image.begin = page_floor(range.begin);
    if (page_ceiling(range.end) > object.image.end) object.image.end = page_ceiling(range.end);
  }
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const Elf64_Phdr& header = info.dlpi_phdr[i];
    const std::uintptr_t start = info.dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_NOTE && object.readable(start, header.p_memsz))
      read_notes({start, start + header.p_memsz}, object);
  }
  object.fixed = info.dlpi_addr == 0;
  object.role = role_of(object);
  return object.segment_count != 0;
}

Symbols::Symbols(const Object& object) noexcept : base_(object.base) {
  if (!object.dynamic) return;
  // The loader relocates these entries in place, except in the vdso.
  const auto at = [&](Elf64_Addr value) { return value < object.image.begin ? value + object.base : value; };
  Elf64_Xword soname = 0;
  const std::uint32_t* hash = nullptr;
  for (const Elf64_Dyn* entry = object.dynamic; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_SYMTAB) symbols_ = reinterpret_cast<const Elf64_Sym*>(at(entry->d_un.d_ptr));
    if (entry->d_tag == DT_STRTAB) strings_ = reinterpret_cast<const char*>(at(entry->d_un.d_ptr));
    if (entry->d_tag == DT_GNU_HASH) hash = reinterpret_cast<const std::uint32_t*>(at(entry->d_un.d_ptr));
    if (entry->d_tag == DT_SONAME) soname = entry->d_un.d_val;
  }
  if (!symbols_ || !strings_) return;
  if (soname) soname_ = strings_ + soname;
  if (!hash) return;
  const std::uint32_t* bucket = hash + 4 + 2 * hash[2];
  hash_ = {hash[0], hash[1], bucket, bucket + hash[0]};
}

// Only the hash table knows how many symbols there are: the highest chain ends at the last one.
std::size_t Symbols::size() const noexcept {
  std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < hash_.buckets; ++i)
    if (hash_.bucket[i] > last) last = hash_.bucket[i];
  if (last < hash_.first || last == 0) return 0;
  while (!(hash_.chain[last - hash_.first] & 1)) ++last;
  return last + 1;
}

std::uintptr_t Symbols::find(const char* name) const noexcept {
  if (hash_.buckets == 0) return 0;
  std::uint32_t code = 5381;
  for (const char* c = name; *c; ++c) code = code * 33 + static_cast<unsigned char>(*c);
  std::uint32_t index = hash_.bucket[code % hash_.buckets];
  if (index < hash_.first) return 0;
  for (;; ++index) {
    const std::uint32_t entry = hash_.chain[index - hash_.first];
    if ((entry | 1) == (code | 1) && !std::strcmp(strings_ + symbols_[index].st_name, name))
      return function(index);
    if (entry & 1) return 0;
  }
}

std::uintptr_t Symbols::function(std::size_t index) const noexcept {
  const Elf64_Sym& symbol = symbols_[index];
  const bool defined = symbol.st_shndx != SHN_UNDEF && symbol.st_shndx < SHN_LORESERVE;
  return defined && ELF64_ST_TYPE(symbol.st_info) == STT_FUNC ? base_ + symbol.st_value : 0;
}

}  // namespace unblock::patch
