// ELF headers made by hand: what the launcher reads in them, and what it refuses to believe.
#include <catch2/catch.hpp>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include "../../preload/launcher/elf_inspect.h"

using unblock::launcher::ElfFacts;
using unblock::launcher::inspect_elf;

namespace {

constexpr const char* glibc_linker = "/lib64/ld-linux-x86-64.so.2";

/// A dynamically linked x86-64 program's headers: the ELF header, two segments, the interpreter's name.
struct Image {
  Elf64_Ehdr header{};
  Elf64_Phdr segments[2]{};
  char interpreter[64]{};

  explicit Image(const char* linker = glibc_linker) {
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_type = ET_DYN;
    header.e_machine = EM_X86_64;
    header.e_phoff = offsetof(Image, segments);
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = 2;
    segments[0].p_type = PT_LOAD;
    segments[1].p_type = PT_INTERP;
    segments[1].p_offset = offsetof(Image, interpreter);
    segments[1].p_filesz = std::strlen(linker) + 1;
    std::strcpy(interpreter, linker);
  }
};

std::optional<ElfFacts> inspect(const void* bytes, std::size_t size) {
  const int file = memfd_create("elf", 0);
  REQUIRE(write(file, bytes, size) == static_cast<ssize_t>(size));
  const auto facts = inspect_elf(file);
  close(file);
  return facts;
}

std::optional<ElfFacts> inspect(const Image& image) { return inspect(&image, sizeof image); }

}  // namespace

TEST_CASE("a dynamically linked program has an interpreter") {
  const auto facts = inspect(Image());
  REQUIRE(facts);
  CHECK(facts->is_64_bit);
  CHECK(facts->machine == EM_X86_64);
  CHECK(facts->position_independent);
  CHECK(facts->interpreter == glibc_linker);
}

TEST_CASE("another linker is told by its name") {
  CHECK(inspect(Image("/lib/ld-musl-x86_64.so.1"))->interpreter == "/lib/ld-musl-x86_64.so.1");
}

TEST_CASE("a static program has none, at a fixed place or not") {
  Image image;
  image.segments[1].p_type = PT_NOTE;
  CHECK(inspect(image)->interpreter.empty());
  CHECK(inspect(image)->position_independent);
  image.header.e_type = ET_EXEC;
  CHECK_FALSE(inspect(image)->position_independent);
}

TEST_CASE("of a foreign program only class and machine are read") {
  Elf32_Ehdr narrow{};
  std::memcpy(narrow.e_ident, ELFMAG, SELFMAG);
  narrow.e_ident[EI_CLASS] = ELFCLASS32;
  narrow.e_ident[EI_DATA] = ELFDATA2LSB;
  narrow.e_machine = EM_386;
  const auto facts = inspect(&narrow, sizeof narrow);
  REQUIRE(facts);
  CHECK_FALSE(facts->is_64_bit);
  CHECK(facts->machine == EM_386);

  Image big;
  big.header.e_ident[EI_DATA] = ELFDATA2MSB;
  big.header.e_machine = __builtin_bswap16(EM_S390);
  CHECK(inspect(big)->machine == EM_S390);
}

TEST_CASE("what is not an ELF file, or not whole, is refused") {
  CHECK_FALSE(inspect("", 0));
  CHECK_FALSE(inspect("#!/bin/sh\n", 10));
  const Image image;
  for (std::size_t size = 0; size < offsetof(Image, interpreter) + std::strlen(glibc_linker); ++size) {
    INFO(size);
    CHECK_FALSE(inspect(&image, size));
  }
  CHECK_FALSE(inspect_elf(-1));
}

TEST_CASE("offsets and sizes out of bounds are refused") {
  Image image;
  image.header.e_phoff = ~0UL;
  CHECK_FALSE(inspect(image));
  image = Image();
  image.header.e_phentsize = sizeof(Elf32_Phdr);
  CHECK_FALSE(inspect(image));
  image = Image();
  image.header.e_phnum = 0;
  CHECK_FALSE(inspect(image));
  image = Image();
  image.header.e_phnum = 0xffff;
  CHECK_FALSE(inspect(image));
  for (const std::uint64_t size : {0UL, 1UL, 5000UL, ~0UL}) {
    image = Image();
    image.segments[1].p_filesz = size;
    CHECK_FALSE(inspect(image));
  }
  image = Image();
  image.segments[1].p_offset = ~0UL - 8;
  CHECK_FALSE(inspect(image));
  image = Image();
  image.header.e_type = ET_REL;
  CHECK_FALSE(inspect(image));
}

TEST_CASE("an interpreter's name ends at its first zero") {
  Image image;
  image.segments[1].p_filesz = sizeof image.interpreter;
  CHECK(inspect(image)->interpreter == glibc_linker);
}

TEST_CASE("our own binary reads as what it is") {
  const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  const auto facts = inspect_elf(file);
  close(file);
  REQUIRE(facts);
  CHECK(facts->interpreter == glibc_linker);
}
