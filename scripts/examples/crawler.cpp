// Fetches pages, ten at once, and counts their bytes as they come: a pool, map_unordered, deadlines, and the
// C library's own getaddrinfo. usage: crawler HOST PORT PATH...
#include <cstdio>
#include <cstdlib>
#include <netdb.h>

#include <unblock.hpp>

namespace {

int connect_to(const char* host, const char* port) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (const int error = getaddrinfo(host, port, &hints, &found))
    throw std::runtime_error(gai_strerror(error));
  const int fd = socket(found->ai_family, SOCK_STREAM, 0);
  const int connected = connect(fd, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  unblock::check(connected, "connect");
  return fd;
}

struct Page {
  std::string path;
  std::size_t bytes;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    std::fprintf(stderr, "usage: crawler HOST PORT PATH...\n");
    return 2;
  }
  const unblock::runtime runtime;
  unblock::pool ten(10);
  const auto fetch = [&](const std::string& path) {
    const unblock::deadline patience(std::chrono::seconds(10));
    unblock::stream connection(connect_to(arguments[1], arguments[2]));
    connection.push("GET " + path + " HTTP/1.1\r\nHost: " + arguments[1] + "\r\nConnection: close\r\n\r\n");
    connection.read_until("\r\n\r\n");
    return Page{path, connection.read_all().size()};
  };
  const std::vector<std::string> paths(arguments + 3, arguments + count);
  std::size_t pages = 0, bytes = 0;
  for (auto& fetched : ten.map_unordered(paths, fetch)) try {
      bytes += fetched.get().bytes;
      ++pages;
    } catch (const std::exception& failure) {
      std::fprintf(stderr, "%s\n", failure.what());
    }
  std::printf("%zu pages, %zu bytes\n", pages, bytes);
  return pages == paths.size() ? 0 : 1;
}
