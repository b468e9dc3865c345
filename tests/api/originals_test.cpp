// The kernel's own calls, for who asks for them.
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

#include "kernel_threads.h"
#include "unblock.hpp"
#include "waits.h"

namespace {

struct Pipe {
  Pipe() { REQUIRE(pipe(ends) == 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  void put(std::size_t bytes) const {
    const std::string text(bytes, 'x');
    REQUIRE(write(ends[1], text.data(), bytes) == static_cast<ssize_t>(bytes));
  }
  int ends[2];
};

const auto original_read = unblock::original<ssize_t(int, void*, std::size_t)>("read");

// What `wait(fd)` gives in each of as many threads; how many kernel threads there were meanwhile, at least.
template <class Wait>
bool have_a_kernel_thread_each(std::size_t threads, Wait wait) {
  const Pipe pipe;
  std::vector<std::jthread> waiting;
  for (std::size_t i = 0; i < threads; ++i)
    waiting.emplace_back([&] {
      if (wait(pipe.ends[0]) != 1) std::abort();
    });
  const bool each = eventually([&] { return kernel_threads() > threads; });
  pipe.put(threads);
  return each;
}

// Whether SIGUSR1, which has a handler, interrupts an original's wait.
bool is_interrupted() {
  const Pipe pipe;
  std::atomic<bool> interrupted{false};
  std::thread reader([&] {
    char byte;
    interrupted = original_read(pipe.ends[0], &byte, 1) == -1 && errno == EINTR;
    // Its calls are its own again.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  // Again until it is in the call: one that comes before is handled, and interrupts nothing.
  const bool at_last = eventually([&] {
    if (!interrupted) pthread_kill(reader.native_handle(), SIGUSR1);
    return interrupted.load();
  });
  reader.join();
  return at_last;
}

}  // namespace

TEST_CASE("an original keeps its kernel thread, and the others go on") {
  CHECK(have_a_kernel_thread_each(10, [](int fd) {
    char byte;
    return original_read(fd, &byte, 1);
  }));
  CHECK(have_a_kernel_thread_each(10, [](int fd) {
    char byte;
    return unblock_call(SYS_read, fd, &byte, 1);
  }));
}

TEST_CASE("originals have libc's results and errno, unblock_call the kernel's") {
  char byte;
  errno = 0;
  CHECK(original_read(-1, &byte, 1) == -1);
  CHECK(errno == EBADF);
  errno = 0;
  CHECK(unblock_call(SYS_read, -1, &byte, 1) == -EBADF);
  CHECK(errno == 0);
  CHECK(unblock_original("nothing") == nullptr);
  CHECK(unblock_call(SYS_futex, nullptr, 0, 0) == -ENOSYS);
  CHECK(unblock_call(SYS_clone, 0, 0) == -ENOSYS);
  CHECK(unblock_call(SYS_getppid) == getppid());
}

TEST_CASE("originals and others share a descriptor") {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  const auto original_send = unblock::original<ssize_t(int, const void*, std::size_t, int)>("send");
  std::thread echo([fd = ends[1]] {
    char text[8];
    for (ssize_t size; (size = read(fd, text, sizeof text)) > 0;)
      if (write(fd, text, static_cast<std::size_t>(size)) != size) std::abort();
  });
  for (int round = 0; round < 100; ++round) {
    char text[8];
    REQUIRE(original_send(ends[0], "1234567", 8, 0) == 8);
    const ssize_t first = round % 2 ? original_read(ends[0], text, 3) : read(ends[0], text, 3);
    REQUIRE(first == 3);
    REQUIRE((round % 3 ? original_read(ends[0], text + 3, 5) : read(ends[0], text + 3, 5)) == 5);
    CHECK(std::strcmp(text, "1234567") == 0);
  }
  close(ends[0]);
  echo.join();
  close(ends[1]);
}

TEST_CASE("a signal interrupts an original") {
  static std::atomic<int> handled;
  handled = 0;
  struct sigaction action {};
  action.sa_handler = [](int) { ++handled; };
  REQUIRE(sigaction(SIGUSR1, &action, nullptr) == 0);
  CHECK(is_interrupted());
  CHECK(handled >= 1);
  signal(SIGUSR1, SIG_DFL);
}

TEST_CASE("a child made by a handler within an original", "[fork]") {
  static int status;
  status = -1;
  struct sigaction action {};
  action.sa_handler = [](int) { status = std::system("exit 3"); };
  REQUIRE(sigaction(SIGUSR1, &action, nullptr) == 0);
  CHECK(is_interrupted());
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 3));
  signal(SIGUSR1, SIG_DFL);
}

TEST_CASE("a thread is cancelled in an original", "[cancel]") {
  const Pipe pipe;
  std::atomic<bool> unwound{false};
  std::thread reader([&] {
    struct Note {
      std::atomic<bool>& unwound;
      ~Note() { unwound = true; }
    } note{unwound};
    char byte;
    original_read(pipe.ends[0], &byte, 1);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  pthread_cancel(reader.native_handle());
  reader.join();
  CHECK(unwound);
}
