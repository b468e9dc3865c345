// Threads that libc makes for itself and that never end, for SIGEV_THREAD: nobody waits for them to stop.
// Each in a child, which keeps them.
#include <catch2/catch.hpp>
#include <condition_variable>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <cstdlib>
#include <mqueue.h>
#include <mutex>
#include <string>
#include <thread>
#include <unistd.h>

#include "outsider.h"
#include "unblock.h"

namespace {

// What the notifications and a fiber share. It stays: the last ones come when they like.
struct Meeting {
  void note() {
    const std::lock_guard guard(mutex);
    ++notes;
    changed.notify_all();
  }
  void wait_for(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return notes >= count; });
  }
  std::mutex mutex;
  std::condition_variable changed;
  int notes = 0;
};

sigevent by_thread(Meeting& meeting) {
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD;
  event.sigev_value.sival_ptr = &meeting;
  event.sigev_notify_function = [](sigval value) { static_cast<Meeting*>(value.sival_ptr)->note(); };
  return event;
}

// A timer that a fiber makes, whose notifications it waits for.
void be_timed() {
  Meeting& meeting = *new Meeting;
  sigevent event = by_thread(meeting);
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) std::abort();
  const itimerspec often{{0, 2'000'000}, {0, 2'000'000}};
  if (timer_settime(timer, 0, &often, nullptr) != 0) std::abort();
  meeting.wait_for(10);
  timer_delete(timer);
}

void be_told_of_messages() {
  Meeting& meeting = *new Meeting;
  const std::string name = "/unblock-" + std::to_string(getpid());
  const mqd_t queue = mq_open(name.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600, nullptr);
  if (queue == -1) std::abort();
  mq_unlink(name.c_str());
  for (int i = 1; i <= 3; ++i) {
    const sigevent event = by_thread(meeting);
    if (mq_notify(queue, &event) != 0 || mq_send(queue, "x", 1, 0) != 0) std::abort();
    meeting.wait_for(i);
    char message[8192];
    if (mq_receive(queue, message, sizeof message, nullptr) != 1) std::abort();
  }
  mq_close(queue);
}

int run_and_stop(void (*body)()) {
  alarm(30);
  for (int round = 0; round < 3; ++round) {
    if (unblock_start(nullptr) != 0) return 1;
    std::thread(body).join();
    std::thread others[20];
    for (std::thread& other : others) other = std::thread([] { usleep(1000); });
    for (std::thread& other : others) other.join();
    if (unblock_stop() != 0) return 2;
  }
  return unblock_active();
}

}  // namespace

TEST_CASE("a timer that notifies by a thread does not keep a stop waiting") {
  CHECK(in_child([] { return run_and_stop(be_timed); }) == 0);
}

TEST_CASE("nor does a message queue that does so") {
  CHECK(in_child([] { return run_and_stop(be_told_of_messages); }) == 0);
}

TEST_CASE("nor in a host's steps") {
  CHECK(in_child([] {
          alarm(30);
          if (unblock_start(nullptr) != 0) return 1;
          const int descriptor = unblock_descriptor();
          if (descriptor < 0) return 2;
          std::atomic<bool> done{false};
          std::thread fiber([&] { be_timed(), done = true; });
          while (!done) unblock_step();
          fiber.join();
          return unblock_stop();
        }) == 0);
}

TEST_CASE("who was started when it was alone stays the only one") {
  CHECK(in_child([] {
          alarm(30);
          if (unblock_start(nullptr) != 0) return 1;
          std::thread(be_timed).join();
          static int answer = 0;
          Meeting& meeting = *new Meeting;
          sigevent event = by_thread(meeting);
          event.sigev_notify_function = [](sigval value) {
            answer = unblock_active() ? -1 : unblock_start(nullptr);
            static_cast<Meeting*>(value.sival_ptr)->note();
          };
          timer_t timer;
          timer_create(CLOCK_MONOTONIC, &event, &timer);
          const itimerspec once{{}, {0, 1'000'000}};
          timer_settime(timer, 0, &once, nullptr);
          meeting.wait_for(1);
          return unblock_stop() == 0 && answer == EBUSY ? 0 : 2;
        }) == 0);
}
