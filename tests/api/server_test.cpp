// Streams and servers, and waiting for signals and children.
#include <catch2/catch.hpp>
#include <arpa/inet.h>
#include <csignal>
#include <sys/socket.h>
#include <unistd.h>

#include "unblock.hpp"
#include "waits.h"

using namespace std::chrono_literals;
using unblock::stream;

namespace {

int connect_to(std::uint16_t port, int type) {
  const int fd = socket(AF_INET, type, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  unblock::check(connect(fd, reinterpret_cast<sockaddr*>(&name), sizeof name), "connect");
  return fd;
}

std::pair<stream, stream> connected() {
  int ends[2];
  unblock::check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
  return {stream(ends[0]), stream(ends[1])};
}

void shout(stream& connection) {
  while (const auto line = connection.read_until("\r\n")) connection.push(*line + "!\r\n");
}

}  // namespace

TEST_CASE("a stream is read by terminator and by size") {
  auto [here, there] = connected();
  there.push("one\r");
  there.flush();
  there.push("\ntwo\r\nsixsix");
  there.push("rest");
  there.close_when_done();
  CHECK(here.read_until("\r\n") == "one");
  CHECK(here.read_until("\r\n") == "two");
  CHECK(here.read_exactly(6) == "sixsix");
  CHECK_THROWS_AS(here.read_until("\r\n"), unblock::end_of_stream);
  CHECK(here.read_all() == "rest");
  CHECK_FALSE(here.read_until("\r\n"));
  CHECK_FALSE(here.read_exactly(1));
  CHECK(here.read_some().empty());
}

TEST_CASE("a line without end is refused") {
  auto [here, there] = connected();
  there.push(std::string(200, 'x'));
  there.flush();
  CHECK_THROWS_AS(here.read_until("\n", 100), std::length_error);
}

TEST_CASE("more than the kernel holds is pushed while the other reads") {
  auto [here, there] = connected();
  const std::string much(3'000'000, 'x');
  const auto reader = unblock::spawn([&here = here] { return here.read_all().size(); });
  there.push(much);
  there.close_when_done();
  CHECK(reader.get() == much.size());
}

TEST_CASE("sending to nobody throws") {
  auto [here, there] = connected();
  there.close_when_done();
  here.push("x");
  CHECK_THROWS_AS(here.flush(), std::system_error);
}

TEST_CASE("a stream server serves many at once") {
  unblock::stream_server server(0, shout);
  std::vector<unblock::task<bool>> clients;
  for (int i = 0; i < 100; ++i)
    clients.push_back(unblock::spawn([port = server.port(), i] {
      stream connection(connect_to(port, SOCK_STREAM));
      for (int round = 0; round < 10; ++round) {
        const std::string word = std::to_string(i) + "." + std::to_string(round);
        connection.push(word + "\r\n");
        if (connection.read_until("\r\n") != word + "!") return false;
      }
      return true;
    }));
  for (auto& each : clients) CHECK(each.get());
  CHECK(eventually([&] { return server.connections() == 0; }));
}

TEST_CASE("a handler's exception ends its connection only") {
  unblock::stream_server server(0, [](stream& connection) {
    if (connection.read_until("\n") == "bad") throw std::runtime_error("bad");
    connection.push("good\n");
  });
  stream bad(connect_to(server.port(), SOCK_STREAM));
  bad.push("bad\n");
  CHECK_FALSE(bad.read_until("\n"));
  stream good(connect_to(server.port(), SOCK_STREAM));
  good.push("good\n");
  CHECK(good.read_until("\n") == "good");
}

TEST_CASE("stop lets connections end, for a while") {
  unblock::stream_server server(0, shout);
  stream patient(connect_to(server.port(), SOCK_STREAM));
  stream slow(connect_to(server.port(), SOCK_STREAM));
  for (stream* each : {&patient, &slow}) {
    each->push("a\r\n");
    CHECK(each->read_until("\r\n") == "a!");
  }
  const auto stopping = unblock::spawn([&] { server.stop(50ms); });
  patient.push("b\r\n");
  CHECK(patient.read_until("\r\n") == "b!");
  patient.close_when_done();
  CHECK_FALSE(slow.read_until("\r\n"));
  stopping.join();
  CHECK_THROWS_AS(stream(connect_to(server.port(), SOCK_STREAM)).read_exactly(1), std::system_error);
}

TEST_CASE("a datagram server answers each") {
  unblock::datagram_server server(0, [](std::string_view data, const auto& reply) {
    reply(std::string(data.rbegin(), data.rend()));
  });
  const int fd = connect_to(server.port(), SOCK_DGRAM);
  const unblock::deadline patience(10s);
  for (int i = 0; i < 20; ++i) {
    CHECK(send(fd, "abc", 3, 0) == 3);
    char answer[8];
    unblock::wait_fd(fd, POLLIN);
    CHECK(std::string(answer, static_cast<std::size_t>(recv(fd, answer, sizeof answer, 0))) == "cba");
  }
  server.stop();
  close(fd);
}

TEST_CASE("wait_child and wait_signal") {
  const pid_t child = fork();
  if (child == 0) _exit(7);
  const int status = unblock::wait_child(child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
  CHECK_THROWS_AS(unblock::wait_child(child), std::system_error);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);  // blocked: main.cpp
  const auto sender = unblock::spawn([] { kill(getpid(), SIGUSR2); });
  CHECK(unblock::wait_signal(set).si_signo == SIGUSR2);
  sender.join();
  const unblock::deadline soon(2ms);
  CHECK_THROWS_AS(unblock::wait_signal(set), unblock::timed_out);
}
