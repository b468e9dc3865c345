// The launcher's command line: `unblock [options] [--] program [args]`, `unblock [options] --pid PID`.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

#include "options.h"

namespace unblock::launcher {

/// A variable for the library, as the flags ask for it.
struct Setting {
  const char* variable;
  std::string value;
};

struct CommandLine {
  std::vector<Setting> settings;
  options::Values values;      ///< of the environment and the flags
  pid_t pid = 0;               ///< the process to show or change; 0: there is a program to run
  std::vector<char*> program;  ///< the program and its arguments, then a null pointer: as for execvp(3)
};

/// Parses the command line; flags win over what options::load() found in the environment. Answers
/// --help and --version itself and exits with 0; exits with own_failure on a usage error, after a
/// line on stderr that says which.
[[nodiscard]] CommandLine parse_command_line(int argc, char** argv);

}  // namespace unblock::launcher
