// An exception that leaves a thread's function ends the process by abort(3), whoever else is blocked.
#include "program.h"

#include <stdexcept>
#include <thread>

int main() {
  std::thread blocked([] { pause_ms(1000000); });
  std::thread failing([] {
    pause_ms(2);
    throw std::runtime_error("nobody catches this");
  });
  failing.join();
  puts("never printed");
  blocked.join();
}
