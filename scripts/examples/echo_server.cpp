// The echo server of the gevent and eventlet tutorials: a thread for each connection. usage: echo_server PORT
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include <unblock.hpp>

int main(int count, char** arguments) {
  const unblock::runtime runtime;
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const auto port = static_cast<std::uint16_t>(count > 1 ? std::atoi(arguments[1]) : 6000);
  unblock::stream_server server(port, [](unblock::stream& connection) {
    while (true) {
      const std::string data = connection.read_some();
      if (data.empty()) return;
      connection.push(data);
    }
  });
  std::printf("listening on 127.0.0.1:%d\n", server.port());
  std::fflush(stdout);

  unblock::wait_signal(ends);
  server.stop(std::chrono::seconds(1));
}
