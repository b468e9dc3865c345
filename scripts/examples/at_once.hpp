// Many blocking clients at once, each in a thread of its own: what the examples of client libraries share.
#pragma once

#include <cstdio>
#include <filesystem>
#include <functional>
#include <latch>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <unblock.hpp>

/// What is said on the command line: "fibers" or "threads", and how many.
struct crowd {
  /// Starts the runtime if the first argument is "fibers".
  explicit crowd(char** arguments) : count(std::stoi(arguments[1])) {
    if (arguments[0] == std::string("fibers")) fibers.emplace();
  }

  /// For each number below `count`, `connect(number)` and then, once all are connected, `query(session,
  /// number)` of what that returned, in a thread of its own. `meanwhile()` is called when all are connected.
  /// Prints how many succeeded and the sum of what they returned, and on stderr what it took. Returns the
  /// exit status.
  template <class Connect, class Query>
  int ask(
      Connect connect, Query query, const std::function<void()>& meanwhile = [] {}) {
    std::latch connected(count);
    struct Arrival {
      std::latch& at;
      ~Arrival() { at.count_down(); }
    };
    std::vector<unblock::task<long>> tasks;
    for (int number = 0; number < count; ++number)
      tasks.push_back(unblock::spawn([&, number] {
        auto session = [&] {
          const Arrival however{connected};
          return connect(number);
        }();
        connected.wait();
        return query(session, number);
      }));
    connected.wait();
    const auto kernel_threads = std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
    meanwhile();
    const int failed = add_up(tasks);
    std::fprintf(stderr, "%td kernel threads, %.0f ms of CPU time\n", kernel_threads,
                 1000.0 * std::clock() / CLOCKS_PER_SEC);
    return failed != 0;
  }

 private:
  int add_up(const std::vector<unblock::task<long>>& tasks) const {
    long sum = 0;
    int failed = 0;
    for (const auto& each : tasks) try {
        sum += each.get();
      } catch (const std::exception& failure) {
        if (failed++ == 0) std::fprintf(stderr, "%s\n", failure.what());
      }
    std::printf("%d of %d, sum %ld\n", count - failed, count, sum);
    return failed;
  }

  std::optional<unblock::runtime> fibers;
  int count;
};
