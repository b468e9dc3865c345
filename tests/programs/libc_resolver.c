// getaddrinfo(3), gethostbyname_r(3), getnameinfo(3), getservbyname_r(3) from fifty threads at once.
#include "program.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

enum { count = 50, rounds = 4 };

static long check_numeric(int own) {
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST},
                  *list;
  char host[32], service[16], back[64], back_service[16];
  snprintf(host, sizeof host, "127.0.%d.1", own);
  snprintf(service, sizeof service, "%d", 1000 + own);
  if (getaddrinfo(host, service, &hints, &list) != 0)
    return 1;
  int error = getnameinfo(list->ai_addr, list->ai_addrlen, back, sizeof back, back_service,
                          sizeof back_service, NI_NUMERICHOST | NI_NUMERICSERV);
  freeaddrinfo(list);
  return error != 0 || strcmp(host, back) != 0 || strcmp(service, back_service) != 0;
}

static long check_localhost(void) {
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *list;
  if (getaddrinfo("localhost", "80", &hints, &list) != 0)
    return 1;
  struct sockaddr_in* address = (struct sockaddr_in*)list->ai_addr;
  long wrong = ntohl(address->sin_addr.s_addr) >> 24 != 127 || ntohs(address->sin_port) != 80;
  freeaddrinfo(list);
  struct hostent entry, *found = NULL;
  char buffer[2048];
  int error;
  wrong += gethostbyname_r("localhost", &entry, buffer, sizeof buffer, &found, &error) != 0 ||
           found == NULL || (unsigned char)entry.h_addr_list[0][0] != 127;
  return wrong;
}

/// getaddrinfo's answer for a name that is no name.
static long check_refusal(void) {
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *list;
  return getaddrinfo("not a number", NULL, &hints, &list) != EAI_NONAME;
}

static void* resolve(void* argument) {
  long wrong = 0;
  for (int i = 0; i < rounds; i++)
    wrong += check_numeric((int)as_number(argument)) + check_localhost() + check_refusal();
  struct servent entry, *found = NULL;
  char buffer[1024];
  getservbyname_r("no-such-service", "tcp", &entry, buffer, sizeof buffer, &found);
  return as_pointer(wrong + (found != NULL));
}

int main(void) {
  pthread_t threads[count];
  long wrong = 0;
  for (long i = 0; i < count; i++)
    threads[i] = start(resolve, as_pointer(i));
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  printf("wrong %ld\n", wrong);
  return 0;
}
