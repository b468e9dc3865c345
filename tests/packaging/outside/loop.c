// A libev timer in the loop that a fiber runs, and the end that waits for it.
#include <stdio.h>
#include <unblock.h>
#include <unblock_loop.h>

static int ticks;

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)events;
  if (++ticks == 3) ev_timer_stop(loop, timer);
}

int main(void) {
  ev_timer timer;
  if (unblock_start(NULL) != 0) return 1;
  unblock_loop_begin();
  ev_timer_init(&timer, on_tick, 0.001, 0.001);
  ev_timer_start(unblock_loop(), &timer);
  if (unblock_loop_end() != 0) return 1;
  if (unblock_stop() != 0) return 1;
  puts(ticks == 3 ? "fibers" : "wrong");
  return 0;
}
