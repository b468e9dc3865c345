/* unblock: a libev loop that runs by itself, for watchers and fibers of one program.
 *
 * unblock_loop() is a loop of the libev that the program is compiled with, and a fiber runs it: existing code
 * that starts watchers works in it, with nobody to call ev_run(). (unblock has a libev of its own for its
 * processors, which is hidden: a program may bring another version, and callbacks there could not block.)
 *
 *     unblock_loop_begin();
 *     ev_timer_init(&timer, on_tick, 1, 1);
 *     ev_timer_start(unblock_loop(), &timer);
 *     unblock_loop_end();
 *
 * There is one loop, whatever the number of processors, in the program and in each shared library that
 * includes this. Whoever uses it does so between unblock_loop_begin() and unblock_loop_end(), which may be
 * nested, from any fiber or thread; callbacks are there already. They run one after the other in the loop's
 * fiber, and may do what every fiber may, make fibers among it. One that blocks keeps the other callbacks
 * waiting, and who wants to begin; other fibers go on.
 *
 * The fiber lives while watchers are active, less those that ev_unref() takes out of account, as ev_run()
 * does: unblock_stop() waits for it. ev_break() ends it until the next unblock_loop_end(). unblock_stop()
 * called from a callback, or between begin and end, waits for ever.
 *
 * Link with libev, `-lev`. All of it is pthreads: without unblock_start() a kernel thread runs the loop. In a
 * child of fork(2) it is not to be used, unless it was never used before. */
#ifndef UNBLOCK_LOOP_H
#define UNBLOCK_LOOP_H

#include <errno.h>
#include <ev.h>
#include <pthread.h>

#if !EV_MULTIPLICITY
#error "unblock_loop.h needs a libev with more loops than one: EV_MULTIPLICITY"
#endif

#ifndef EV_NOEXCEPT
#define EV_NOEXCEPT EV_THROW /* as it was called before libev 4.31 */
#endif

#ifdef __cplusplus
extern "C" {
#endif

#ifndef __cplusplus
/* Not declared where a program asks for no more than ISO C: gcc -std=c11. */
extern int pthread_mutexattr_settype(pthread_mutexattr_t *attributes, int kind);
#endif

/* Defined in every object file that includes this, and one in what they are linked into. */
#define UNBLOCK_LOOP_FUNCTION __attribute__((weak, visibility("hidden")))

struct unblock_loop_state {
  pthread_once_t once;
  pthread_mutex_t lock; /* recursive; the loop's fiber has it while it does not wait */
  struct ev_loop *loop;
  ev_async wake;
  int running;      /* it has a fiber */
  int depth;        /* of begin and end, by who has the lock */
  pthread_t runner; /* the fiber */
};

UNBLOCK_LOOP_FUNCTION struct unblock_loop_state unblock_loop_state; /* zeroes: PTHREAD_ONCE_INIT */

UNBLOCK_LOOP_FUNCTION void unblock_loop_release(struct ev_loop *loop) EV_NOEXCEPT {
  (void)loop;
  pthread_mutex_unlock(&unblock_loop_state.lock);
}

UNBLOCK_LOOP_FUNCTION void unblock_loop_acquire(struct ev_loop *loop) EV_NOEXCEPT {
  (void)loop;
  pthread_mutex_lock(&unblock_loop_state.lock);
}

UNBLOCK_LOOP_FUNCTION void unblock_loop_woken(struct ev_loop *loop, ev_async *watcher, int events) {
  (void)loop, (void)watcher, (void)events;
}

UNBLOCK_LOOP_FUNCTION void unblock_loop_make(void) {
  struct unblock_loop_state *state = &unblock_loop_state;
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE_NP);
  pthread_mutex_init(&state->lock, &recursive);
  pthread_mutexattr_destroy(&recursive);
  state->loop = ev_loop_new(EVFLAG_AUTO);
  if (!state->loop) return;
  ev_set_loop_release_cb(state->loop, unblock_loop_release, unblock_loop_acquire);
  ev_async_init(&state->wake, unblock_loop_woken);
  ev_async_start(state->loop, &state->wake);
  ev_unref(state->loop);
}

UNBLOCK_LOOP_FUNCTION void *unblock_loop_run(void *nothing) {
  struct unblock_loop_state *state = &unblock_loop_state;
  pthread_mutex_lock(&state->lock);
  ev_run(state->loop, 0);
  state->running = 0;
  pthread_mutex_unlock(&state->lock);
  return nothing;
}

/* The loop, made at the first call; NULL if libev cannot make one: no memory or descriptors. */
UNBLOCK_LOOP_FUNCTION struct ev_loop *unblock_loop(void) {
  pthread_once(&unblock_loop_state.once, unblock_loop_make);
  return unblock_loop_state.loop;
}

/* The loop is the caller's from here on: it waits while callbacks run. Not a cancellation point. */
UNBLOCK_LOOP_FUNCTION void unblock_loop_begin(void) {
  unblock_loop();
  pthread_mutex_lock(&unblock_loop_state.lock);
  /* Timers are relative to the time that the loop knows, and it may have slept for long. */
  if (unblock_loop_state.depth++ == 0 && unblock_loop_state.loop) ev_now_update(unblock_loop_state.loop);
}

/* And no longer: the loop takes notice of what was changed. Returns 0, or if the loop has no fiber yet and
 * cannot have one, the error of pthread_create(3); what was started stays so, and the next call tries
 * again. */
UNBLOCK_LOOP_FUNCTION int unblock_loop_end(void) {
  struct unblock_loop_state *state = &unblock_loop_state;
  int error = state->loop ? 0 : ENOMEM;
  if (--state->depth == 0 && !error) {
    if (!state->running) {
      error = pthread_create(&state->runner, NULL, unblock_loop_run, NULL);
      if (!error) error = pthread_detach(state->runner);
      state->running = !error;
    } else if (!pthread_equal(state->runner, pthread_self())) {
      ev_async_send(state->loop, &state->wake);
    }
  }
  pthread_mutex_unlock(&state->lock);
  return error;
}

#undef UNBLOCK_LOOP_FUNCTION

#ifdef __cplusplus
}
#endif

#endif
