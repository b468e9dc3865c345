// The `unblock` command: sets the environment up so that the library is preloaded, and executes.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

#include "attached.h"
#include "command_line.h"
#include "failure.h"
#include "library.h"
#include "log.h"
#include "obstacle.h"
#include "options.h"
#include "program.h"
#include "show.h"

namespace unblock::launcher {
namespace {

[[noreturn]] void fail_to_execute(const char* name, int error) {
  fail(error == ENOENT ? not_found : cannot_execute, name, ": ", std::strerror(error));
}

/// Says why the program runs natively; ends here if the user forbids that.
void accept_obstacle(const std::string& subject, const std::string& reason, bool strict) {
  if (strict) fail(own_failure, subject, ' ', reason, "; --strict forbids to run it natively");
  log::warning(log::core, subject, ' ', reason, "; it runs natively");
}

void prepare_environment(const std::vector<Setting>& settings) {
  const auto library = find_library();
  if (!library) fail(own_failure, "libunblock-preload.so is neither beside this command nor installed");
  if (!can_be_preloaded(*library))
    fail(own_failure, *library, " has a space or a colon in its path, which LD_PRELOAD cannot express");
  preload(*library);
  for (const Setting& setting : settings) setenv(setting.variable, setting.value.c_str(), 1);
}

/// Becomes the program: its command, then the user's arguments after the program's name.
[[noreturn]] void execute(Program& program, const std::vector<char*>& given) {
  std::vector<char*> arguments;
  for (std::string& word : program.command) arguments.push_back(word.data());
  arguments.insert(arguments.end(), given.begin() + 1, given.end());
  // First what was found already: execvp(3) tries each directory.
  execv(program.file.c_str(), arguments.data());
  execvp(arguments[0], arguments.data());
  fail_to_execute(given[0], errno);
}

/// Shows or changes a process that runs already.
void attend(const CommandLine& command) {
  const Attached process(command.pid);
  for (const Setting& setting : command.settings)
    if (std::string_view(setting.variable) == "UNBLOCK_PROCESSORS") {
      process.set_processors(command.values.processors.number);
      return;
    }
  show(process, command.values.stats);
}

}  // namespace
}  // namespace unblock::launcher

int main(int argc, char** argv) {
  using namespace unblock::launcher;

  // Flags win over the environment, which is in force for the launcher as well.
  unblock::options::load(environ);
  const CommandLine command = parse_command_line(argc, argv);
  if (command.pid) {
    attend(command);
    return std::fflush(stdout) == 0 ? 0 : own_failure;
  }

  // The file that will run, be it behind a script.
  auto program = resolve_program(command.program[0]);
  if (!program) fail_to_execute(command.program[0], ENOENT);

  // Preload where that is possible; what cannot be preloaded runs as it would without us.
  const std::string obstacle = obstacle_to_preload(program->executable);
  if (obstacle.empty())
    prepare_environment(command.settings);
  else
    accept_obstacle(program->subject, obstacle, command.values.strict);

  execute(*program, command.program);
}
