// What the programs here share: checked thread calls, names of errors, deadlines. Nothing of unblock.
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/// The exit status that says "this machine cannot run me"; print the reason first.
enum { program_skips = 77 };

/// "EBUSY" and the like; "ok" for 0.
static inline const char* error_name(int error) {
  const char* name = error == 0 ? "ok" : strerrorname_np(error);
  return name != NULL ? name : "an unknown error";
}

/// The name of errno after a call that returns -1 when it fails, "ok" otherwise.
static inline const char* outcome(long result) {
  return error_name(result == -1 ? errno : 0);
}

/// Ends the process with status 2 when `error`, a result of `what`, is not 0.
static inline void require(int error, const char* what) {
  if (error == 0)
    return;
  fprintf(stderr, "%s: %s\n", what, error_name(error));
  exit(2);
}

static inline pthread_t start(void* (*body)(void*), void* argument) {
  pthread_t thread;
  require(pthread_create(&thread, NULL, body, argument), "pthread_create");
  return thread;
}

static inline void* join(pthread_t thread) {
  void* result = NULL;
  require(pthread_join(thread, &result), "pthread_join");
  return result;
}

/// Numbers as thread arguments and results.
static inline void* as_pointer(long number) {
  return (void*)(intptr_t)number;
}

static inline long as_number(void* pointer) {
  return (long)(intptr_t)pointer;
}

static inline struct timespec now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time;
}

/// The time `ms` milliseconds from now (before now, when negative).
static inline struct timespec after_ms(clockid_t clock, long ms) {
  struct timespec time = now(clock);
  long ns = time.tv_nsec + ms % 1000 * 1000000;
  time.tv_sec += ms / 1000;
  if (ns < 0) {
    ns += 1000000000;
    time.tv_sec--;
  }
  time.tv_sec += ns / 1000000000;
  time.tv_nsec = ns % 1000000000;
  return time;
}

/// True when `clock` has reached `time`: what waited for it was not woken early.
static inline int reached(clockid_t clock, struct timespec time) {
  struct timespec current = now(clock);
  return current.tv_sec != time.tv_sec ? current.tv_sec > time.tv_sec : current.tv_nsec >= time.tv_nsec;
}

/// Blocks the calling thread, so that others run.
static inline void pause_ms(long ms) {
  struct timespec rest = {ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&rest, &rest) == -1 && errno == EINTR) {
  }
}
