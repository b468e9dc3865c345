// The load client for raw TCP: many connections; each sends a message, awaits its echo, checks it, repeats.
// Prints one line of key=value pairs. Exit status: 0, or 1 when anything failed or an answer was wrong.
// With --hold, others can look at the server while its connections are idle: once all are open it prints
// "ready"; each line it reads is one load, whose last requests it waits for; its input's end is its own.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <getopt.h>
#include <memory>
#include <sys/epoll.h>
#include <unistd.h>

#include "connection.h"

namespace load {

struct Plan {
  Target target;
  std::size_t connections = 64;
  double seconds = 1;
  std::uint64_t requests = 0;   // not 0: end after this many instead of after `seconds`
  std::uint64_t reconnect = 0;  // not 0: close and open a connection anew after this many requests
  bool hold = false;            // loads are begun by lines of the standard input
};

/// Opens all connections (few at a time, to spare the listener's backlog) and exchanges one message on each:
/// a connection in a backlog, with no thread yet, is not load. Only then it loads them, all at once.
class Client {
 public:
  explicit Client(const Plan& plan) : plan_(plan), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t i = 0; i < plan.connections; ++i)
      connections_.push_back(std::make_unique<Connection>(plan_.target, static_cast<std::uint32_t>(i)));
  }
  ~Client() { ::close(epoll_); }

  int run() {
    give_up_ = Clock::now() + patience;
    open_more();
    while (!all_open() && !given_up()) poll_once();
    if (plan_.hold) return hold();
    load();
    return errors_ == 0 && requests_ > 0 ? 0 : 1;
  }

 private:
  static constexpr std::size_t opening_at_once = 64;
  static constexpr std::chrono::seconds patience{20};

  bool all_open() const { return opened_ + failed_ == connections_.size(); }
  bool given_up() const { return failed_ == connections_.size() || Clock::now() >= give_up_; }

  bool enough() const { return plan_.requests != 0 ? requests_ >= plan_.requests : Clock::now() >= end_; }

  bool ended() const { return given_up() || (enough() && (!plan_.hold || busy_ == 0)); }

  void load() {
    if (all_open()) start();
    while (started_ && !ended()) poll_once();
    report();
  }

  int hold() {
    if (opened_ != connections_.size()) {
      std::printf("%zu of %zu connections could not be opened\n", connections_.size() - opened_,
                  connections_.size());
      return 1;
    }
    std::puts("ready");
    std::fflush(stdout);
    for (char line[16]; std::fgets(line, sizeof line, stdin) != nullptr;) load();
    return errors_ == 0 ? 0 : 1;
  }

  void poll_once() {
    epoll_event events[256];
    const int n = epoll_wait(epoll_, events, 256, 20);
    for (int i = 0; i < n; ++i) handle(*connections_[events[i].data.u32]);
  }

  void handle(Connection& connection) {
    if (!connection.is_open()) return;
    switch (connection.pump()) {
      case Progress::Waiting: return;
      case Progress::Failed: return fail(connection);
      case Progress::Opened: return request(connection);
      case Progress::Answered: return answered(connection);
    }
  }

  void open_more() {
    while (next_ < connections_.size() && next_ - opened_ - failed_ < opening_at_once) {
      Connection& connection = *connections_[next_++];
      if (!connection.open(epoll_)) fail(connection);
    }
  }

  void start() {
    started_ = true;
    requests_ = 0;
    latencies_ = Latencies();
    start_ = Clock::now();
    end_ = start_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(plan_.seconds));
    give_up_ = end_ + patience;
    busy_ = connections_.size() - failed_;
    for (auto& connection : connections_)
      if (connection->is_open()) request(*connection);
  }

  void request(Connection& connection) {
    if (!connection.request()) fail(connection);
  }

  void answered(Connection& connection) {
    if (!started_) {
      ++opened_;
      give_up_ = Clock::now() + patience;  // many take long: not as long as there are more
      return open_more();
    }
    ++requests_;
    latencies_.record(connection.latency());
    if (plan_.hold && enough()) {
      --busy_;
    } else if (plan_.reconnect != 0 && connection.answers_since_open() >= plan_.reconnect) {
      connection.close();
      if (!connection.open(epoll_)) fail(connection);
    } else {
      request(connection);
    }
  }

  void fail(Connection& connection) {
    connection.close();
    ++errors_;
    ++failed_;
    if (started_) --busy_;
    else open_more();
  }

  // Connections that were never answered waited for as long as the load lasted: the percentiles must say so.
  std::size_t record_starved(Clock::duration lasted) {
    std::size_t starved = 0;
    for (auto& connection : connections_)
      if (connection->is_open() && connection->answers() <= 1) {
        ++starved;
        latencies_.record(lasted);
      }
    return starved;
  }

  void report() {
    const auto lasted = started_ ? Clock::now() - start_ : Clock::duration::zero();
    const std::size_t starved = record_starved(lasted);
    std::printf("requests=%zu seconds=%.4f p50_us=%.1f p99_us=%.1f errors=%zu starved=%zu connections=%zu\n",
                requests_, std::chrono::duration<double>(lasted).count(), latencies_.percentile_us(0.5),
                latencies_.percentile_us(0.99), errors_, starved, connections_.size());
    std::fflush(stdout);
  }

  const Plan& plan_;
  int epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::size_t next_ = 0;
  std::size_t opened_ = 0;
  std::size_t failed_ = 0;
  std::size_t errors_ = 0;
  std::size_t requests_ = 0;
  std::size_t busy_ = 0;  // connections that wait for an answer, while a load lasts
  bool started_ = false;
  Clock::time_point start_{}, end_{}, give_up_{};
  Latencies latencies_;
};

