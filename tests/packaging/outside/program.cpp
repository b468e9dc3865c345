// The same by way of C++: tasks that wait at once, and their results.
#include <cstdio>
#include <unblock.hpp>
#include <vector>

int main() {
  const unblock::runtime runtime;
  unblock::event go;
  std::vector<unblock::task<int>> tasks;
  for (int i = 0; i < 100; ++i)
    tasks.push_back(unblock::spawn([&go, i] {
      go.wait();
      return i;
    }));
  go.set();
  int sum = 0;
  for (auto& each : tasks) sum += each.get();
  std::puts(sum == 4950 && unblock_active() ? "fibers" : "wrong");
}
