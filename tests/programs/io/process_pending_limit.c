// No more signals pend for a user's processes than RLIMIT_SIGPENDING: one more is refused, or, if its number says
// enough, comes without information. getrlimit(2), sigqueue(3)
#include "check.h"
#include <sys/resource.h>

enum { some = 500 };

static sigset_t set;

static void limit(int signals) {
  struct rlimit limit;
  MUST(getrlimit(RLIMIT_SIGPENDING, &limit));
  limit.rlim_cur = signals;
  MUST(setrlimit(RLIMIT_SIGPENDING, &limit));
}

static int drain(int tell) {
  const struct timespec at_once = {0, 0};
  siginfo_t info;
  int taken = 0;
  for (; sigtimedwait(&set, &info, &at_once) > 0; ++taken)
    if (tell)
      printf("%d, code %d, from %s\n", info.si_signo, info.si_code,
             info.si_pid == getpid() ? "this process" : info.si_pid ? "?" : "nobody");
  return taken;
}

static int queue_to_process(void) { return sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 7}); }
static int queue_to_thread(void) {
  return (errno = pthread_sigqueue(pthread_self(), SIGRTMIN, (union sigval){.sival_int = 7})) ? -1 : 0;
}
static int send_to_thread(void) { return (errno = pthread_kill(pthread_self(), SIGRTMIN)) ? -1 : 0; }

// Others of the user may have some pending, too.
static void fill_up(const char *how, int (*send)(void)) {
  int sent = 0, error = 0;
  limit(some);
  while (sent <= some && !error) {
    error = send() < 0 ? errno : 0;
    sent += !error;
  }
  printf("%s: %s, %s\n", how, sent <= some && sent > some / 2 ? "about as many" : "too many or few",
         error ? strerrorname_np(error) : "ok");
  printf("taken: %d\n", drain(0) == sent);
}

static void one_more(void) {
  const union sigval value = {.sival_int = 7};
  timer_t timer;
  limit(0);
  report("sigqueue", sigqueue(getpid(), SIGRTMIN, value));
  report("sigqueue, standard", sigqueue(getpid(), SIGUSR1, value));
  for (int i = 0; i < 2; ++i) report("kill", kill(getpid(), SIGRTMIN));
  report("kill, standard", kill(getpid(), SIGUSR2));
  printf("pthread_kill: %s\n", strerrorname_np(pthread_kill(pthread_self(), SIGRTMIN)));
  printf("pthread_kill, standard: %d\n", pthread_kill(pthread_self(), SIGHUP));
  printf("pthread_sigqueue: %s\n", strerrorname_np(pthread_sigqueue(pthread_self(), SIGRTMIN, value)));
  printf("pthread_sigqueue, standard: %d\n", pthread_sigqueue(pthread_self(), SIGINT, value));
  report("timer_create", timer_create(CLOCK_MONOTONIC, NULL, &timer));
  report("taken", drain(1));
}

static void *run(void *unused) {
  fill_up("sigqueue", queue_to_process);
  fill_up("pthread_sigqueue", queue_to_thread);
  fill_up("pthread_kill", send_to_thread);
  one_more();
  limit(some);
  report("sigqueue", queue_to_process());
  report("taken", drain(1));
  return unused;
}

int main(void) {
  const int numbers[] = {SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGRTMIN};
  sigemptyset(&set);
  for (int i = 0; i < 5; ++i) sigaddset(&set, numbers[i]);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  finish(start(run, NULL));
  return 0;
}
