// Libraries that need room in every thread are loaded while there are many threads, and after those have
// ended: each thread, from before and from after, has variables of its own there.
#include "program.h"

#include <dlfcn.h>

enum { before = 300, after = 100 };

typedef int exchange(char);

static exchange* exchange_own;
static pthread_barrier_t loaded, exchanged;

// From beside this program's own file.
static exchange* load(const char* name) {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  path[length > 0 ? length : 0] = 0;
  snprintf(strrchr(path, '/'), 100, "/%s", name);
  void* library = dlopen(path, RTLD_NOW);
  if (library == NULL) {
    printf("%s\n", dlerror());
    return NULL;
  }
  exchange* found;
  *(void**)&found = dlsym(library, "own_tls_exchange");
  return found;
}

// What a thread had, twice: what it was given, and its own. All of them have theirs at the same time.
static void* body(void* argument) {
  char own = (char)(as_number(argument) % 100 + 2);
  pthread_barrier_wait(&loaded);
  if (exchange_own == NULL)
    return NULL;
  int given = exchange_own(own);
  pthread_barrier_wait(&exchanged);
  return as_pointer(given == 1 && exchange_own(0) == own);
}

static void use(const char* name, int first, int later) {
  pthread_t threads[before + after];
  int right = 0;
  pthread_barrier_init(&loaded, NULL, first + later + 1);
  pthread_barrier_init(&exchanged, NULL, first + later);
  for (long i = 0; i < first; i++)
    threads[i] = start(body, as_pointer(i));
  exchange_own = load(name);
  for (long i = first; i < first + later; i++)
    threads[i] = start(body, as_pointer(i));
  pthread_barrier_wait(&loaded);
  for (int i = 0; i < first + later; i++)
    right += as_number(join(threads[i])) == 1;
  printf("%d of %d\n", right, first + later);
}

int main(void) {
  use("libtls_of_144.so", before, after);
  use("libtls_of_1200.so", 0, before);
  return 0;
}
