// std::async, promise, packaged_task, shared_future: values, references, exceptions, timeouts,
// broken promises.
#include "program.h"

#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

static const char* name(std::future_status status) {
  return status == std::future_status::ready     ? "ready"
         : status == std::future_status::timeout ? "timeout"
                                                 : "deferred";
}

static void values_and_exceptions() {
  std::vector<std::future<long>> futures;
  for (long i = 0; i < 40; i++)
    futures.push_back(std::async(std::launch::async, [i] {
      std::this_thread::sleep_for(1ms * (i % 5));
      return i * i * i;
    }));
  long sum = 0;
  for (auto& future : futures)
    sum += future.get();
  printf("sum of cubes %ld\n", sum);

  auto failing =
      std::async(std::launch::async, []() -> int { throw std::out_of_range("thrown over there"); });
  try {
    failing.get();
  } catch (const std::out_of_range& error) {
    printf("caught here: %s\n", error.what());
  }

  auto deferred = std::async(std::launch::deferred, [caller = std::this_thread::get_id()] {
    return caller == std::this_thread::get_id();
  });
  printf("deferred: %s", name(deferred.wait_for(0s)));
  printf(", in the caller %d\n", deferred.get());
}

static void sharing() {
  std::promise<int> promise;
  auto shared = promise.get_future().share();
  auto begin = std::chrono::steady_clock::now();
  printf("wait_for: %s", name(shared.wait_for(30ms)));
  printf(", early %d\n", std::chrono::steady_clock::now() - begin < 30ms);
  printf("wait_until: %s\n", name(shared.wait_until(std::chrono::system_clock::now() + 10ms)));
  std::vector<std::future<int>> readers;
  for (int i = 0; i < 10; i++)
    readers.push_back(std::async(std::launch::async, [shared, i] { return shared.get() + i; }));
  promise.set_value(100);
  int total = 0;
  for (auto& reader : readers)
    total += reader.get();
  printf("shared by ten: %d\n", total);
}

static void broken_promise() {
  std::future<void> broken;
  {
    std::promise<void> forgotten;
    broken = forgotten.get_future();
  }
  try {
    broken.get();
  } catch (const std::future_error& error) {
    printf("%s\n", error.code() == std::future_errc::broken_promise ? "broken promise" : "another error");
  }
}

int main() {
  values_and_exceptions();
  sharing();
  broken_promise();
  std::packaged_task<int(int)> task([](int n) { return n + 1; });
  auto result = task.get_future();
  std::thread runner(std::move(task), 41);
  printf("packaged_task: %d\n", result.get());
  runner.join();
}
