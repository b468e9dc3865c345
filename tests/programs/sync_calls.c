// A thread that makes one short call after the other, and never waits, beside one that sleeps again and again.
#include "program.h"

#include <stdatomic.h>
#include <sys/stat.h>

// Natively a few hundred calls fit into a nap of a millisecond; into a slice and a look at it some thousands.
enum { naps = 300, most_in_nap = 1500 };

#define DETOUR "/usr/bin/../lib/../.."
#define DETOURS DETOUR DETOUR DETOUR DETOUR

static atomic_long calls;
static atomic_int stopped;

static void* make_calls(void* argument) {
  struct stat status;
  long good = 0;
  while (!stopped) {
    good += stat("/." DETOURS DETOURS DETOURS, &status) == 0;
    calls++;
  }
  return (void)argument, as_pointer(good == calls);
}

int main(void) {
  pthread_t busy = start(make_calls, NULL);
  for (int i = 0; i < naps; i++)
    pause_ms(1);
  printf("held up %d\n", calls > (long)naps * most_in_nap);
  stopped = 1;
  printf("all good %d\n", join(busy) == as_pointer(1));
  return 0;
}
