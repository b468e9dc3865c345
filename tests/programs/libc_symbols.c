// What a program finds by name among all it is linked with: nothing that it does not use itself. A plugin may
// bring a changed libev of its own, as puma's nio4r does; the first symbol of a name is the one that is
// called.
#include "program.h"

#include <dlfcn.h>

static void* body(void* argument) {
  static const char* const names[] = {
      "ev_run", "ev_loop_new", "ev_io_start",    "ev_set_allocator", "jump_fcontext",    "make_fcontext",
      "_ZdlPv", "__cxa_throw", "_Unwind_Resume", "unblock_self",     "unblock_dispatch", "unblock_entry"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    printf("%s %s\n", names[i], dlsym(RTLD_DEFAULT, names[i]) ? "found" : "not found");
  return argument;
}

int main(void) {
  join(start(body, NULL));
  return 0;
}
