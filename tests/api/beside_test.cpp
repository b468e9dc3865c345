// Fibers beside threads that are none: both stay what they are, and meet in locks, calls and signals.
#include <catch2/catch.hpp>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <future>
#include <netinet/in.h>
#include <semaphore.h>
#include <shared_mutex>
#include <string>
#include <sys/socket.h>
#include <vector>

#include "outsider.h"
#include "unblock.hpp"

using namespace std::chrono_literals;

namespace {

// Kernel threads come and go while `count` threads made here sleep: says how many more there were.
std::size_t more_kernel_threads_with(std::size_t count) {
  const std::size_t before = kernel_threads();
  std::vector<std::thread> threads;
  std::promise<void> over;
  const auto future = over.get_future().share();
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back([=] { future.wait(); });
  std::this_thread::sleep_for(2ms);
  const std::size_t meanwhile = kernel_threads();
  over.set_value();
  for (std::thread& thread : threads) thread.join();
  return meanwhile - before;
}

struct Pipe {
  int ends[2];
  Pipe() { REQUIRE(pipe(ends) == 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  // Not checked by Catch2, which is for one thread at a time.
  void put(char byte) const {
    if (write(ends[1], &byte, 1) != 1) std::abort();
  }
  char get() const {
    char byte = 0;
    if (read(ends[0], &byte, 1) != 1) std::abort();
    return byte;
  }
};

constexpr int turns = 5000;  // at ten milliseconds each they would take longer than the test may

// Two threads by turns: `pass(side)` ends the turn of a side and returns when it has the next.
template <class Pass>
void by_turns(Outsider& other, Pass pass) {
  int there = 0;
  other.begin([&] {
    for (; there < turns; ++there) pass(1);
  });
  std::thread fiber([&] {
    for (int i = 0; i < turns; ++i) pass(0);
  });
  fiber.join();
  other.wait();
  CHECK(there == turns);
}

}  // namespace

TEST_CASE("threads stay what they are, and so do those they make") {
  Outsider other;
  {
    const unblock::runtime runtime;
    CHECK(unblock_active() == 1);
    CHECK(more_kernel_threads_with(100) < 10);
    other.run([] {
      CHECK(unblock_active() == 0);
      CHECK(more_kernel_threads_with(20) == 20);
      CHECK(unblock_stop() == EINVAL);
    });
    std::thread([] { CHECK(more_kernel_threads_with(100) < 10); }).join();
  }
  CHECK(unblock_active() == 0);
  CHECK(more_kernel_threads_with(20) == 20);
  other.run([] { CHECK(more_kernel_threads_with(20) == 20); });
}

TEST_CASE("starting and stopping leaves nothing behind") {
  Outsider other;
  const pid_t before = gettid();
  const std::size_t threads = kernel_threads();
  for (int round = 0; round < 20; ++round) {
    const unblock::runtime runtime;
    std::atomic<int> ended{0};
    for (int i = 0; i < 50; ++i)
      std::thread([&] {
        usleep(200);
        ++ended;
      }).detach();
    other.run([&] { usleep(100); });
    REQUIRE(unblock_stop() == 0);
    REQUIRE(ended == 50);
    REQUIRE(gettid() == before);
    REQUIRE(kernel_threads() == threads);
    REQUIRE(unblock_start(nullptr) == 0);
  }
}

TEST_CASE("locks pass between both sides") {
  Outsider other;
  const unblock::runtime runtime;
  SECTION("mutex and condition") {
    std::mutex mutex;
    std::condition_variable changed;
    int turn = 0;
    by_turns(other, [&](int side) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return turn == side; });
      turn = 1 - side;
      changed.notify_all();
    });
  }
  SECTION("semaphores") {
    sem_t tokens[2];
    sem_init(&tokens[0], 0, 1);
    sem_init(&tokens[1], 0, 0);
    by_turns(other, [&](int side) {
      while (sem_wait(&tokens[side]) != 0) {}
      sem_post(&tokens[1 - side]);
    });
  }
  SECTION("a barrier") {
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, nullptr, 2);
    by_turns(other, [&](int) { pthread_barrier_wait(&barrier); });
    pthread_barrier_destroy(&barrier);
  }
  SECTION("channels") {
    const unblock::channel<int> to[2] = {unblock::channel<int>(1), unblock::channel<int>(1)};
    to[0].send(1);
    by_turns(other, [&](int side) { to[1 - side].send(*to[side].receive()); });
  }
  SECTION("atomic waits") {
    std::atomic<int> turn{0};
    by_turns(other, [&](int side) {
      turn.wait(1 - side);
      turn = 1 - side;
      turn.notify_one();
    });
  }
  SECTION("pipes") {
    const Pipe to[2];
    to[0].put('x');
    by_turns(other, [&](int side) { to[1 - side].put(to[side].get()); });
  }
}

