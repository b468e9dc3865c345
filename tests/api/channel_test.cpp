// Channels, queues, events, actors.
#include <catch2/catch.hpp>
#include <atomic>
#include <string>

#include "unblock.hpp"
#include "waits.h"

using namespace std::chrono_literals;
using unblock::channel;
using unblock::spawn;

TEST_CASE("values come in order, whatever the capacity") {
  for (const std::size_t capacity :
       {std::size_t{0}, std::size_t{1}, std::size_t{10}, channel<int>::unbounded}) {
    channel<int> numbers(capacity);
    spawn([=] {
      for (int i = 0; i < 100; ++i) numbers.send(i);
      numbers.close();
    });
    int expected = 0;
    for (const int number : numbers) CHECK(number == expected++);
    CHECK(expected == 100);
  }
}

TEST_CASE("a rendezvous: send returns when the value was received") {
  channel<int> meeting;
  std::atomic<bool> sent{false};
  const auto sender = spawn([&] {
    meeting.send(1);
    sent = true;
  });
  std::this_thread::sleep_for(5ms);
  CHECK_FALSE(sent);
  CHECK(meeting.receive() == 1);
  sender.join();
  CHECK(sent);
  CHECK_FALSE(meeting.try_send(2));
  CHECK_FALSE(meeting.try_receive());
}

TEST_CASE("a full channel makes the sender wait, or say so") {
  channel<int> two(2);
  CHECK(two.try_send(1));
  CHECK(two.try_send(2));
  CHECK_FALSE(two.try_send(3));
  CHECK(two.size() == 2);
  const auto sender = spawn([=] { return two.send(3); });
  CHECK(two.receive() == 1);
  CHECK(sender.get());
  CHECK(two.try_receive() == 2);
  CHECK(two.try_receive() == 3);
  CHECK_FALSE(two.try_receive());
}

TEST_CASE("closing wakes all, and leaves what is in it") {
  channel<int> numbers(1);
  numbers.send(1);
  const auto sender = spawn([=] { return numbers.send(2); });
  std::this_thread::sleep_for(2ms);
  numbers.close();
  CHECK(numbers.closed());
  CHECK_FALSE(sender.get());
  CHECK_FALSE(numbers.send(3));
  CHECK(numbers.receive() == 1);
  CHECK_FALSE(numbers.receive());
  channel<int> empty;
  const auto receiver = spawn([=] { return empty.receive(); });
  std::this_thread::sleep_for(2ms);
  empty.close();
  CHECK_FALSE(receiver.get());
}

TEST_CASE("a deadline ends a send and a receive, and nothing is lost") {
  channel<int> meeting;
  {
    const unblock::deadline soon(5ms);
    CHECK_THROWS_AS(meeting.receive(), unblock::timed_out);
    CHECK_THROWS_AS(meeting.send(1), unblock::timed_out);
  }
  CHECK_FALSE(meeting.try_receive());
  const auto sender = spawn([=] { return meeting.send(2); });
  CHECK(meeting.receive() == 2);
  CHECK(sender.get());
}

TEST_CASE("select takes what is ready, and only that") {
  channel<int> numbers(1);
  channel<std::string> words(1);
  int number = 0;
  std::string word;
  const auto either = [&] {
    return unblock::select(numbers.on_receive([&](auto value) { number = *value; }),
                           words.on_receive([&](auto value) { word = *value; }));
  };
  words.send("one");
  CHECK(either() == 1);
  CHECK(word == "one");
  const auto later = spawn([=] {
    std::this_thread::sleep_for(2ms);
    numbers.send(7);
  });
  CHECK(either() == 0);
  CHECK(number == 7);
  CHECK(number == 7);
  CHECK_FALSE(unblock::try_select(numbers.on_receive([](auto) {}), words.on_receive([](auto) {})));
  CHECK(unblock::select(numbers.on_receive([](auto) {}),
                        words.on_send("two", [](bool open) { CHECK(open); })) == 1);
  CHECK(words.receive() == "two");
  later.join();
}

