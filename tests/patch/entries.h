// The test's side of a rewritten site: entry points, and a SIGILL handler for the traps.
#pragma once

#include <csignal>
#include <cstdlib>
#include <ucontext.h>

#include "patch/patch.h"

extern "C" {
void test_entry();
void pass_through();
void answer();
void answer_record();
extern void (*volatile entry_in_use)();
extern volatile unsigned long entries;   // how often a site was reached
}

inline void move_to_stub(int, siginfo_t*, void* context) {
  auto& counter = static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP];
  const std::uintptr_t stub = unblock::patch::trap_target(static_cast<std::uintptr_t>(counter));
  if (!stub) std::abort();
  counter = static_cast<greg_t>(stub);
}

/// Covers everything, once in this process, with test_entry. Returns what cover_all() does.
inline int cover_for_test() {
  struct sigaction action = {};
  action.sa_sigaction = move_to_stub;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGILL, &action, nullptr);
  return unblock::patch::cover_all(test_entry);
}
