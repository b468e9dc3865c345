// A thread that sleeps in the middle of dlopen(3), here in the program's own malloc(3), with the dynamic
// linker's lock: the others go on, and so does it.
#include "program.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>

extern void* __libc_malloc(size_t size);

static atomic_bool slow;
static _Atomic long slept;

void* malloc(size_t size) {
  if (atomic_load(&slow)) {
    pause_ms(1);
    atomic_fetch_add(&slept, 1);
  }
  return __libc_malloc(size);
}

static void* body(void* argument) {
  (void)argument;
  atomic_store(&slow, true);
  void* library = dlopen("libresolv.so.2", RTLD_NOW);
  atomic_store(&slow, false);
  return as_pointer(library != NULL);
}

int main(void) {
  printf("opened %ld, ", as_number(join(start(body, NULL))));
  printf("slept %s\n", atomic_load(&slept) > 0 ? "yes" : "no");
  return 0;
}
