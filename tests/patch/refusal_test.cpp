// Where text cannot be rewritten, nothing changes: seccomp plays the hardened system. Each case runs in a
// child of its own, which ends with 0 if all is well.
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "entries.h"

namespace {

using namespace unblock::patch;

// From now on mprotect with exactly this protection fails with EPERM.
bool forbid_protection(unsigned protection) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, protection, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {static_cast<unsigned short>(sizeof code / sizeof *code), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

bool thread_starts() {
  pthread_t thread;
  const auto nothing = [](void*) -> void* { return nullptr; };
  return pthread_create(&thread, nullptr, nothing, nullptr) == 0 && pthread_join(thread, nullptr) == 0;
}

// The program runs natively: no site is covered, and libc works.
bool untouched() {
  ObjectCount count;
  const pid_t child = fork();
  if (child == 0) _exit(11);
  int status = 0;
  waitpid(child, &status, 0);
  return counts(&count, 1) == 0 && WEXITSTATUS(status) == 11 && entries == 0;
}

int refuses(unsigned protection) {
  if (!forbid_protection(protection)) return 1;
  if (cover_gate(test_entry) != -EPERM || !*reason()) return 2;
  if (!untouched()) return 3;
  if (cover_all(test_entry) != -EPERM || !*reason()) return 4;
  return untouched() ? 0 : 5;
}

int without_executable_memory() { return refuses(PROT_READ | PROT_EXEC); }
int without_writable_text() { return refuses(PROT_READ | PROT_WRITE); }

// What the gate has covered stays so when covering the rest fails.
int after_the_gate() {
  if (cover_gate(test_entry) != 0) return 1;
  if (!forbid_protection(PROT_READ | PROT_EXEC)) return 2;
  if (cover_all(test_entry) != -EPERM) return 3;
  ObjectCount count;
  if (counts(&count, 1) != 1 || count.sites != count.jumps) return 4;
  const auto before = entries;
  if (!thread_starts()) return 5;
  return entries == before + 1 ? 0 : 6;
}

// The gate covers what starts threads, and what forbids system calls, but no more.
int gate_alone() {
  if (cover_gate(test_entry) != 0 || cover_gate(test_entry) != 0) return 1;
  (void)!write(-1, "", 1);
  if (entries != 0) return 2;
  if (!thread_starts()) return 3;
  return entries == 1 ? 0 : 4;
}

int run(const char* name, int (*test)()) {
  const pid_t child = fork();
  if (child == 0) _exit(test());
  int status = -1;
  waitpid(child, &status, 0);
  std::printf("%s: %s (status %#x)\n", name, status == 0 ? "ok" : "FAILED", static_cast<unsigned>(status));
  return status != 0;
}

}  // namespace

int main() {
  int failures = 0;
  failures += run("gate alone", gate_alone);
  failures += run("no executable memory", without_executable_memory);
  failures += run("no writable text", without_writable_text);
  failures += run("no executable memory after the gate", after_the_gate);
  return failures != 0;
}
