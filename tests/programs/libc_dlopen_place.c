// Libraries that only this program finds, since it names their place (DT_RUNPATH) or says where that is
// ($ORIGIN): before there are threads, in one of many, and after them.
#include "program.h"

#include <dlfcn.h>

enum { count = 20, rounds = 5 };

static int use(const char* name) {
  void* library = dlopen(name, RTLD_NOW);
  if (library == NULL) {
    printf("%s\n", dlerror());
    return 0;
  }
  int (*placed)(void);
  *(void**)&placed = dlsym(library, "placed");
  int there = placed != NULL && placed() == 1;
  return there && dlclose(library) == 0;
}

static int use_both(void) {
  return use("libplaced.so") + use("$ORIGIN/library/libplaced.so");
}

static void* body(void* argument) {
  long found = 0;
  for (int i = 0; i < rounds; i++) {
    found += use_both();
    pause_ms(as_number(argument) % 3);
  }
  return as_pointer(found);
}

int main(void) {
  pthread_t threads[count];
  long found = 0;
  printf("before %d\n", use_both());
  for (long i = 0; i < count; i++)
    threads[i] = start(body, as_pointer(i));
  for (int i = 0; i < count; i++)
    found += as_number(join(threads[i]));
  printf("threads %ld\nafter %d\n", found, use_both());
  printf("nowhere %d\n", dlopen("libplaced_nowhere.so", RTLD_NOW) != NULL);
  return 0;
}
