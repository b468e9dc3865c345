// A handler for each call of a table that blocks: EINTR, or with SA_RESTART the call goes on. signal(7)
#pragma once
#include "blocking.h"

static const struct wait* interrupted;
static int interrupted_count;

/// Signals for those that still wait, often enough that each was asleep when one came.
static void send_signals(struct run* runs) {
  for (int round = 0; round < 6; ++round) {
    settle();
    for (int i = 0; i < interrupted_count; ++i)
      if (!runs[i].done) pthread_kill(runs[i].thread, SIGUSR1);
  }
  settle();
}

static void interrupt_all(int flags) {
  handle(flags);
  struct run* runs = start_all(interrupted, interrupted_count);
  send_signals(runs);
  for (int i = 0; i < interrupted_count; ++i)
    if (!runs[i].done) printf("goes on: %s\n", interrupted[i].name);
  finish_all(runs, interrupted_count);
}

static void both(void) {
  puts("without SA_RESTART");
  interrupt_all(0);
  puts("with SA_RESTART");
  interrupt_all(SA_RESTART);
}

static int with_and_without_restart(const struct wait* waits, int count) {
  interrupted = waits;
  interrupted_count = count;
  return in_a_directory(both);
}
