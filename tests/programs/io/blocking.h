// Calls that block, all of a table at once: the threads that make them, and their places.
#pragma once
#include "check.h"
#include <linux/aio_abi.h>

// What one of the calls has to wait with: made before it, released when the signals were sent.
struct place {
  int fds[2], other[2];
  int id;  // of System V, of a process
  uint32_t word;
  sem_t semaphore;
  pthread_mutex_t mutex;
  pthread_cond_t condition;
  aio_context_t aio;
  char path[64];
  char buffer[256];
};

struct wait {
  const char* name;
  void (*prepare)(struct place*);
  long (*call)(struct place*);
  void (*release)(struct place*);
  void (*clean)(struct place*);  // what would outlive the process
};

/// One thread for each call.
struct run {
  const struct wait* wait;
  struct place place;
  struct outcome outcome;
  pthread_t thread;
  volatile int done;
};

/// What each thread does before its call.
static void (*before_waiting)(void);

static char directory[] = "programXXXXXX";

static inline void nothing(struct place* p) { (void)p; }

static inline void name_file(struct place* p) {
  static int files;
  snprintf(p->path, sizeof p->path, "%s/%d", directory, ++files);
}

static inline sigset_t only(int signal) {
  sigset_t set;
  sigemptyset(&set);
  if (signal) sigaddset(&set, signal);
  return set;
}

static void has_ended(void* run) { ((struct run*)run)->done = 1; }

static void* wait_there(void* argument) {
  struct run* run = argument;
  sigset_t set = only(SIGUSR1);
  pthread_cleanup_push(has_ended, run);
  if (before_waiting) before_waiting();
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  run->outcome = seen(run->wait->call(&run->place));
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  pthread_cleanup_pop(1);
  return NULL;
}

/// Starts a thread for each of the `count` calls; they may be about to block.
static struct run* start_all(const struct wait* waits, int count) {
  struct run* runs = calloc(count, sizeof *runs);
  for (int i = 0; i < count; ++i) waits[i].prepare(&runs[i].place);
  for (int i = 0; i < count; ++i) {
    runs[i].wait = &waits[i];
    runs[i].thread = start(wait_there, &runs[i]);
  }
  return runs;
}

static void ignore(int signal) { (void)signal; }

static void handle(int flags) {
  struct sigaction action = {.sa_handler = ignore, .sa_flags = flags};
  sigaction(SIGUSR1, &action, NULL);
}

/// Lets those that still wait go on, by a signal where there is no other way, and tells how each of them
/// ended.
static void finish_all(struct run* runs, int count) {
  for (int i = 0; i < count; ++i) {
    const struct wait* wait = runs[i].wait;
    if (!runs[i].done) wait->release(&runs[i].place);
    while (wait->release == nothing && !runs[i].done) pthread_kill(runs[i].thread, SIGUSR1), nap(5);
    if (finish(runs[i].thread) == PTHREAD_CANCELED)
      printf("%s: cancelled\n", wait->name);
    else
      tell(wait->name, runs[i].outcome);
    if (wait->clean) wait->clean(&runs[i].place);
  }
  free(runs);
}

/// A directory for the files of `body`.
static int in_a_directory(void (*body)(void)) {
  char command[64];
  sigset_t set = only(SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  handle(0);
  MUST(-(mkdtemp(directory) == NULL));
  body();
  snprintf(command, sizeof command, "rm -r %s", directory);
  return system(command);
}
