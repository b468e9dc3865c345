// What a handler does to calls that block, all of a table at once: the harness. signal(7)
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

static char directory[] = "/tmp/programXXXXXX";

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

static void ignore(int signal) { (void)signal; }

static void* wait_there(void* argument) {
  struct run* run = argument;
  sigset_t set = only(SIGUSR1);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  run->outcome = seen(run->wait->call(&run->place));
  run->done = 1;
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  return NULL;
}

/// Signals for those that still wait, often enough that each was asleep when one came.
static void send_signals(struct run* runs, int count) {
  for (int round = 0; round < 6; ++round) {
    settle();
    for (int i = 0; i < count; ++i)
      if (!runs[i].done) pthread_kill(runs[i].thread, SIGUSR1);
  }
  settle();
}

static void interrupt_all(const struct wait* waits, int count, int flags) {
  struct sigaction action = {.sa_handler = ignore, .sa_flags = flags};
  sigaction(SIGUSR1, &action, NULL);
  struct run* runs = calloc(count, sizeof *runs);
  for (int i = 0; i < count; ++i) waits[i].prepare(&runs[i].place);
  for (int i = 0; i < count; ++i) {
    runs[i].wait = &waits[i];
    runs[i].thread = start(wait_there, &runs[i]);
  }
  send_signals(runs, count);
  for (int i = 0; i < count; ++i) {
    if (!runs[i].done) printf("went on: ");
    waits[i].release(&runs[i].place);
    finish(runs[i].thread);
    tell(waits[i].name, runs[i].outcome);
    if (waits[i].clean) waits[i].clean(&runs[i].place);
  }
  free(runs);
}

static int with_and_without_restart(const struct wait* waits, int count) {
  sigset_t set = only(SIGUSR1);
  char command[64];
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  MUST(-(mkdtemp(directory) == NULL));
  puts("without SA_RESTART");
  interrupt_all(waits, count, 0);
  puts("with SA_RESTART");
  interrupt_all(waits, count, SA_RESTART);
  snprintf(command, sizeof command, "rm -r %s", directory);
  return system(command);
}
