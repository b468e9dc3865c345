// dlopen(3), dlsym(3), dlerror(3) and dlclose(3) from many threads at once; each has its own dlerror.
#include "program.h"

#include <dlfcn.h>

enum { count = 30, rounds = 10 };

static volatile double two = 2;

static long use_libm(void) {
  void* library = dlopen("libm.so.6", RTLD_NOW);
  if (library == NULL)
    return 1;
  double (*cosine)(double) = NULL;
  *(void**)&cosine = dlsym(library, "cos");
  long wrong = cosine == NULL || cosine(0 * two) != 1;
  wrong += dlclose(library) != 0;
  return wrong;
}

static long fail(long own) {
  char name[64];
  snprintf(name, sizeof name, "/nonexistent/lib%02ld.so", own);
  long wrong = dlopen(name, RTLD_LAZY) != NULL;
  pause_ms(own % 2);
  const char* error = dlerror();
  wrong += error == NULL || strncmp(error, name, strlen(name)) != 0;
  wrong += dlerror() != NULL;
  return wrong;
}

static void* body(void* argument) {
  long wrong = 0;
  for (int i = 0; i < rounds; i++)
    wrong += use_libm() + fail(as_number(argument));
  wrong += dlsym(RTLD_DEFAULT, "pthread_create") == NULL;
  wrong += dlsym(RTLD_DEFAULT, "no_such_symbol_here") != NULL;
  return as_pointer(wrong);
}

int main(void) {
  pthread_t threads[count];
  long wrong = 0;
  for (long i = 0; i < count; i++)
    threads[i] = start(body, as_pointer(i));
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  printf("wrong %ld\n", wrong);
  return 0;
}
