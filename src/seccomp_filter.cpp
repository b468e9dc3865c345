// The machine: an accumulator, an index, 16 words of memory. bpf_check_classic() and seccomp_check_filter()
// of the kernel have the instructions there are.
#include "seccomp_filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>

namespace unblock::seccomp_filter {

namespace {

struct Machine {
  std::uint32_t a = 0, x = 0;
  std::uint32_t memory[BPF_MEMWORDS] = {};
  seccomp_data data{};
};

std::uint32_t computed(unsigned operation, std::uint32_t a, std::uint32_t by) noexcept {
  switch (operation) {
    case BPF_ADD: return a + by;
    case BPF_SUB: return a - by;
    case BPF_MUL: return a * by;
    case BPF_DIV: return by ? a / by : 0;
    case BPF_AND: return a & by;
    case BPF_OR: return a | by;
    case BPF_XOR: return a ^ by;
    case BPF_LSH: return by < 32 ? a << by : 0;
    case BPF_RSH: return by < 32 ? a >> by : 0;
    default: return -a;  // BPF_NEG
  }
}

bool holds(unsigned comparison, std::uint32_t a, std::uint32_t with) noexcept {
  switch (comparison) {
    case BPF_JEQ: return a == with;
    case BPF_JGT: return a > with;
    case BPF_JGE: return a >= with;
    default: return a & with;  // BPF_JSET
  }
}

std::uint32_t loaded(const Machine& machine, const sock_filter& step) noexcept {
  switch (BPF_MODE(step.code)) {
    case BPF_IMM: return step.k;
    case BPF_MEM: return machine.memory[step.k % BPF_MEMWORDS];
    case BPF_LEN: return sizeof machine.data;
    default: break;
  }
  std::uint32_t word = 0;
  if (step.k + sizeof word <= sizeof machine.data)
    __builtin_memcpy(&word, reinterpret_cast<const char*>(&machine.data) + step.k, sizeof word);
  return word;
}

}  // namespace

std::uint32_t verdict(const sock_filter* program, std::size_t count, int nr) noexcept {
  Machine machine;
  machine.data.nr = nr;
  machine.data.arch = AUDIT_ARCH_X86_64;
  for (std::size_t at = 0; at < count; ++at) {  // jumps lead forward only
    const sock_filter& step = program[at];
    const std::uint32_t operand = BPF_SRC(step.code) == BPF_X ? machine.x : step.k;
    switch (BPF_CLASS(step.code)) {
      case BPF_LD: machine.a = loaded(machine, step); break;
      case BPF_LDX: machine.x = loaded(machine, step); break;
      case BPF_ST: machine.memory[step.k % BPF_MEMWORDS] = machine.a; break;
      case BPF_STX: machine.memory[step.k % BPF_MEMWORDS] = machine.x; break;
      case BPF_ALU: machine.a = computed(BPF_OP(step.code), machine.a, operand); break;
      case BPF_JMP:
        at += BPF_OP(step.code) == BPF_JA                    ? step.k
              : holds(BPF_OP(step.code), machine.a, operand) ? step.jt
                                                             : step.jf;
        break;
      case BPF_RET: return BPF_RVAL(step.code) == BPF_A ? machine.a : step.k;
      default: BPF_MISCOP(step.code) == BPF_TXA ? machine.a = machine.x : machine.x = machine.a;
    }
  }
  return SECCOMP_RET_KILL_PROCESS;
}

}  // namespace unblock::seccomp_filter
