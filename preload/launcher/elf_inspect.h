// What an ELF file's headers say about how it would be loaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace unblock::launcher {

struct ElfFacts {
  bool is_64_bit = false;
  std::uint16_t machine = 0;            ///< EM_X86_64 and so on, see <elf.h>
  bool position_independent = false;    ///< ET_DYN
  std::string interpreter;              ///< PT_INTERP: the dynamic linker; empty if there is none
};

/// Reads the headers of the file open on `fd`, wherever its offset is. Nothing if it is not an ELF file
/// that elf(5) allows to run, or cannot be read. Of files for other machines than ours, only the
/// class and the machine are looked at.
[[nodiscard]] std::optional<ElfFacts> inspect_elf(int fd);

}  // namespace unblock::launcher
