// syslog(3) from many threads: with LOG_PERROR every message reaches stderr whole, once.
#include "program.h"

#include <fcntl.h>
#include <syslog.h>

enum { count = 20, messages = 10 };

static void* speak(void* argument) {
  for (int i = 0; i < messages; i++) {
    syslog(LOG_INFO, "thread %02ld says %d", as_number(argument), i);
    if (i == 5)
      pause_ms(1);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[count];
  FILE* caught = tmpfile();
  fcntl(fileno(caught), F_SETFL, O_APPEND);
  if (dup2(fileno(caught), STDERR_FILENO) == -1)
    return 2;
  openlog("program", LOG_PERROR, LOG_LOCAL7);
  for (long i = 0; i < count; i++)
    threads[i] = start(speak, as_pointer(i));
  for (int i = 0; i < count; i++)
    join(threads[i]);
  setlogmask(LOG_UPTO(LOG_ERR));
  syslog(LOG_INFO, "masked");
  closelog();

  char line[200];
  int seen[count][messages] = {0}, other = 0, once = 0;
  rewind(caught);
  while (fgets(line, sizeof line, caught) != NULL) {
    int thread, message;
    if (sscanf(line, "program: thread %d says %d\n", &thread, &message) == 2 && thread < count &&
        message < messages)
      seen[thread][message]++;
    else
      other++;
  }
  for (int i = 0; i < count * messages; i++)
    once += seen[i / messages][i % messages] == 1;
  printf("once %d of %d, other %d\n", once, count * messages, other);
  return 0;
}
