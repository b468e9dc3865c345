// On one CPU, after a while in which two threads have done nothing but hand bytes to each other: one that
// computes holds up neither the others nor a signal, and children and locks are as ever.
#include "program.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

static int ends[2];
static atomic_int wanted, given, alarms;

static void* answer(void* argument) {
  char byte;
  while (read(ends[1], &byte, 1) == 1 && write(ends[1], &byte, 1) == 1) continue;
  return argument;
}

static int exchange(void) {
  char byte = 'b';
  return write(ends[0], &byte, 1) == 1 && read(ends[0], &byte, 1) == 1;
}

static void calm(void) {
  const struct timespec end = after_ms(CLOCK_MONOTONIC, 1500);
  long failed = 0;
  do
    failed += !exchange();
  while (!reached(CLOCK_MONOTONIC, end));
  printf("%ld failed; ", failed);
}

static void* give(void* argument) {
  while (!atomic_load(&wanted)) pause_ms(1);
  atomic_store(&given, 1);
  return argument;
}

static void spin(void) {
  atomic_store(&wanted, 1);
  while (!atomic_load(&given)) continue;
  printf("it was given\n");
}

static void count_alarm(int number) {
  (void)number;
  atomic_fetch_add(&alarms, 1);
}

static void compute_until_alarm(void) {
  const struct itimerval soon = {.it_value.tv_usec = 50000};
  setitimer(ITIMER_REAL, &soon, NULL);
  while (!atomic_load(&alarms)) continue;
  printf("alarms %d, exchange %d\n", atomic_load(&alarms), exchange());
}

static int status_of(pid_t child) {
  int status;
  return waitpid(child, &status, 0) == child ? WEXITSTATUS(status) : -1;
}

static void make_children(void) {
  char* arguments[] = {"sh", "-c", "exit 9", NULL};
  pid_t child;
  require(posix_spawn(&child, "/bin/sh", NULL, NULL, arguments, NULL), "posix_spawn");
  printf("spawned %d, exchange %d, ", status_of(child), exchange());
  child = fork();
  if (child == 0) _exit(fcntl(ends[0], F_GETFD) >= 0 ? 7 : 8);
  printf("forked %d, exchange %d\n", status_of(child), exchange());
}

static void* unlock_soon(void* descriptor) {
  pause_ms(50);
  flock((int)as_number(descriptor), LOCK_UN);
  return NULL;
}

static void lock_file(void) {
  char name[] = "/tmp/calm-XXXXXX";
  const int one = mkstemp(name), other = open(name, O_RDWR);
  unlink(name);
  printf("flock: %s, ", outcome(flock(one, LOCK_EX)));
  const pthread_t thread = start(unlock_soon, as_pointer(one));
  printf("%s, exchange %d\n", outcome(flock(other, LOCK_EX)), exchange());
  join(thread);
}

// In a process of its own: what it leaves behind is not the next part's.
static void play(void (*part)(void)) {
  fflush(stdout);
  if (fork() == 0) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) exit(2);
    const pthread_t other = start(answer, NULL), giver = start(give, NULL);
    calm();
    part();
    shutdown(ends[0], SHUT_RDWR);
    join(other);
    atomic_store(&wanted, 1);
    join(giver);
    exit(0);
  }
  int status;
  wait(&status);
  printf("ended with %d\n", status);
}

int main(void) {
  cpu_set_t all, one;
  sched_getaffinity(0, sizeof all, &all);
  CPU_ZERO(&one);
  for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu)
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
  sched_setaffinity(0, sizeof one, &one);
  signal(SIGALRM, count_alarm);
  play(spin);
  play(compute_until_alarm);
  play(make_children);
  play(lock_file);
  return 0;
}
