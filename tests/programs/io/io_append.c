// O_APPEND: records appended through separate descriptors by many threads are all there, whole. open(2)
#include "check.h"

enum { threads = 10, rounds = 100, record = 100 };
static char path[] = "programXXXXXX";

static void *appender(void *argument) {
  char text[record];
  int fd = open(path, O_WRONLY | O_APPEND);
  memset(text, 'a' + (int)(long)argument, sizeof text);
  long failures = 0;
  for (int i = 0; i < rounds; ++i)
    failures += write(fd, text, sizeof text) != sizeof text;
  close(fd);
  return (void *)failures;
}

int main(void) {
  static char all[threads * rounds * record + 1];
  pthread_t thread[threads];
  int torn = 0, count[threads] = {0};
  long failures = 0;
  int fd = MUST(mkstemp(path));
  for (long i = 0; i < threads; ++i)
    thread[i] = start(appender, (void *)i);
  for (int i = 0; i < threads; ++i)
    failures += (long)finish(thread[i]);
  printf("size %zu, failures %ld\n", read_all(fd, all, sizeof all), failures);
  for (int i = 0; i < threads * rounds; ++i) {
    char *at = all + i * record;
    for (int j = 1; j < record; ++j)
      torn += at[j] != at[0];
    count[at[0] - 'a']++;
  }
  for (int i = 0; i < threads; ++i)
    printf("%c %d\n", 'a' + i, count[i]);
  printf("torn %d\n", torn);
  unlink(path);
  return 0;
}