TEST_CASE("a contended lock excludes, and nobody starves") {
  Outsider others[2];
  const unblock::runtime runtime;
  std::mutex mutex;
  std::shared_mutex shared;
  long counts[6] = {};
  std::atomic<bool> over{false};
  long total = 0;
  const auto work = [&](long& count) {
    while (!over) {
      const std::lock_guard guard(mutex);
      const std::unique_lock second(shared);
      const long now = total;
      ++count;
      if (count % 64 == 0) std::this_thread::yield();
      total = now + 1;
    }
  };
  for (int i = 0; i < 2; ++i) others[i].begin([&, i] { work(counts[i]); });
  std::vector<std::thread> fibers;
  for (int i = 2; i < 6; ++i) fibers.emplace_back([&, i] { work(counts[i]); });
  const auto slowest = [&] { return *std::min_element(counts, counts + 6); };
  for (int enough = 0; !enough; usleep(1000)) {
    const std::lock_guard guard(mutex);
    enough = slowest() > 200;
  }
  over = true;
  for (std::thread& fiber : fibers) fiber.join();
  for (Outsider& other : others) other.wait();
  long sum = 0;
  for (const long count : counts) sum += count;
  CHECK(sum == total);
}

TEST_CASE("each side joins the other") {
  Outsider other;
  const unblock::runtime runtime;
  for (int i = 0; i < 200; ++i) {
    std::thread fiber([] { usleep(100); });
    other.run([&] { fiber.join(); });
    std::thread kernel_thread;
    other.run([&] { kernel_thread = std::thread([] { usleep(100); }); });
    std::thread([&] { kernel_thread.join(); }).join();
  }
  std::future<int> future;
  other.run([&] { future = std::async(std::launch::async, [] { return 5; }); });
  CHECK(std::async(std::launch::async, [&] { return future.get(); }).get() == 5);
}

TEST_CASE("a descriptor that another side closes or replaces") {
  Outsider other;
  const unblock::runtime runtime;
  Pipe one, another;
  auto reader = std::async(std::launch::async, [&] { return one.get(); });
  usleep(1000);
  const int kept = dup(one.ends[1]);
  // The reader goes on with the file it waits for, under whatever number.
  other.run([&] {
    REQUIRE(dup2(another.ends[0], one.ends[0]) == one.ends[0]);
    REQUIRE(write(kept, "x", 1) == 1);
  });
  CHECK(reader.get() == 'x');
  other.run([&] {
    another.put('y');
    CHECK(one.get() == 'y');
    // What is none of the program's stays.
    for (int fd = 200; fd < 70000; ++fd) close(fd);
    close_range(200, ~0u, 0);
    close(kept);
  });
  auto again = std::async(std::launch::async, [&] { return another.get(); });
  usleep(1000);
  other.run([&] { another.put('z'); });
  CHECK(again.get() == 'z');
}

TEST_CASE("shutdown by a kernel thread ends a fiber's read") {
  Outsider other;
  const unblock::runtime runtime;
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  auto reader = std::async(std::launch::async, [&] {
    char byte;
    return read(pair[0], &byte, 1);
  });
  usleep(1000);
  other.run([&] { shutdown(pair[0], SHUT_RD); });
  CHECK(reader.get() == 0);
  // A flag set there is seen here.
  other.run([&] { fcntl(pair[1], F_SETFL, O_NONBLOCK); });
  char byte;
  CHECK(read(pair[1], &byte, 1) == -1);
  CHECK(errno == EAGAIN);
  close(pair[0]);
  close(pair[1]);
}

TEST_CASE("a server of fibers, clients that are none") {
  Outsider clients[2];
  const unblock::runtime runtime;
  unblock::stream_server server(0, [](unblock::stream& connection) {
    while (auto line = connection.read_until("\n")) connection.push(*line + "\n");
  });
  std::atomic<int> answered{0};
  const auto ask = [&] {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 200; ++i) {
      const int fd = socket(AF_INET, SOCK_STREAM, 0);
      char line[6] = "";
      if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
          write(fd, "hello\n", 6) == 6)
        answered += recv(fd, line, sizeof line, MSG_WAITALL) == 6 && !std::memcmp(line, "hello\n", 6);
      close(fd);
    }
  };
  for (Outsider& client : clients) client.begin(ask);
  for (Outsider& client : clients) client.wait();
  CHECK(answered == 400);
}
