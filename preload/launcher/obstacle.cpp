// Why a library cannot be preloaded into a program: privileges, then what its ELF headers say.
#include "obstacle.h"

#include <elf.h>
#include <fcntl.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "elf_inspect.h"

namespace unblock::launcher {
namespace {

constexpr const char* dynamic_linker = "/lib64/ld-linux-x86-64.so.2";
constexpr const char* launcher = "/proc/self/exe";
constexpr std::string_view glibc_linker_name = "ld-linux-x86-64.so.2";

/// True if the kernel will not honour the set-user-ID bit, whoever owns the file.
bool set_id_is_ignored(const std::string& path) {
  struct statvfs file_system {};
  const bool nosuid = statvfs(path.c_str(), &file_system) == 0 && (file_system.f_flag & ST_NOSUID);
  return nosuid || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

/// The kernel's rule for AT_SECURE (security/commoncap.c): an effective id that is not the real one,
/// or, unless the real user is root, capabilities from the file.
std::string privilege(const std::string& path, const struct stat& file) {
  constexpr const char* consequence = ", so the dynamic linker ignores LD_PRELOAD";
  if (!set_id_is_ignored(path)) {
    const bool user = (file.st_mode & S_ISUID) != 0;
    // Without the execute bit, set-group-ID once meant mandatory locking.
    const bool group = (file.st_mode & S_ISGID) && (file.st_mode & S_IXGRP);
    if (user && file.st_uid != getuid()) return std::string("is set-user-ID") + consequence;
    if (group && file.st_gid != getgid()) return std::string("is set-group-ID") + consequence;
  }
  if (getuid() != 0 && getxattr(path.c_str(), "security.capability", nullptr, 0) > 0)
    return std::string("has file capabilities") + consequence;
  return {};
}

bool is(const struct stat& file, const char* path) {
  struct stat other {};
  return stat(path, &other) == 0 && other.st_dev == file.st_dev && other.st_ino == file.st_ino;
}

/// By the file's name: systems that keep glibc elsewhere than /lib64 have the same name for it.
bool is_glibc(std::string_view interpreter) {
  interpreter.remove_prefix(interpreter.rfind('/') + 1);
  return interpreter == glibc_linker_name;
}

std::string foreignness(const ElfFacts& facts, const struct stat& file) {
  constexpr const char* consequence = ", so no library can be preloaded";
  if (facts.machine != EM_X86_64 && facts.machine != EM_386)
    return "is built for another machine than x86-64 (ELF machine " + std::to_string(facts.machine) + ")";
  if (!facts.is_64_bit) return "is a 32-bit program, and unblock's library is 64-bit";
  if (facts.interpreter.empty()) {
    // The linker started by name has no linker of its own, but preloads all the same. This command leaves it
    // to the program that it becomes.
    if (is(file, dynamic_linker) || is(file, launcher)) return {};
    return std::string(facts.position_independent ? "is a static PIE" : "is statically linked") + consequence;
  }
  if (is_glibc(facts.interpreter)) return {};
  return "is linked to another C library than glibc (" + facts.interpreter + ")";
}

}  // namespace

std::string obstacle_to_preload(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode) || access(path.c_str(), X_OK) != 0) return {};
  if (std::string reason = privilege(path, file); !reason.empty()) return reason;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  const auto facts = inspect_elf(fd);
  close(fd);
  return facts ? foreignness(*facts, file) : std::string();
}

}  // namespace unblock::launcher
