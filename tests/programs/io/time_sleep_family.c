// sleep, usleep, nanosleep, select, poll sleep at least what was asked, several threads at once. nanosleep(2)
#include "check.h"
#include <sys/select.h>

static void *in_sleep(void *unused) {
  (void)unused;
  return (void *)(long)sleep(1);
}

static void *in_usleep(void *unused) {
  (void)unused;
  return (void *)(long)usleep(150000);
}

static void *in_nanosleep(void *unused) {
  (void)unused;
  struct timespec t = {0, 150000000};
  return (void *)(long)nanosleep(&t, NULL);
}

static void *in_select(void *unused) {
  (void)unused;
  struct timeval t = {0, 150000};
  return (void *)(long)select(0, NULL, NULL, NULL, &t);
}

static void *in_poll(void *unused) {
  (void)unused;
  return (void *)(long)poll(NULL, 0, 150);
}

int main(void) {
  const char *names[] = {"usleep", "nanosleep", "select", "poll", "sleep"};
  void *(*const runs[])(void *) = {in_usleep, in_nanosleep, in_select, in_poll, in_sleep};
  pthread_t thread[5];
  long from = now_ms();
  for (int i = 0; i < 5; ++i)
    thread[i] = start(runs[i], NULL);
  for (int i = 0; i < 5; ++i) {
    printf("%s: %ld\n", names[i], (long)finish(thread[i]));
    took_about("  slept", from, i == 4 ? 1000 : 150);
  }
  report("usleep of 0", usleep(0));
  report("sleep of 0", sleep(0));
  return 0;
}
