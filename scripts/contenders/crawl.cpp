// The crawler in C++ with the linked library: a pool of fibers, each with blocking calls.
// usage: contender_crawl PORT PAGES AT_ONCE
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <netinet/in.h>

#include <unblock.hpp>

namespace {

using Time = std::chrono::steady_clock;

// Fetches the page; returns the microseconds it took.
double fetch(const sockaddr_in& where) {
  const auto begin = Time::now();
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  unblock::stream connection(fd);
  unblock::check(connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where), "connect");
  connection.push("GET /page.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  connection.flush();
  const auto head = connection.read_until("\r\n\r\n");
  if (!head || head->find(" 200 ") == std::string::npos) throw std::runtime_error("no page");
  const auto announced = "Content-Length: " + std::to_string(connection.read_all().size());
  if (head->find(announced) == std::string::npos) throw std::runtime_error("a page cut short");
  return std::chrono::duration<double, std::micro>(Time::now() - begin).count();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "usage: contender_crawl PORT PAGES AT_ONCE\n");
    return 2;
  }
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(std::atoi(arguments[1])));
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const unblock::runtime runtime;
  unblock::pool pool(static_cast<std::size_t>(std::atoi(arguments[3])));
  const auto begin = Time::now();
  const std::clock_t spent = std::clock();
  std::vector<int> pages(static_cast<std::size_t>(std::atoi(arguments[2])));
  std::vector<double> times = pool.map(pages, [&](int) { return fetch(where); });
  const double seconds = std::chrono::duration<double>(Time::now() - begin).count();
  std::sort(times.begin(), times.end());
  std::printf("requests=%zu seconds=%.4f p50_us=%.1f p99_us=%.1f errors=0 cpu_s=%.4f\n", times.size(),
              seconds, times[times.size() / 2], times[times.size() * 99 / 100],
              static_cast<double>(std::clock() - spent) / CLOCKS_PER_SEC);
}
