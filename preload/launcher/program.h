// Which ELF file will run in the end, if the user asks for a program by name.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace unblock::launcher {

struct Program {
  std::string executable;  ///< the ELF file: the program, or the interpreter of the script it is
  std::string file;        ///< what execvp(3) would find for the command's first word
  std::string subject;     ///< how to name it in a message
  /// What to execute with the program's arguments appended; see resolve_program().
  std::vector<std::string> command;
};

/// Finds `name` as execvp(3) does, and follows scripts to their interpreter. The command of a script
/// that starts with `#!/usr/bin/env python3` becomes `python3 script`, what env(1) would execute next:
/// it is python3 that the user means, by --no-children above all. Nothing if there is no such file.
[[nodiscard]] std::optional<Program> resolve_program(const std::string& name);

}  // namespace unblock::launcher
