// The floating point environment belongs to the thread: rounding, mxcsr, x87 word, kept over
// blocking. System V ABI, 3.2.1.
#include "program.h"

#include <sched.h>
#include <xmmintrin.h>

enum { count = 40, rounds = 20 };

enum { nearest, downward, upward, toward_zero };  // as both units encode them

static volatile double one = 1, three = 3;
static pthread_barrier_t together;

static unsigned short x87_word(void) {
  unsigned short word;
  __asm__ volatile("fnstcw %0" : "=m"(word));
  return word;
}

static void round_by(int mode) {
  unsigned short word = (unsigned short)((x87_word() & ~0xc00) | mode << 10);
  __asm__ volatile("fldcw %0" : : "m"(word));
  _MM_SET_ROUNDING_MODE((unsigned)mode << 13);
}

static int rounding(void) {
  int mode = (int)_MM_GET_ROUNDING_MODE() >> 13;
  return (x87_word() >> 10 & 3) == mode ? mode : -1;
}

static void* body(void* argument) {
  long own = as_number(argument), wrong = 0;
  wrong += rounding() != upward;  // inherited from the creator
  wrong += (_mm_getcsr() & _MM_FLUSH_ZERO_MASK) != _MM_FLUSH_ZERO_ON;
  round_by((int)own % 4);
  _MM_SET_FLUSH_ZERO_MODE(own % 2 ? _MM_FLUSH_ZERO_ON : _MM_FLUSH_ZERO_OFF);
  unsigned control = _mm_getcsr() & ~0x3fu;  // without the exception flags
  unsigned short word = x87_word();
  double third = one / three;
  for (int i = 0; i < rounds; i++) {
    if (i % 3 == 0)
      pthread_barrier_wait(&together);
    if (i % 3 == 1)
      pause_ms(1);
    else
      sched_yield();
    wrong += (_mm_getcsr() & ~0x3fu) != control;
    wrong += x87_word() != word;
    wrong += rounding() != own % 4;
    wrong += one / three != third;
  }
  return as_pointer(wrong);
}

int main(void) {
  pthread_t threads[count];
  pthread_barrier_init(&together, NULL, count);
  round_by(upward);
  _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON);
  for (long i = 0; i < count; i++)
    threads[i] = start(body, as_pointer(i));
  long wrong = 0;
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  printf("wrong %ld, main rounds %s\n", wrong, rounding() == upward ? "upward" : "otherwise");
  return 0;
}
