// Thread attributes: defaults, what can be set and read back, what is refused. pthread_attr_init(3)
// and friends.
#include "program.h"

#include <limits.h>
#include <sched.h>

static void print_attributes(const char* whose, const pthread_attr_t* attributes) {
  int detached, inherit, policy, scope;
  size_t guard;
  pthread_attr_getdetachstate(attributes, &detached);
  pthread_attr_getinheritsched(attributes, &inherit);
  pthread_attr_getschedpolicy(attributes, &policy);
  pthread_attr_getscope(attributes, &scope);
  pthread_attr_getguardsize(attributes, &guard);
  printf("%s: detached %d, inherit %d, policy %d, scope %d, guard %zu\n", whose, detached, inherit, policy,
         scope, guard);
}

static void* inspect(void* argument) {
  pthread_attr_t attributes;
  size_t size;
  void* address;
  char here;
  require(pthread_getattr_np(pthread_self(), &attributes), "pthread_getattr_np");
  pthread_attr_getstack(&attributes, &address, &size);
  int inside = &here >= (char*)address && &here < (char*)address + size;
  print_attributes("own", &attributes);
  printf("own: a local is %s the stack, size %zu\n", inside ? "on" : "off", size);
  pthread_attr_destroy(&attributes);
  return argument;
}

int main(void) {
  pthread_attr_t attributes;
  require(pthread_attr_init(&attributes), "pthread_attr_init");
  print_attributes("default", &attributes);
  printf("too small a stack: %s\n",
         error_name(pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN - 1)));
  printf("bad detach state: %s\n", error_name(pthread_attr_setdetachstate(&attributes, 99)));
  printf("process scope: %s\n", error_name(pthread_attr_setscope(&attributes, PTHREAD_SCOPE_PROCESS)));
  printf("stack 512 KiB: %s\n", error_name(pthread_attr_setstacksize(&attributes, 512 << 10)));
  printf("guard 64 KiB: %s\n", error_name(pthread_attr_setguardsize(&attributes, 64 << 10)));
  print_attributes("set", &attributes);

  pthread_t thread;
  require(pthread_create(&thread, &attributes, inspect, NULL), "pthread_create");
  join(thread);
  pthread_attr_destroy(&attributes);

  // The same, seen from another thread; and the default a program may change.
  pthread_getattr_default_np(&attributes);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  printf("default to 1 MiB: %s\n", error_name(pthread_setattr_default_np(&attributes)));
  pthread_attr_destroy(&attributes);
  join(start(inspect, NULL));
  return 0;
}
