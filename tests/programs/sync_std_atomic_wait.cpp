// std::atomic::wait and notify on int (a futex itself), on other sizes (a proxy), atomic_flag: no
// wake-up is lost.
#include "program.h"

#include <atomic>
#include <thread>
#include <vector>

template <class T>
static void turns(const char* name) {
  std::atomic<T> turn{0};
  std::vector<std::jthread> threads;
  std::atomic<int> wrong{0};
  constexpr int ring = 10, laps = 50;
  for (int own = 0; own < ring; own++)
    threads.emplace_back([&, own] {
      for (int lap = 0; lap < laps; lap++) {
        T seen;
        while ((seen = turn.load()) % ring != own)
          turn.wait(seen);
        T next = static_cast<T>((seen + 1) % (ring * 2));
        wrong += turn.exchange(next) != seen;
        turn.notify_all();
      }
    });
  threads.clear();
  printf("%s: at %d, wrong %d\n", name, static_cast<int>(turn.load()), wrong.load());
}

int main() {
  turns<int>("int");
  turns<char>("char");
  turns<long>("long");
  turns<unsigned short>("short");

  std::atomic_flag flag;
  std::atomic<int> woken{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 50; i++)
    threads.emplace_back([&] {
      flag.wait(false);
      woken++;
    });
  flag.test_and_set();
  flag.notify_all();
  threads.clear();
  printf("flag: woken %d\n", woken.load());

  std::atomic<int> tickets{0};
  woken = 0;
  for (int i = 0; i < 20; i++)
    threads.emplace_back([&] {
      for (int seen = tickets.load();;) {
        if (seen == 0) {
          tickets.wait(0);
          seen = tickets.load();
        } else if (tickets.compare_exchange_weak(seen, seen - 1)) {
          break;
        }
      }
      woken++;
    });
  for (int i = 0; i < 20; i++) {
    tickets++;
    tickets.notify_one();
  }
  threads.clear();
  printf("tickets: woken %d, left %d\n", woken.load(), tickets.load());
}
