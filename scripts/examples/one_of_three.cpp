// A server that opts in one thread of three. The main thread waits for SIGTERM, a worker computes, both as
// ever; the third serves, a fiber for each connection. Whoever sends a number gets the sum of its digits
// back, computed by the worker. usage: one_of_three PORT
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>
#include <unistd.h>

#include <unblock.hpp>

namespace {

struct Job {
  std::string number;
  std::promise<long> sum;
};
using Jobs = unblock::channel<std::shared_ptr<Job>>;

void compute(Jobs& jobs) {
  for (const auto& job : jobs) {
    long sum = 0;
    for (const char digit : job->number) sum += digit - '0';
    job->sum.set_value(sum);
  }
}

void serve(std::uint16_t port, Jobs& jobs, unblock::event& over) {
  const unblock::runtime runtime;  // this thread's, and nobody else's
  unblock::stream_server server(port, [&](unblock::stream& connection) {
    while (auto line = connection.read_until("\n")) {
      const auto job = std::make_shared<Job>(Job{*line, {}});
      jobs.send(job);
      connection.push(std::to_string(job->sum.get_future().get()) + "\n");
    }
  });
  std::printf("listening on 127.0.0.1:%d\n", server.port());
  std::fflush(stdout);
  over.wait();
  server.stop(std::chrono::seconds(1));
}

}  // namespace

int main(int count, char** arguments) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const auto port = static_cast<std::uint16_t>(count > 1 ? std::atoi(arguments[1]) : 6000);
  Jobs jobs(16);
  unblock::event over;
  std::thread worker([&] { compute(jobs); });
  std::thread server([&] { serve(port, jobs, over); });

  unblock::wait_signal(ends);
  over.set();
  server.join();
  jobs.close();
  worker.join();
}
