// Counts above 0x7ffff000 are cut to that, not refused; a datagram too big is EMSGSIZE. write(2), send(2)
#include "check.h"

static int ends[2];
static char *space;
static volatile size_t huge = 3ul << 30;

static void *reader(void *unused) {
  (void)unused;
  return (void *)read(ends[0], space, huge);
}

int main(void) {
  struct sockaddr_in where;
  int null = MUST(open("/dev/null", O_WRONLY));
  space = mmap(NULL, huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  printf("mapped: %d\n", space != MAP_FAILED);
  report("write 3 GiB to /dev/null", write(null, space, huge));
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  pthread_t thread = start(reader, NULL);
  settle();
  MUST(write(ends[1], "little", 6));
  printf("read with 3 GiB of room: %ld\n", (long)finish(thread));
  int udp = udp_on_loopback(&where);
  report("sendto of 65507", sendto(udp, space, 65507, 0, (struct sockaddr *)&where, sizeof where));
  report("sendto of 65508", sendto(udp, space, 65508, 0, (struct sockaddr *)&where, sizeof where));
  report("recv", recv(udp, space, huge, 0));
  MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
  report("Unix datagram of 16 MiB", send(ends[0], space, 16 << 20, 0));
  huge = SIZE_MAX;
  report("write of SIZE_MAX", write(ends[0], space, huge));
  return 0;
}
