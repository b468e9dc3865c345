// Which ELF file will run in the end: the search along PATH, and scripts.
#include "program.h"

#include <cstdlib>
#include <elf.h>
#include <fcntl.h>
#include <sstream>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace unblock::launcher {
namespace {

constexpr std::size_t script_head = 256;   // bytes of a script the kernel looks at (BINPRM_BUF_SIZE)
constexpr int script_levels = 5;           // scripts run by scripts before the kernel gives up
constexpr const char* default_path = "/bin:/usr/bin";  // execvp's, if PATH is not set

bool is_file(const std::string& path) {
  struct stat file {};
  return stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode);
}

/// The first executable of that name along PATH; failing that, a file that is not executable.
std::optional<std::string> search(const std::string& name) {
  if (name.find('/') != name.npos) {
    if (access(name.c_str(), F_OK) == 0) return name;
    return std::nullopt;
  }
  const char* path = std::getenv("PATH");
  std::istringstream directories((path ? std::string(path) : default_path) + ":");
  std::optional<std::string> not_executable;
  for (std::string directory; !name.empty() && std::getline(directories, directory, ':');) {
    const std::string candidate = directory.empty() ? name : directory + "/" + name;
    if (!is_file(candidate)) continue;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
    if (!not_executable) not_executable = candidate;
  }
  return not_executable;
}

/// The start of a file; nothing if it is not a file, or not one that we may read.
std::optional<std::string> read_head(const std::string& path) {
  if (!is_file(path)) return std::nullopt;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string head(script_head, '\0');
  const ssize_t length = pread(fd, head.data(), head.size(), 0);
  close(fd);
  if (length < 0) return std::nullopt;
  head.resize(static_cast<std::size_t>(length));
  return head;
}

std::string_view trim(std::string_view text) {
  constexpr const char* blanks = " \t";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// The line after `#!`: the interpreter, and all the rest as one argument, as the kernel has it.
struct Shebang {
  std::string interpreter;
  std::string argument;
};

std::optional<Shebang> parse_shebang(std::string_view head) {
  if (!head.starts_with("#!")) return std::nullopt;
  const std::string_view line = trim(head.substr(2, head.find('\n') - 2));
  const std::size_t blank = line.find_first_of(" \t");
  if (line.empty()) return std::nullopt;
  if (blank == line.npos) return Shebang{std::string(line), ""};
  return Shebang{std::string(line.substr(0, blank)), std::string(trim(line.substr(blank)))};
}

/// The words that env(1) would execute for this line; none if the line asks env for more than that.
std::vector<std::string> command_of_env(const Shebang& line) {
  const std::string_view interpreter = line.interpreter;
  if (interpreter.substr(interpreter.rfind('/') + 1) != "env") return {};
  std::string text = line.argument;
  const bool split = text.starts_with("-S");
  if (split) text.erase(0, 2);
  std::vector<std::string> words;
  if (text.find_first_of("'\"\\$#=") != text.npos) return {};
  std::istringstream rest(text);
  for (std::string word; rest >> word;) words.push_back(word);
  if (words.empty() || words[0].starts_with('-') || (!split && words.size() > 1)) return {};
  return words;
}

/// One step from a script to what runs it. False if `program.executable` is no script.
bool follow_script(Program& program, int level) {
  if (access(program.executable.c_str(), X_OK) != 0) return false;
  const auto head = read_head(program.executable);
  if (!head || head->starts_with(ELFMAG)) return false;
  const auto line = parse_shebang(*head);
  if (!line) {
    // execvp(3) gives what the kernel does not know to the shell; the kernel itself does not.
    if (level == 0) program.executable = "/bin/sh";
    return false;
  }
  const std::vector<std::string> words = command_of_env(*line);
  const auto found = words.empty() ? std::nullopt : search(words[0]);
  if (found && level == 0) {
    program.command = words;
    program.file = *found;
    program.command.push_back(program.executable);
  }
  program.executable = found.value_or(line->interpreter);
  return true;
}

}  // namespace

std::optional<Program> resolve_program(const std::string& name) {
  const auto path = search(name);
  if (!path) return std::nullopt;
  Program program{*path, *path, name, {name}};
  for (int level = 0; level <= script_levels && follow_script(program, level); ++level) {
  }
  if (program.executable != *path) program.subject = program.executable + ", which runs " + name + ",";
  return program;
}

}  // namespace unblock::launcher
