// thread_local objects: one per thread, made on first use, destroyed last made first, before key destructors.
#include "program.h"

namespace {

pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

struct Speaker {
  const char* name;
  int value;
  Speaker(const char* name, int value) : name(name), value(value) { printf("make %s\n", name); }
  ~Speaker() {
    pause_ms(1);  // a destructor may block
    printf("destroy %s, value %d\n", name, value);
  }
};

thread_local Speaker first("first", 1);
thread_local Speaker second("second", 2);
thread_local int plain = 7;
pthread_key_t key;

Speaker& third() {
  thread_local Speaker local("third", 3);
  return local;
}

void* use(void* argument) {
  pthread_mutex_lock(&turn);  // one at a time, so that the output has an order
  pthread_setspecific(key, argument);
  third().value += static_cast<int>(as_number(argument));
  plain += static_cast<int>(as_number(argument));
  printf("second %d, plain %d\n", second.value, plain);  // touches both namespace-scope objects
  pthread_mutex_unlock(&turn);
  return &plain;
}

void key_destructor(void* value) {
  printf("key destructor %ld\n", as_number(value));
}

}  // namespace

int main() {
  require(pthread_key_create(&key, key_destructor), "pthread_key_create");
  for (long i = 1; i <= 3; i++)
    join(start(use, as_pointer(i * 10)));
  printf("main's plain %d\n", plain);
  third();
  pthread_setspecific(key, as_pointer(99));  // main returns: exit destroys its objects, not its keys
  return 0;
}
