// threads.c with the library linked: its threads are fibers from the start. Beside it in the same program.
#include <stdio.h>
#include <stdlib.h>
#include <unblock.h>

__attribute__((constructor)) static void opt_in(void) {
  if (unblock_start(NULL) != 0) {
    fprintf(stderr, "%s\n", unblock_reason());
    exit(1);
  }
}
