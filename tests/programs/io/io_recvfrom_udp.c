// UDP between threads: boundaries kept, short buffers truncate, recvfrom() names the sender. udp(7)
#include "check.h"

static int a, b;
static struct sockaddr_in address_a, address_b;
static struct { struct outcome got; char text[8]; int from_a; socklen_t length; } log_[5];

static void *receive(void *unused) {
  (void)unused;
  for (int i = 0; i < 5; ++i) {
    struct sockaddr_in from;
    log_[i].length = sizeof from;
    log_[i].got = seen(recvfrom(b, log_[i].text, 7, 0, (struct sockaddr *)&from, &log_[i].length));
    log_[i].from_a = from.sin_port == address_a.sin_port;
  }
  return (void *)sendto(b, "bye", 3, 0, (struct sockaddr *)&address_a, sizeof address_a);
}

int main(void) {
  const char *messages[5] = {"one", "", "three", "a long message", "5"};
  a = udp_on_loopback(&address_a);
  b = udp_on_loopback(&address_b);
  pthread_t thread = start(receive, NULL);
  for (int i = 0; i < 5; ++i) {
    if (i % 2 == 0)
      settle();
    size_t size = strlen(messages[i]);
    report("sendto", sendto(a, messages[i], size, 0, (struct sockaddr *)&address_b, sizeof address_b));
  }
  char text[8] = "";
  ssize_t n = recvfrom(a, text, sizeof text, 0, NULL, NULL);
  printf("reply sent: %ld\n", (long)finish(thread));
  for (int i = 0; i < 5; ++i)
    printf("recvfrom: %ld \"%s\" from a: %d, address of %u bytes\n", log_[i].got.result, log_[i].text,
           log_[i].from_a, log_[i].length);
  printf("reply: %zd %s\n", n, text);
  report("sendto without an address", sendto(a, "x", 1, 0, NULL, 0));
  return 0;
}
