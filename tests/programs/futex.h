// The futex system call for the programs that make it themselves. futex(2).
#pragma once

#include "program.h"

#include <linux/futex.h>
#include <sys/syscall.h>

static inline long futex(uint32_t* word, int operation, uint32_t value, const struct timespec* timeout,
                         uint32_t* word2, uint32_t value3) {
  return syscall(SYS_futex, word, operation, value, timeout, word2, value3);
}

/// The same where the fourth argument is a number (REQUEUE, WAKE_OP).
static inline long futex2(uint32_t* word, int operation, uint32_t value, uint32_t value2, uint32_t* word2,
                          uint32_t value3) {
  return syscall(SYS_futex, word, operation, value, (uintptr_t)value2, word2, value3);
}

/// The result of a call, or the name of its error, in one of a few static buffers.
static inline const char* answer(long result) {
  static char buffers[8][16];
  static int next;
  if (result == -1)
    return error_name(errno);
  char* buffer = buffers[next++ % 8];
  snprintf(buffer, sizeof buffers[0], "%ld", result);
  return buffer;
}

/// Wakes until `count` sleepers of `word` were found, however long they take to fall asleep.
static inline void wake_exactly(uint32_t* word, int operation, int count) {
  while (count > 0) {
    long woken = futex(word, operation, (uint32_t)count, NULL, NULL, 0);
    require(woken == -1 ? errno : 0, "FUTEX_WAKE");
    count -= (int)woken;
    if (count > 0)
      pause_ms(1);
  }
}
