// A libev program as it always was, its loop in the first fiber, joined by fibers: ev_run() waits like any
// call, and they run meanwhile. What they want of the loop they ask by an ev_async, as threads do.
#include <cstdio>
#include <ev.h>

#include <unblock.hpp>

namespace {

int ticks = 0;

void on_tick(struct ev_loop*, ev_timer*, int) { ++ticks; }
void on_end(struct ev_loop* loop, ev_async*, int) { ev_break(loop, EVBREAK_ALL); }

}  // namespace

int main() {
  const unblock::runtime runtime;
  struct ev_loop* loop = ev_default_loop(0);
  ev_timer tick;
  ev_timer_init(&tick, on_tick, 0.001, 0.001);
  ev_timer_start(loop, &tick);
  ev_async end;
  ev_async_init(&end, on_end);
  ev_async_start(loop, &end);

  const auto fibers = unblock::spawn([&] {
    unblock::pool pool(100);
    for (int i = 0; i < 1000; ++i) pool.submit([] { usleep(1000); });
    pool.join();
    ev_async_send(loop, &end);
  });
  ev_run(loop, 0);
  fibers.join();
  std::printf("1000 fibers have slept, the timer has ticked: %s\n", ticks > 0 ? "yes" : "no");
}
