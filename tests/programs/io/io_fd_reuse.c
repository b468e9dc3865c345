// A number closed under a waiter and given out again: the new file's data never wakes the waiter. close(2)
#include "check.h"

enum { rounds = 8 };
static char got[rounds];

static void *reader(void *fd) {
  char byte = '-';
  ssize_t n = read((int)(long)fd, &byte, 1);
  return (void *)(long)(n == 1 ? byte : '?');
}

int main(void) {
  int same = 0;
  for (int i = 0; i < rounds; ++i) {
    int old[2], fresh[2];
    char byte = '-';
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, old));
    pthread_t waiter = start(reader, (void *)(long)old[0]);
    nap(20);
    close(old[0]);
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fresh));
    same += fresh[0] == old[0];
    MUST(write(fresh[1], "s", 1));
    pthread_t stranger = start(reader, (void *)(long)fresh[0]);
    got[i] = (char)(long)finish(stranger);
    MUST(write(fresh[1], "t", 1));
    MUST(write(old[1], &(char){'A' + i}, 1));
    printf("waiter %c, stranger %c", (char)(long)finish(waiter), got[i]);
    MUST(read(fresh[0], &byte, 1));
    printf(", left %c\n", byte);
    close(old[1]);
    close(fresh[0]);
    close(fresh[1]);
  }
  printf("number reused %d times\n", same);
  return 0;
}