TEST_CASE("select meets select") {
  channel<int> there, back;
  std::atomic<int> sum{0};
  const auto player = [&](int rounds) {
    for (int i = 0; i < rounds; ++i)
      unblock::select(there.on_send(1, [](bool) {}), back.on_send(1, [](bool) {}),
                      there.on_receive([&](auto value) { sum += *value; }),
                      back.on_receive([&](auto value) { sum += *value; }));
  };
  std::vector<unblock::task<void>> players;
  for (int i = 0; i < 2; ++i) players.push_back(spawn(player, 1000));  // no more: the last would have nobody
  unblock::join_all(players);
  CHECK(sum == 1000);
}

TEST_CASE("select is fair to those that are ready") {
  channel<int> one(channel<int>::unbounded), other(channel<int>::unbounded);
  for (int i = 0; i < 100; ++i) {
    one.send(i);
    other.send(i);
  }
  int taken[2] = {};
  for (int i = 0; i < 100; ++i)
    ++taken[unblock::select(one.on_receive([](auto) {}), other.on_receive([](auto) {}))];
  CHECK(taken[0] > 20);
  CHECK(taken[1] > 20);
}

TEST_CASE("many to many: everything arrives once") {
  for (const std::size_t capacity : {std::size_t{0}, std::size_t{3}}) {
    channel<int> numbers(capacity);
    std::atomic<long> sum{0};
    std::vector<unblock::task<void>> senders, receivers;
    for (int i = 0; i < 10; ++i)
      senders.push_back(spawn([=] {
        for (int n = 1; n <= 100; ++n) numbers.send(n);
      }));
    for (int i = 0; i < 10; ++i)
      receivers.push_back(spawn([&] {
        for (const int number : numbers) sum += number;
      }));
    unblock::join_all(senders);
    numbers.close();
    unblock::join_all(receivers);
    CHECK(sum == 10 * 5050);
  }
}

TEST_CASE("a priority queue gives the greatest first") {
  unblock::priority_queue<int> queue;
  for (const int n : {3, 9, 1, 7}) queue.put(n);
  queue.close();
  CHECK_FALSE(queue.put(5));
  std::vector<int> taken;
  while (const auto item = queue.get()) taken.push_back(*item);
  CHECK(taken == std::vector{9, 7, 3, 1});
}

TEST_CASE("join waits for what was taken to be done") {
  unblock::joinable_queue<int> queue(2);
  std::atomic<int> done{0};
  const auto worker = spawn([&] {
    while (queue.get()) {
      ++done;
      queue.task_done();
    }
  });
  for (int i = 0; i < 20; ++i) queue.put(i);
  queue.join();
  CHECK(done == 20);
  CHECK_THROWS_AS(queue.task_done(), std::logic_error);
  queue.close();
  worker.join();
}

TEST_CASE("an event wakes all who wait, and those that come later") {
  unblock::event happened;
  CHECK_FALSE(happened.wait_for(2ms));
  std::vector<unblock::task<void>> waiting;
  for (int i = 0; i < 10; ++i) waiting.push_back(spawn([&] { happened.wait(); }));
  happened.set();
  unblock::join_all(waiting);
  happened.wait();
  happened.clear();
  CHECK_FALSE(happened.is_set());
}

TEST_CASE("an async_result is set once") {
  unblock::async_result<std::string> answer;
  const auto reader = spawn([&] { return answer.get(); });
  CHECK_FALSE(answer.ready());
  answer.set("yes");
  CHECK(reader.get() == "yes");
  CHECK_THROWS_AS(answer.set("no"), std::logic_error);
  unblock::async_result<void> failed;
  failed.set_exception(std::make_exception_ptr(std::runtime_error("failed")));
  CHECK_THROWS_WITH(failed.get(), "failed");
}

TEST_CASE("an actor reads its messages, out of turn if it wants to") {
  std::vector<int> seen;
  const unblock::actor<int> reader([&](unblock::mailbox<int>& box) {
    seen.push_back(*box.receive_if([](int message) { return message > 10; }));
    while (const auto message = box.receive()) seen.push_back(*message);
  });
  for (const int message : {1, 2, 30, 4}) CHECK(reader.send(message));
  reader.stop();
  CHECK_FALSE(reader.send(5));
  reader.join();
  CHECK(seen == std::vector{30, 1, 2, 4});
}
