// GLib, Boost.Asio and Qt run fibers in steps; and such loops, libuv's too, run in fibers.
#include <functional>
#include <vector>

#include "guests.h"
#include "kernel_threads.h"

#ifdef HAVE_GLIB
#include <glib-unix.h>
#endif
#ifdef HAVE_ASIO
#include <boost/asio.hpp>
#endif
#ifdef HAVE_QT
#include <QCoreApplication>
#include <QSocketNotifier>
#include <QTimer>
#endif
#ifdef HAVE_UV
#include <uv.h>
#endif

#ifdef HAVE_GLIB

TEST_CASE("in GLib's main loop") {
  const Embedded embedded;
  struct State {
    Guests guests;
    GMainLoop* loop = g_main_loop_new(nullptr, FALSE);
    int ticks = 0;
  } state;
  g_unix_fd_add(
      embedded.descriptor, G_IO_IN,
      [](int, GIOCondition, void* raw) -> gboolean {
        auto& state = *static_cast<State*>(raw);
        state.guests.step();
        if (!state.guests.all_done()) return G_SOURCE_CONTINUE;
        g_main_loop_quit(state.loop);
        return G_SOURCE_REMOVE;
      },
      &state);
  const guint timer = g_timeout_add(
      1, [](void* raw) -> gboolean { return ++static_cast<State*>(raw)->ticks, G_SOURCE_CONTINUE; }, &state);
  state.guests.begin();
  g_main_loop_run(state.loop);
  CHECK(state.guests.all_done());
  CHECK(state.guests.outside == 0);
  CHECK(state.ticks > 0);
  g_source_remove(timer);
  g_main_loop_unref(state.loop);
}

#endif

#ifdef HAVE_ASIO

TEST_CASE("in Boost.Asio's loop") {
  const Embedded embedded;
  Guests guests;
  boost::asio::io_context loop;
  boost::asio::posix::stream_descriptor descriptor(loop, embedded.descriptor);
  std::function<void(const boost::system::error_code&)> on_ready = [&](const auto& error) {
    if (error) return;
    guests.step();
    if (!guests.all_done()) descriptor.async_wait(boost::asio::posix::stream_descriptor::wait_read, on_ready);
  };
  descriptor.async_wait(boost::asio::posix::stream_descriptor::wait_read, on_ready);
  int ticks = 0;
  boost::asio::steady_timer timer(loop, std::chrono::milliseconds(1));
  timer.async_wait([&](const boost::system::error_code&) { ++ticks; });
  guests.begin();
  loop.run();
  CHECK(guests.all_done());
  CHECK(guests.outside == 0);
  CHECK(ticks == 1);
  descriptor.release();
}

#endif

#ifdef HAVE_QT

namespace {

// Words of a command line, which Qt refers to as long as it has an application.
struct CommandLine {
  int count = 1;
  char name[5] = "test";
  char* words[2] = {name, nullptr};
};

struct Application : CommandLine, QCoreApplication {
  Application() : QCoreApplication(count, words) {}
};

}  // namespace

TEST_CASE("in Qt's event loop") {
  const Embedded embedded;
  Application application;
  Guests guests;
  QSocketNotifier ready(embedded.descriptor, QSocketNotifier::Read);
  QObject::connect(&ready, &QSocketNotifier::activated, [&] {
    guests.step();
    if (guests.all_done()) application.quit();
  });
  int ticks = 0;
  QTimer timer;
  QObject::connect(&timer, &QTimer::timeout, [&] { ++ticks; });
  timer.start(1);
  guests.begin();
  application.exec();
  CHECK(guests.all_done());
  CHECK(guests.outside == 0);
  CHECK(ticks > 0);
}

#endif

// The other way round: loops in fibers, each as it is.

namespace {

// Runs `loop` in a fiber, where it waits; others go on meanwhile, without a kernel thread for it.
void runs_in_a_fiber(const std::function<void()>& loop) {
  REQUIRE(unblock_start(nullptr) == 0);
  std::atomic<bool> over{false};
  std::atomic<int> rounds{0};
  std::thread runner([&] {
    loop();
    over = true;
  });
  std::vector<std::jthread> others;
  for (int i = 0; i < many; ++i)
    others.emplace_back([&] {
      for (; !over; ++rounds) usleep(1000);
    });
  while (!over) usleep(1000);
  CHECK(kernel_threads() < many / 4);
  runner.join();
  others.clear();
  CHECK(rounds > many);
  CHECK(unblock_stop() == 0);
}

}  // namespace

#ifdef HAVE_GLIB
TEST_CASE("GLib's main loop in a fiber") {
  runs_in_a_fiber([] {
    GMainContext* context = g_main_context_new();
    GMainLoop* loop = g_main_loop_new(context, FALSE);
    GSource* timer = g_timeout_source_new(50);
    // It blocks, like anything else in a fiber.
    g_source_set_callback(
        timer,
        [](void* raw) -> gboolean {
          usleep(1000);
          g_main_loop_quit(static_cast<GMainLoop*>(raw));
          return G_SOURCE_REMOVE;
        },
        loop, nullptr);
    g_source_attach(timer, context);
    g_source_unref(timer);
    g_main_loop_run(loop);
    g_main_loop_unref(loop);
    g_main_context_unref(context);
  });
}
#endif

#ifdef HAVE_ASIO
TEST_CASE("Boost.Asio's loop in a fiber") {
  runs_in_a_fiber([] {
    boost::asio::io_context loop;
    boost::asio::steady_timer timer(loop, std::chrono::milliseconds(50));
    timer.async_wait([](const boost::system::error_code&) { usleep(1000); });
    loop.run();
  });
}
#endif

#ifdef HAVE_QT
TEST_CASE("Qt's event loop in a fiber") {
  Application application;
  runs_in_a_fiber([] {
    QEventLoop loop;
    QTimer::singleShot(50, &loop, [&] {
      usleep(1000);
      loop.quit();
    });
    loop.exec();
  });
}
#endif

#ifdef HAVE_UV
TEST_CASE("libuv's loop in a fiber, its pool of threads too") {
  runs_in_a_fiber([] {
    uv_loop_t loop;
    uv_timer_t timer;
    uv_work_t work;
    if (uv_loop_init(&loop) || uv_timer_init(&loop, &timer)) std::abort();
    uv_timer_start(
        &timer, [](uv_timer_t* handle) { uv_close(reinterpret_cast<uv_handle_t*>(handle), nullptr); }, 50, 0);
    uv_queue_work(
        &loop, &work, [](uv_work_t*) { usleep(1000); }, [](uv_work_t*, int) {});
    uv_run(&loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&loop)) std::abort();
    uv_library_shutdown();  // its threads would be waited for
  });
}
#endif