[[noreturn]] void usage() {
  std::fputs("usage: load_client [--connections N] [--seconds S | --requests N] [--size BYTES]\n"
             "                   [--reconnect N] [--socks5 TARGET_PORT]\n"
             "                   [--http ANSWER_BYTES [--path PATH]] [--hold] PORT\n", stderr);
  std::exit(2);
}

double number(const char* text, double lowest, double highest) {
  double value = 0;
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), value);
  if (error != std::errc() || *end != '\0' || value < lowest || value > highest) usage();
  return value;
}

Plan parse(int argc, char** argv) {
  static const option options[] = {{"connections", 1, nullptr, 'c'}, {"seconds", 1, nullptr, 't'},
                                   {"requests", 1, nullptr, 'n'},    {"size", 1, nullptr, 's'},
                                   {"reconnect", 1, nullptr, 'r'},   {"socks5", 1, nullptr, 'p'},
                                   {"http", 1, nullptr, 'a'},        {"path", 1, nullptr, 'u'},
                                   {"hold", 0, nullptr, 'h'},        {}};
  Plan plan;
  for (int option; (option = getopt_long(argc, argv, "", options, nullptr)) != -1;) switch (option) {
    case 'c': plan.connections = static_cast<std::size_t>(number(optarg, 1, 100000)); break;
    case 't': plan.seconds = number(optarg, 0.01, 600); break;
    case 'n': plan.requests = static_cast<std::uint64_t>(number(optarg, 1, 1e9)); break;
    case 's': plan.target.size = static_cast<std::size_t>(number(optarg, 1, 16 << 20)); break;
    case 'r': plan.reconnect = static_cast<std::uint64_t>(number(optarg, 0, 1e9)); break;
    case 'p': plan.target.socks_target = static_cast<std::uint16_t>(number(optarg, 1, 65535)); break;
    case 'a': plan.target.http_answer = static_cast<std::size_t>(number(optarg, 1, 16 << 20)); break;
    case 'u': plan.target.path = optarg; break;
    case 'h': plan.hold = true; break;
    default: usage();
  }
  if (optind + 1 != argc) usage();
  plan.target.port = static_cast<std::uint16_t>(number(argv[optind], 1, 65535));
  plan.target.own_addresses = plan.reconnect != 0;
  return plan;
}

}  // namespace load

int main(int argc, char** argv) {
  const load::Plan plan = load::parse(argc, argv);
  return load::Client(plan).run();
}
