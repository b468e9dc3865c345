// Kernel threads of our own.
#include "fibers/kernel_thread.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <link.h>
#include <sched.h>
#include <sys/stat.h>

#include "fibers/context.h"
#include "fibers/fiber.h"
#include "format.h"
#include "kernel.h"
#include "memory/memory.h"
#include "runtime_limits.h"
#include "undisturbed.h"

namespace unblock::kernel_thread {

namespace {

// Words of a thread descriptor that compiled code and libc rely on (tcbhead_t, x86-64 psABI TLS).
enum DescriptorWord { tcb = 0, self_pointer = 2, stack_guard = 5, pointer_guard = 6 };
constexpr std::size_t descriptor_bytes = limits::page;  // struct pthread and more; zeroes

// How far below the thread pointer the loaded objects' static TLS reaches.
std::size_t static_tls_bytes() noexcept {
  struct Extent {
    std::uintptr_t fs, bytes;
  } extent{context::current_fs(), 0};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        auto& extent = *static_cast<Extent*>(data);
        const std::uintptr_t below = extent.fs - reinterpret_cast<std::uintptr_t>(info->dlpi_tls_data);
        // What is farther away is a dlopened object's, allocated elsewhere; nothing of ours is there.
        if (info->dlpi_tls_data && below < limits::static_tls) extent.bytes = std::max(extent.bytes, below);
        return 0;
      },
      &extent);
  return (extent.bytes + 2 * limits::page) & ~(limits::page - 1);
}

struct Start {
  void (*body)(void*);
  void* argument;
};

}  // namespace

std::uintptr_t make_tls() noexcept {
  static constinit std::size_t below = 0;
  if (below == 0) below = static_tls_bytes();
  auto* block = static_cast<char*>(memory::map(below + descriptor_bytes));
  if (!block) return 0;
  const auto fs = reinterpret_cast<std::uintptr_t>(block + below);
  auto* words = reinterpret_cast<std::uintptr_t*>(fs);
  const auto* mine = reinterpret_cast<const std::uintptr_t*>(context::current_fs());
  words[tcb] = words[self_pointer] = fs;
  words[stack_guard] = mine[stack_guard];
  words[pointer_guard] = mine[pointer_guard];
  return fs;
}

int start(void (*body)(void*), void* argument, void* stack_top, std::uintptr_t tls,
          std::atomic<pid_t>& ktid) noexcept {
  constexpr unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                                  CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
  auto* start =
      reinterpret_cast<Start*>(reinterpret_cast<std::uintptr_t>(stack_top) & ~std::uintptr_t{63}) - 1;
  *start = {body, argument};
  // Blocked until the thread has set up its own mask.
  const Undisturbed undisturbed;
  register long ctid asm("r10") = kernel::word(&ktid);
  register long fs asm("r8") = static_cast<long>(tls);
  long result;
  asm volatile(
      "syscall\n\t"
      "testq %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xorl %%ebp, %%ebp\n\t"
      "movq 8(%%rsp), %%rdi\n\t"
      "call *(%%rsp)\n\t"
      "movl %[exit], %%eax\n\t"
      "xorl %%edi, %%edi\n\t"
      "syscall\n\t"
      "hlt\n"
      "1:"
      : "=a"(result)
      : "0"(static_cast<long>(SYS_clone)), "D"(flags), "S"(start), "d"(&ktid), "r"(ctid),
        "r"(fs), [exit] "i"(SYS_exit)
      : "rcx", "r11", "memory");
  return result < 0 ? static_cast<int>(result) : 0;
}

void await_gone(pid_t ktid) noexcept {
  constexpr timespec a_while{0, limits::preempted_leaving_us * 1000L};
  while (kernel::call(SYS_tgkill, kernel::call(SYS_getpid), ktid, 0) == 0)
    kernel::call(SYS_nanosleep, &a_while, nullptr);
}

unsigned long count() noexcept {
  struct stat tasks;
  if (kernel::call(SYS_newfstatat, AT_FDCWD, "/proc/self/task", &tasks, 0) < 0) return 0;
  constexpr unsigned long dots = 2;
  return tasks.st_nlink - dots;
}

long open_file(pid_t ktid, std::string_view file, int access) noexcept {
  char path[64] = {};
  format::Writer writer(path, sizeof path - 1);
  writer.put("/proc/self/task/", ktid, '/', file);
  return kernel::call(SYS_openat, AT_FDCWD, path, access | O_CLOEXEC);
}

bool sleeps(pid_t ktid) noexcept {
  const long fd = open_file(ktid, "stat", O_RDONLY);
  if (fd < 0) return false;
  char text[128];
  const long size = kernel::call(SYS_read, fd, text, sizeof text);
  kernel::call(SYS_close, fd);
  // The name is in parentheses, and may have some of its own.
  for (long i = size - 1; i > 0; --i)
    if (text[i] == ')' && i + 2 < size) return text[i + 2] == 'S' || text[i + 2] == 'D';
  return false;
}

}  // namespace unblock::kernel_thread
