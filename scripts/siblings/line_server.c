// For scripts/slow_clients: an iterative server that greets and answers lines, as mail servers do, by stdio.
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void serve(int fd) {
  char line[512];
  FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
  if (!in || !out) exit(1);
  fputs("220 say something\r\n", out);
  while (fflush(out) == 0 && fgets(line, sizeof line, in)) {
    for (char *c = line; *c; ++c) *c = (char)toupper((unsigned char)*c);
    fprintf(out, "250 %s", line);
  }
  fclose(in);
  fclose(out);
}

/// Usage: line_server PORT
int main(int argc, char **argv) {
  struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  where.sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0));
  if (bind(listener, (struct sockaddr *)&where, sizeof where) < 0 || listen(listener, 512) < 0) return 1;
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd >= 0) serve(fd);
  }
}
