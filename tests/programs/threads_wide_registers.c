// AVX and AVX-512 registers, masks included, survive a blocking `syscall` in the program's own
// code. syscall(2).
#include "program.h"

#include <sys/syscall.h>

enum { count = 30, rounds = 10 };

/// Fills ymm8..15 with `pattern`, sleeps, and returns how many of their 64 words changed.
__attribute__((target("avx2"))) static long over_sleep_avx(uint64_t pattern, struct timespec* rest) {
  uint64_t in[4] = {pattern, ~pattern, pattern * 3, pattern * 5}, out[8][4];
  long result;
  __asm__ volatile(
      "vmovdqu %[in], %%ymm8\n vmovdqa %%ymm8, %%ymm9\n vmovdqa %%ymm8, %%ymm10\n vmovdqa %%ymm8, %%ymm11\n"
      "vmovdqa %%ymm8, %%ymm12\n vmovdqa %%ymm8, %%ymm13\n vmovdqa %%ymm8, %%ymm14\n"
      "vmovdqa %%ymm8, %%ymm15\n"
      "syscall\n"
      "vmovdqu %%ymm8, 0(%[out])\n vmovdqu %%ymm9, 32(%[out])\n vmovdqu %%ymm10, 64(%[out])\n"
      "vmovdqu %%ymm11, 96(%[out])\n vmovdqu %%ymm12, 128(%[out])\n vmovdqu %%ymm13, 160(%[out])\n"
      "vmovdqu %%ymm14, 192(%[out])\n vmovdqu %%ymm15, 224(%[out])\n vzeroupper\n"
      : "=a"(result)
      : "0"((long)SYS_nanosleep), "D"(rest), "S"(NULL), [in] "m"(in), [out] "r"(out)
      : "rcx", "r11", "memory", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  long wrong = result != 0;
  for (int i = 0; i < 8; i++)
    wrong += memcmp(out[i], in, sizeof in) != 0;
  return wrong;
}

/// The same for zmm31, zmm16 and the mask k5.
__attribute__((target("avx512f"))) static long over_sleep_avx512(uint64_t pattern, struct timespec* rest) {
  uint64_t in[8], out[2][8];
  uint32_t mask = (uint16_t)pattern, mask_after = 0;
  long result;
  for (int i = 0; i < 8; i++)
    in[i] = pattern * (2 * i + 1);
  __asm__ volatile(
      "kmovw %[mask], %%k5\n vmovdqu64 %[in], %%zmm31\n vmovdqa64 %%zmm31, %%zmm16\n"
      "syscall\n"
      "vmovdqu64 %%zmm31, 0(%[out])\n vmovdqu64 %%zmm16, 64(%[out])\n kmovw %%k5, %[after]\n vzeroupper\n"
      : "=a"(result), [after] "=&r"(mask_after)
      : "0"((long)SYS_nanosleep), "D"(rest), "S"(NULL), [in] "m"(in), [out] "r"(out), [mask] "r"(mask)
      : "rcx", "r11", "memory", "xmm16", "xmm31", "k5");
  return (result != 0) + (mask_after != mask) + (memcmp(out[0], in, sizeof in) != 0) +
         (memcmp(out[1], in, sizeof in) != 0);
}

static void* body(void* argument) {
  long wrong = 0;
  for (int i = 0; i < rounds; i++) {
    struct timespec rest = {0, 1000000};
    uint64_t pattern = (uint64_t)(as_number(argument) * rounds + i + 1) * 0x9e3779b97f4a7c15u;
    wrong += over_sleep_avx(pattern, &rest);
    if (__builtin_cpu_supports("avx512f"))
      wrong += over_sleep_avx512(pattern, &rest);
  }
  return as_pointer(wrong);
}

int main(void) {
  if (!__builtin_cpu_supports("avx2")) {
    fprintf(stderr, "this processor has no AVX2\n");
    return program_skips;
  }
  pthread_t threads[count];
  for (long i = 0; i < count; i++)
    threads[i] = start(body, as_pointer(i));
  long wrong = 0;
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  printf("wrong %ld\n", wrong);
  return 0;
}
