// Finding the library in another process, and its view.
#include "attached.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/uio.h>
#include <utility>

#include "failure.h"
#include "fibers/carrier.h"
#include "fibers/fiber.h"

namespace unblock::launcher {
namespace {

/// Where the library begins in a process, and what it was read from.
struct Mapping {
  std::uintptr_t begin;
  std::string contents;
};

bool is_library(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name == "libunblock-preload.so" || name.starts_with("libunblock.so");
}

std::string contents(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// By proc_pid_maps(5). The file by the range it is mapped to, which finds it even when it was replaced, but
/// is for the privileged; else by its name. Ends the launcher if there is no such process, or it is another
/// user's.
std::optional<Mapping> find_mapping(pid_t pid) {
  const std::string directory = "/proc/" + std::to_string(pid);
  std::ifstream maps(directory + "/maps");
  if (!maps) fail(own_failure, "process ", pid, ": ", std::strerror(errno == ENOENT ? ESRCH : errno));
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::string range, permissions, offset, device, inode, path;
    words >> range >> permissions >> offset >> device >> inode >> path;
    if (!is_library(path)) continue;
    std::string file = contents(directory + "/map_files/" + range);
    if (file.empty()) file = contents(directory + "/root" + path);
    return Mapping{std::stoul(range, nullptr, 16), std::move(file)};
  }
  return std::nullopt;
}

template <class T>
const T* part(const std::string& elf, std::size_t offset, std::size_t count = 1) {
  if (offset > elf.size() || count > (elf.size() - offset) / sizeof(T)) return nullptr;
  return reinterpret_cast<const T*>(elf.data() + offset);
}

/// The value of a symbol that the library exports, from its table of sections.
std::optional<std::uintptr_t> exported(const std::string& elf, std::string_view symbol) {
  const auto* header = part<Elf64_Ehdr>(elf, 0);
  const auto* sections = header ? part<Elf64_Shdr>(elf, header->e_shoff, header->e_shnum) : nullptr;
  if (!sections) return std::nullopt;
  for (unsigned i = 0; i < header->e_shnum; ++i) {
    if (sections[i].sh_type != SHT_DYNSYM || sections[i].sh_link >= header->e_shnum) continue;
    const std::size_t count = sections[i].sh_size / sizeof(Elf64_Sym);
    const auto* symbols = part<Elf64_Sym>(elf, sections[i].sh_offset, count);
    for (std::size_t n = 0; symbols && n < count; ++n) {
      const auto* name =
          part<char>(elf, sections[sections[i].sh_link].sh_offset + symbols[n].st_name, symbol.size() + 1);
      if (name && name == symbol) return symbols[n].st_value;
    }
  }
  return std::nullopt;
}

}  // namespace

bool Attached::read_bytes(std::uintptr_t address, void* copy, std::size_t size) const {
  const iovec local{copy, size};
  const iovec remote{reinterpret_cast<void*>(address), size};
  return process_vm_readv(pid_, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(size);
}

Attached::Attached(pid_t pid) : pid_(pid) {
  const std::string process = "process " + std::to_string(pid);
  const auto mapping = find_mapping(pid);
  if (!mapping) fail(own_failure, process, " does not run under unblock; start it as 'unblock PROGRAM'");
  const auto value = exported(mapping->contents, "unblock_view");
  if (!value) fail(own_failure, process, " has a library of unblock that cannot be read");
  view_address_ = mapping->begin + *value;
  if (!read_bytes(view_address_, view_, sizeof view_))
    fail(own_failure, process, " may not be looked at: ", std::strerror(errno), "; see ptrace(2)");
  const bool same = std::strncmp(view().version, UNBLOCK_VERSION, sizeof view().version) == 0 &&
                    view().fiber_size == sizeof(Fiber) && view().carrier_size == sizeof(Carrier);
  if (!same) fail(own_failure, process, " runs under another version of unblock");
}

void Attached::set_processors(int number) const {
  const iovec local{&number, sizeof number};
  const iovec remote{reinterpret_cast<void*>(view_address_ + offsetof(View, processors)), sizeof number};
  if (process_vm_writev(pid_, &local, 1, &remote, 1, 0) != sizeof number)
    fail(own_failure, "process ", pid_, " may not be changed: ", std::strerror(errno), "; see ptrace(2)");
}

}  // namespace unblock::launcher
