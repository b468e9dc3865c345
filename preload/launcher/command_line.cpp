// The launcher's command line: flags from the table of options, --help and --version.
#include "command_line.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <getopt.h>
#include <string_view>

#include "exit_status.h"
#include "log.h"
#include "options.h"

namespace unblock::launcher {
namespace {

constexpr const char* usage =
    "usage: unblock [options] [--] program [args]\n"
    "       unblock [--stats | --processors N|auto] --pid PID";

// Answers of getopt_long(3) that are not indices into the table of options.
enum OwnFlag : int { help_flag = 1000, version_flag, pid_flag };

[[noreturn]] void fail_usage(const auto&... parts) {
  log::error(log::core, parts..., "; try 'unblock --help'");
  std::exit(own_failure);
}

/// "--log LEVEL|MODULE[:LEVEL],..."
std::string synopsis(const options::Option& option) {
  std::string text = std::string("--") + option.flag;
  if (option.argument) text.append(" ").append(option.argument);
  return text;
}

/// The default for a reader: not that a switch is off, and without the source's quotes.
std::string default_note(const options::Option& option) {
  if (!option.argument) return "";
  std::string text = option.fallback;
  std::erase(text, '"');
  return " (default: " + text + ")";
}

[[noreturn]] void print_help() {
  std::printf("%s\n\nRuns the program with its threads as fibers, or shows those of a process.\n\n", usage);
  for (const auto& option : options::table())
    if (option.audience == options::Flag)
      std::printf("  %-31s %s%s\n", synopsis(option).c_str(), option.meaning, default_note(option).c_str());
  std::printf("  %-31s %s\n", "--pid PID",
              "show what a process under unblock does, or change its --processors");
  std::printf("  %-31s %s\n", "--help", "print this text");
  std::printf("  %-31s %s\n", "--version", "print the version");
  std::printf("\nEach option is a variable of the environment, too: --no-children is UNBLOCK_NO_CHILDREN=1.\n"
              "The exit status is the program's; 125 if unblock itself fails, 126 if the program cannot be\n"
              "executed, 127 if it is not found.\n");
  std::exit(std::fflush(stdout) == 0 ? 0 : own_failure);
}

[[noreturn]] void print_version() {
  std::printf("unblock %s\n", UNBLOCK_VERSION);
  std::exit(std::fflush(stdout) == 0 ? 0 : own_failure);
}

std::vector<option> long_flags() {
  std::vector<option> flags;
  int index = 0;
  for (const auto& entry : options::table()) {
    if (entry.audience == options::Flag)
      flags.push_back({entry.flag, entry.argument ? required_argument : no_argument, nullptr, index});
    ++index;
  }
  flags.push_back({"pid", required_argument, nullptr, pid_flag});
  flags.push_back({"help", no_argument, nullptr, help_flag});
  flags.push_back({"version", no_argument, nullptr, version_flag});
  flags.push_back({nullptr, 0, nullptr, 0});
  return flags;
}

/// What the user typed that getopt_long(3) did not take.
std::string rejected(char** argv) {
  // A short option has not always moved optind; optopt is it. A long one has.
  const std::string_view word = argv[optind - 1];
  return optopt > 0 && optopt < 256 && !word.starts_with("--") ? std::string("-") + static_cast<char>(optopt)
                                                               : std::string(word);
}

void apply(const options::Option& entry, options::Values& values, CommandLine& command) {
  const char* text = entry.argument ? optarg : "1";
  if (!entry.assign(values, text))
    fail_usage("--", entry.flag, ' ', text, " is not understood: it takes ", entry.argument);
  command.settings.push_back({entry.environment, text});
}

pid_t process_id(const char* text) {
  pid_t pid = 0;
  const char* end = text + std::strlen(text);
  if (const auto [rest, error] = std::from_chars(text, end, pid);
      error != std::errc{} || rest != end || pid < 1)
    fail_usage("--pid ", text, " is not a process");
  return pid;
}

/// What goes with --pid.
void check_for_process(const CommandLine& command, int argc) {
  if (optind != argc) fail_usage("--pid takes no program");
  for (const Setting& setting : command.settings) {
    const std::string_view name = setting.variable;
    if (name != "UNBLOCK_STATS" && name != "UNBLOCK_PROCESSORS")
      fail_usage("of a running process, only --processors can be changed");
  }
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine command;
  options::Values& values = command.values = options::values();
  const std::vector<option> flags = long_flags();
  opterr = 0;
  // '+': stop at the program, whose flags are its own. ':': tell a missing argument apart.
  for (int answer; (answer = getopt_long(argc, argv, "+:", flags.data(), nullptr)) != -1;) {
    if (answer == help_flag) print_help();
    if (answer == version_flag) print_version();
    if (answer == pid_flag) command.pid = process_id(optarg);
    if (answer == pid_flag) continue;
    if (answer == ':') fail_usage(rejected(argv), " needs an argument");
    if (answer == '?') fail_usage(rejected(argv), " is not an option");
    apply(options::table()[static_cast<std::size_t>(answer)], values, command);
  }
  if (command.pid) {
    check_for_process(command, argc);
    return command;
  }
  if (optind == argc) {
    std::fprintf(stderr, "%s\nTry 'unblock --help'.\n", usage);
    std::exit(own_failure);
  }
  command.program.assign(argv + optind, argv + argc + 1);
  return command;
}

}  // namespace unblock::launcher
