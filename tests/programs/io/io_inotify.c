// inotify: a thread blocked in read() learns what another does to files. inotify(7)
#include "check.h"
#include <sys/inotify.h>

static int watch;
static sem_t seen_one;

static void *watcher(void *unused) {
  (void)unused;
  _Alignas(struct inotify_event) char space[4096];
  for (int left = 5; left > 0;) {
    ssize_t n = MUST(read(watch, space, sizeof space));
    for (char *at = space; at < space + n; --left) {
      struct inotify_event *event = (struct inotify_event *)at;
      printf("%#x %s\n", event->mask, event->len > 0 ? event->name : "");
      at += sizeof *event + event->len;
      sem_post(&seen_one);
    }
  }
  return NULL;
}

int main(void) {
  char directory[] = "programXXXXXX", a[64], b[64];
  MUST(-(mkdtemp(directory) == NULL));
  snprintf(a, sizeof a, "%s/a", directory);
  snprintf(b, sizeof b, "%s/b", directory);
  watch = MUST(inotify_init1(0));
  MUST(inotify_add_watch(watch, directory, IN_CREATE | IN_CLOSE_WRITE | IN_MOVE | IN_DELETE));
  pthread_t thread = start(watcher, NULL);
  settle();
  int fd = MUST(open(a, O_CREAT | O_WRONLY, 0600));
  sem_wait(&seen_one);
  close(fd);
  sem_wait(&seen_one);
  MUST(rename(a, b));
  sem_wait(&seen_one);
  sem_wait(&seen_one);
  MUST(unlink(b));
  finish(thread);
  rmdir(directory);
  return 0;
}
