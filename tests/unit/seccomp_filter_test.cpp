// What filters say, beside what the kernel makes of the same ones.
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstddef>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "seccomp_filter.h"

using namespace unblock;

namespace {

using Program = std::vector<sock_filter>;

constexpr auto nr_at = offsetof(seccomp_data, nr);
constexpr auto arch_at = offsetof(seccomp_data, arch);
constexpr auto argument_at = offsetof(seccomp_data, args);
constexpr std::uint32_t refuse = SECCOMP_RET_ERRNO | ENOTTY;

sock_filter step(unsigned code, std::uint32_t k, std::uint8_t jt = 0, std::uint8_t jf = 0) {
  return {static_cast<std::uint16_t>(code), jt, jf, k};
}
sock_filter load(std::uint32_t offset) { return step(BPF_LD | BPF_W | BPF_ABS, offset); }
sock_filter ret(std::uint32_t value) { return step(BPF_RET | BPF_K, value); }

// Whether a child under the filter finds getppid(2) refused.
bool kernel_refuses(const Program& program) {
  const pid_t child = fork();
  if (child == 0) {
    // No other call is asked about: a child must be able to end.
    Program guarded{load(nr_at), step(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 1, 0), ret(SECCOMP_RET_ALLOW)};
    guarded.insert(guarded.end(), program.begin(), program.end());
    const sock_fprog filter{static_cast<unsigned short>(guarded.size()), guarded.data()};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
      _exit(2);
    _exit(syscall(SYS_getppid) == -1 && errno == ENOTTY);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) < 2);
  return WEXITSTATUS(status) == 1;
}

bool we_refuse(const Program& program) {
  return seccomp_filter::verdict(program.data(), program.size(), SYS_getppid) == refuse;
}

// Refuses if the accumulator, after `steps`, is `expected`.
Program if_equal(Program steps, std::uint32_t expected) {
  steps.push_back(step(BPF_JMP | BPF_JEQ | BPF_K, expected, 0, 1));
  steps.push_back(ret(refuse));
  steps.push_back(ret(SECCOMP_RET_ALLOW));
  return steps;
}

}  // namespace

TEST_CASE("a filter says what it says to the kernel") {
  constexpr std::uint32_t nr = SYS_getppid;
  const auto alu = [](unsigned operation, std::uint32_t k) { return step(BPF_ALU | operation | BPF_K, k); };
  const Program programs[] = {
      if_equal({load(nr_at)}, nr),
      if_equal({load(nr_at)}, nr + 1),
      if_equal({load(arch_at)}, AUDIT_ARCH_X86_64),
      if_equal({load(argument_at + 4)}, 0),
      if_equal({load(nr_at), alu(BPF_ADD, 5), alu(BPF_MUL, 3), alu(BPF_SUB, 1)}, (nr + 5) * 3 - 1),
      if_equal({load(nr_at), alu(BPF_LSH, 4), alu(BPF_OR, 3), alu(BPF_XOR, 1), alu(BPF_AND, 0xff)},
               (((nr << 4) | 3) ^ 1) & 0xff),
      if_equal({load(nr_at), alu(BPF_DIV, 7), alu(BPF_RSH, 1), alu(BPF_NEG, 0)}, -(nr / 7 >> 1)),
      if_equal({load(nr_at), step(BPF_MISC | BPF_TAX, 0), step(BPF_ALU | BPF_ADD | BPF_X, 0)}, 2 * nr),
      if_equal({load(nr_at), step(BPF_ST, 3), step(BPF_LD | BPF_IMM, 9), step(BPF_LDX | BPF_MEM, 3),
                step(BPF_MISC | BPF_TXA, 0)},
               nr),
      if_equal({step(BPF_LD | BPF_W | BPF_LEN, 0)}, sizeof(seccomp_data)),
      {load(nr_at), step(BPF_JMP | BPF_JSET | BPF_K, nr, 0, 1), ret(refuse), ret(SECCOMP_RET_ALLOW)},
      {load(nr_at), step(BPF_JMP | BPF_JGT | BPF_K, nr, 0, 1), ret(refuse), ret(SECCOMP_RET_ALLOW)},
      {load(nr_at), step(BPF_JMP | BPF_JGE | BPF_K, nr, 0, 3), step(BPF_JMP | BPF_JGT | BPF_K, nr, 2, 0),
       step(BPF_JMP | BPF_JA, 0), ret(refuse), ret(SECCOMP_RET_ALLOW)},
      {step(BPF_LD | BPF_IMM, refuse), step(BPF_RET | BPF_A, 0)},
  };
  for (const Program& program : programs) {
    CAPTURE(&program - programs);
    CHECK(we_refuse(program) == kernel_refuses(program));
  }
}

TEST_CASE("a filter that does not end kills") {
  CHECK(seccomp_filter::verdict(nullptr, 0, SYS_getppid) == SECCOMP_RET_KILL_PROCESS);
}
