// Threads that move much at a time, and fast, before the call that matters.
#pragma once
#include "check.h"

enum { bulk_block = 32 << 10, bulk_blocks = 128 };

/// Moves four megabytes through a socket pair of the calling thread's own.
static void move_much(void) {
  static __thread char data[bulk_block];
  int ends[2];
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  for (int i = 0; i < bulk_blocks; ++i) {
    MUST(write(ends[1], data, sizeof data));
    MUST(read(ends[0], data, sizeof data));
  }
  close(ends[0]);
  close(ends[1]);
}
