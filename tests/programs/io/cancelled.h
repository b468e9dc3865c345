// Cancellation of each call of a table that blocks: the thread ends, or the call goes on. pthreads(7)
#pragma once
#include "blocking.h"
#include "bulk.h"

static const struct wait* cancelled;
static int cancelled_count;

/// Those that wait are cancelled; what that does not end is let go on.
static void cancel_all(const char* what) {
  puts(what);
  struct run* runs = start_all(cancelled, cancelled_count);
  settle(), settle(), settle();
  for (int i = 0; i < cancelled_count; ++i)
    if (!runs[i].done) pthread_cancel(runs[i].thread);
  settle(), settle(), settle();
  finish_all(runs, cancelled_count);
}

static void cancel_self(void) { pthread_cancel(pthread_self()); }
static void disable(void) { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL); }
static void disable_and_cancel(void) { disable(), cancel_self(); }
static void asynchronous(void) { pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL); }

static void in_each_state(void) {
  cancel_all("while it waits");
  before_waiting = move_much;
  cancel_all("while it waits, after much");
  before_waiting = cancel_self;
  cancel_all("before");
  before_waiting = disable;
  cancel_all("disabled");
  before_waiting = disable_and_cancel;
  cancel_all("before, disabled");
  before_waiting = asynchronous;
  cancel_all("asynchronously");
}

static int cancel_each(const struct wait* waits, int count) {
  cancelled = waits;
  cancelled_count = count;
  return in_a_directory(in_each_state);
}
