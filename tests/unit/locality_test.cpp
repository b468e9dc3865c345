// Fibers that move to where their packets arrive.
#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fibers/locality.h"
#include "stage.h"

using namespace unblock;
using test::Stage;

namespace {

// A connection by TCP to itself, whose packets arrive where the sender runs.
struct Connection {
  Connection() {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    REQUIRE(listen(listener, 1) == 0);
    client = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(connect(client, reinterpret_cast<sockaddr*>(&address), size) == 0);
    server = accept(listener, nullptr, nullptr);
    REQUIRE(server >= 0);
    close(listener);
  }
  ~Connection() {
    close(client);
    close(server);
  }
  int client;
  int server;
};

void run_on(int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
}

// Two CPUs that the test may run on while this exists; it has that of the packets first.
struct TwoCpus {
  TwoCpus() {
    REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
      if (CPU_ISSET(cpu, &before)) (packets < 0 ? packets : own) = cpu;
    there = own >= 0;
  }
  ~TwoCpus() { sched_setaffinity(0, sizeof before, &before); }
  cpu_set_t before;
  int packets = -1;
  int own = -1;
  bool there;
};

// Two processors besides the stage's, which never run: the stage takes back what moved there.
struct OtherProcessors {
  OtherProcessors() {
    REQUIRE(processors::create());
    REQUIRE(processors::create());
  }
  ~OtherProcessors() { processors::end_all(); }
};

}  // namespace

TEST_CASE("one fiber follows its packets to another processor, the next only when one came back") {
  TwoCpus cpus;
  if (!cpus.there) return;
  Connection connection;
  run_on(cpus.packets);
  REQUIRE(send(connection.client, "x", 1, 0) == 1);
  run_on(cpus.own);
  Stage stage;
  OtherProcessors others;
  auto& here = stage.processor.locality;
  auto& there = processors::at(1).locality;
  const auto look = [&](int fd) {
    here.next_look = 0;
    locality::follow(stage.main, fd);
  };

  look(connection.server);
  CHECK(here.cpu == cpus.own);
  CHECK(there.drawn == 0);  // nobody is known to run there

  there.cpu = cpus.packets;
  look(connection.server);
  CHECK(there.drawn == 1);
  CHECK(here.drawn == -1);
  CHECK(here.interval == limits::shortest_locality);

  look(connection.server);
  CHECK(there.drawn == 1);
  CHECK(here.interval > limits::shortest_locality);

  there.drawn = here.drawn = 0;
  look(-1);
  CHECK(there.drawn == 0);
}
