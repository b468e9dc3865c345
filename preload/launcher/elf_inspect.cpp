// What an ELF file's headers say about how it would be loaded: reading them.
#include "elf_inspect.h"

#include <climits>
#include <cstring>
#include <elf.h>
#include <unistd.h>
#include <vector>

namespace unblock::launcher {
namespace {

bool read_exactly(int fd, void* to, std::size_t size, std::uint64_t offset) {
  if (offset > LONG_MAX - size) return false;
  return pread(fd, to, size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size);
}

/// The text of a PT_INTERP segment; nothing if it is not within the kernel's bounds.
std::optional<std::string> read_interpreter(int fd, const Elf64_Phdr& segment) {
  if (segment.p_filesz < 2 || segment.p_filesz > PATH_MAX) return std::nullopt;
  std::string text(segment.p_filesz, '\0');
  if (!read_exactly(fd, text.data(), text.size(), segment.p_offset)) return std::nullopt;
  text.resize(std::strlen(text.c_str()));
  return text;
}

std::optional<std::vector<Elf64_Phdr>> read_segments(int fd, const Elf64_Ehdr& header) {
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0) return std::nullopt;
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  const std::size_t size = segments.size() * sizeof segments[0];
  if (!read_exactly(fd, segments.data(), size, header.e_phoff)) return std::nullopt;
  return segments;
}

}  // namespace

std::optional<ElfFacts> inspect_elf(int fd) {
  // The 32-bit header is shorter, and the same up to the machine's number.
  Elf64_Ehdr header{};
  if (!read_exactly(fd, &header, sizeof(Elf32_Ehdr), 0)) return std::nullopt;
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return std::nullopt;

  ElfFacts facts;
  facts.is_64_bit = header.e_ident[EI_CLASS] == ELFCLASS64;
  const bool big_endian = header.e_ident[EI_DATA] == ELFDATA2MSB;
  facts.machine = big_endian ? __builtin_bswap16(header.e_machine) : header.e_machine;
  if (!facts.is_64_bit || facts.machine != EM_X86_64) return facts;

  if (!read_exactly(fd, &header, sizeof header, 0)) return std::nullopt;
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN) return std::nullopt;
  facts.position_independent = header.e_type == ET_DYN;
  const auto segments = read_segments(fd, header);
  if (!segments) return std::nullopt;
  for (const Elf64_Phdr& segment : *segments) {
    if (segment.p_type != PT_INTERP) continue;
    const auto interpreter = read_interpreter(fd, segment);
    if (!interpreter) return std::nullopt;
    facts.interpreter = *interpreter;
    break;
  }
  return facts;
}

}  // namespace unblock::launcher
