// fork() in a thread: the child has that one thread, and can allocate, start threads, use sockets. fork(2)
#include "check.h"

static void *echo(void *argument) {
  int fd = *(int *)argument;
  char *space = malloc(100000);
  ssize_t n = read(fd, space, 100000);
  n = write(fd, space, n);
  free(space);
  return (void *)n;
}

static int child(void) {
  int ends[2], right = 0;
  char text[8] = "";
  tcp_pair(ends);
  pthread_t a = start(echo, &ends[0]);
  settle();
  right += write(ends[1], "child", 5) == 5;
  right += (long)finish(a) == 5;
  right += read(ends[1], text, 5) == 5 && strcmp(text, "child") == 0;
  return right;
}

static void *forker(void *unused) {
  (void)unused;
  int status;
  pid_t pid = MUST(fork());
  if (pid == 0)
    _exit(child());
  MUST(waitpid(pid, &status, 0));
  return (void *)(long)status;
}

static void *bystander(void *argument) {
  char byte;
  return (void *)read(*(int *)argument, &byte, 1);
}

int main(void) {
  int ends[2];
  pthread_t thread[3];
  MUST(pipe(ends));
  pthread_t other = start(bystander, &ends[0]);
  settle();
  for (int i = 0; i < 3; ++i)
    thread[i] = start(forker, NULL);
  for (int i = 0; i < 3; ++i)
    tell_status("child", (int)(long)finish(thread[i]));
  MUST(write(ends[1], "x", 1));
  printf("bystander read %ld\n", (long)finish(other));
  printf("the parent still works: %d\n", child());
  return 0;
}
