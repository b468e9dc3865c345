// libev as the event loop: the one file that includes <ev.h>.
#include "waits/libev_loop.h"

#include <ev.h>
#include <new>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include "descriptors/descriptors.h"
#include "kernel.h"
#include "memory/memory.h"
#include "runtime_limits.h"
#include "waits/edge_triggers.h"
#include "waits/look_ahead.h"
#include "waits/unusual_events.h"

namespace unblock {

namespace {

class LibevLoop;

// The loop that libev runs for us here. A flow's own variable: a carrier's, or a fiber's that arms a watch.
constinit thread_local LibevLoop* in_loop = nullptr;

class InLoop {
 public:
  explicit InLoop(LibevLoop& loop) noexcept : before_(in_loop) { in_loop = &loop; }
  ~InLoop() { in_loop = before_; }
  InLoop(const InLoop&) = delete;
  InLoop& operator=(const InLoop&) = delete;

 private:
  LibevLoop* before_;
};

// This copy of libev is ours alone, so its allocator may be, too: malloc's locks belong to the program.
void* allocate(void* block, long bytes) noexcept {
  return memory::resize(block, static_cast<std::size_t>(bytes));
}

class LibevLoop final : public EventLoop {
 public:
  [[nodiscard]] bool open() noexcept;
  ~LibevLoop() override;
  static void operator delete(void* loop) noexcept { memory::unmap(loop, sizeof(LibevLoop)); }
  bool arm(int fd, unsigned events, bool reopened) noexcept override;
  void poll(Nanoseconds deadline, EventSink& sink) noexcept override;
  void wake() noexcept override;
  void abandon() noexcept override { descriptors::close_all_hidden(); }
  void show_in(int epfd) noexcept override {
    shown_in_ = epfd;
    show_backend();
  }
  void expect(Nanoseconds deadline) noexcept override {
    if (deadline != never) static_cast<void>(set_alarm(deadline));
  }
  void made_backend(int fd) noexcept {
    backend_ = fd;
    show_backend();
  }
  void found(epoll_event* events, int count, int most) noexcept;
  void refused(int fd) noexcept { refused_[refused_count_++ % refusals] = fd; }
  [[nodiscard]] int timeout(int milliseconds) const noexcept {
    return endless_ && milliseconds > 0 ? -1 : milliseconds;
  }

  EdgeTriggers edges;

 private:
  // What is watched for of one descriptor, in one line.
  struct alignas(limits::cache_line) Watcher {
    ev_io io;  // first: libev hands it back
    unsigned unusual;
  };
  // Whom the unusual events are for, by way of their watchers: one that has fired is not watched for any
  // more.
  struct Fired final : EventSink {
    explicit Fired(LibevLoop& owner) noexcept : loop(owner) {}
    void ready(int fd, unsigned events) noexcept override {
      if (Watcher* watcher = loop.find(fd)) watcher->unusual = 0;
      loop.sink_->ready(fd, events);
    }
    LibevLoop& loop;
  };

  [[nodiscard]] Watcher* find(int fd) noexcept;
  static LibevLoop& of(struct ev_loop* loop) noexcept { return *static_cast<LibevLoop*>(ev_userdata(loop)); }
  [[nodiscard]] bool open_own_descriptors() noexcept;
  [[nodiscard]] bool set_alarm(Nanoseconds deadline) noexcept;
  void run(int flags) noexcept;
  void show_backend() noexcept;
  static void on_io(struct ev_loop* loop, ev_io* watcher, int events);

  struct ev_loop* loop_ = nullptr;
  ev_io waker_watcher_;
  ev_timer long_wait_;
  ev_io alarm_watcher_;
  UnusualEvents unusual_;
  ev_io unusual_watcher_;
  int backend_ = -1;   // libev's epoll instance
  int shown_in_ = -1;  // whose member that is to be, for an embedding loop
  int waker_ = -1;     // an eventfd: ev_async_send writes by libc, perhaps in a thread that is no more
  int alarm_ = -1;     // a timerfd: epoll's milliseconds are too coarse for short sleeps
  Nanoseconds alarm_time_ = never;
  EventSink* sink_ = nullptr;
  LookAhead ahead_;
  bool endless_ = false;  // this poll has no deadline
  unsigned exactly_ = Inexact;  // what it reports with each event: nothing, if it has all there are
  static constexpr unsigned refusals = 64;
  int refused_[refusals];
  unsigned refused_count_ = 0;
  Watcher* chunks_[limits::max_descriptors / limits::descriptor_chunk] = {};
};

// A wait this long or longer is left to epoll's own timeout, ended early, and its rest is timed exactly.
constexpr Nanoseconds coarse = 20'000'000;
constexpr Nanoseconds early = 2'000'000;

bool LibevLoop::open() noexcept {
  InLoop inside(*this);
  ev_set_allocator(allocate);
  loop_ = ev_loop_new(static_cast<unsigned>(EVBACKEND_EPOLL) | static_cast<unsigned>(EVFLAG_NOENV) |
                      static_cast<unsigned>(EVFLAG_NOSIGMASK) | static_cast<unsigned>(EVFLAG_NOTIMERFD));
  if (!loop_) return false;
  ev_set_userdata(loop_, this);
  ev_set_loop_release_cb(
      loop_, [](struct ev_loop* loop) noexcept { of(loop).sink_->about_to_wait(); },
      [](struct ev_loop* loop) noexcept { of(loop).sink_->waited(); });
  ev_timer_init(
      &long_wait_, [](struct ev_loop*, ev_timer*, int) {}, 0, 0);
  return open_own_descriptors();
}

// Reads the count of an eventfd or a timerfd, so that it is not ready any more.
void reset(int fd) noexcept {
  std::uint64_t count;
  kernel::call(SYS_read, fd, &count, sizeof count);
}

bool LibevLoop::open_own_descriptors() noexcept {
  const auto watch = [this](ev_io& watcher, int fd, void (*notice)(struct ev_loop*, ev_io*, int)) {
    ev_io_init(&watcher, notice, fd, EV_READ);
    ev_io_start(loop_, &watcher);
  };
  alarm_ = descriptors::hide(
      static_cast<int>(kernel::call(SYS_timerfd_create, CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)));
  waker_ = descriptors::hide(static_cast<int>(kernel::call(SYS_eventfd2, 0, EFD_NONBLOCK | EFD_CLOEXEC)));
  if (alarm_ < 0 || waker_ < 0 || !unusual_.open()) return false;
  watch(waker_watcher_, waker_, [](struct ev_loop*, ev_io* watcher, int) { reset(watcher->fd); });
  watch(alarm_watcher_, alarm_, [](struct ev_loop* loop, ev_io* watcher, int) {
    reset(watcher->fd);
    of(loop).alarm_time_ = never;
  });
  watch(unusual_watcher_, unusual_.descriptor(), [](struct ev_loop* loop, ev_io*, int) {
    Fired fired(of(loop));
    of(loop).unusual_.report(fired);
  });
  return true;
}

LibevLoop::~LibevLoop() {
  if (loop_) ev_loop_destroy(loop_);
  // libev has closed its own by then; nobody was to take such a number in between.
  descriptors::close_all_hidden();
  for (Watcher* chunk : chunks_) memory::unmap(chunk, limits::descriptor_chunk * sizeof(Watcher));
}

LibevLoop::Watcher* LibevLoop::find(int fd) noexcept {
  Watcher*& chunk = chunks_[fd / limits::descriptor_chunk];
  if (!chunk) {
    chunk = static_cast<Watcher*>(memory::map(limits::descriptor_chunk * sizeof(Watcher)));
    if (!chunk) return nullptr;
  }
  Watcher* watcher = chunk + fd % limits::descriptor_chunk;
  if (!ev_cb(&watcher->io)) ev_io_init(&watcher->io, on_io, fd, 0);
  return watcher;
}

void LibevLoop::on_io(struct ev_loop* loop, ev_io* watcher, int events) {
  LibevLoop& self = of(loop);
  self.ahead_.next(*self.sink_);
  unsigned ready = (events & EV_READ ? Readable : 0u) | (events & EV_WRITE ? Writable : 0u) |
                   (self.edges.ended(watcher->fd) ? Ended : 0u) | self.exactly_;
  // libev has given the descriptor up, for example because it was closed.
  if (events & EV_ERROR) ready = Readable | Writable | Inexact;
  self.sink_->ready(watcher->fd, ready);
}

bool LibevLoop::arm(int fd, unsigned events, bool reopened) noexcept {
  InLoop inside(*this);
  Watcher* watcher = find(fd);
  if (!watcher || !edges.want(fd, events & Edges, reopened)) return false;
  if (reopened) watcher->unusual = 0;
  if (watcher->unusual != (events & Unusual)) unusual_.arm(fd, watcher->unusual = events & Unusual);
  ev_io* io = &watcher->io;
  ev_io_stop(loop_, io);
  if (!(events & (Readable | Writable))) return true;
  // ev_io_set makes libev ask the kernel anew, whatever it believes: right for a number that was reused.
  ev_io_set(io, fd, (events & Readable ? EV_READ : 0) | (events & Writable ? EV_WRITE : 0));
  ev_io_start(loop_, io);
  return true;
}

// Makes the timerfd fire at `deadline`. False if that is left to a plain timeout.
bool LibevLoop::set_alarm(Nanoseconds deadline) noexcept {
  if (alarm_time_ == deadline) return true;
  itimerspec time{};
  time.it_value = clock_time::to_timespec(deadline);
  if (kernel::call(SYS_timerfd_settime, alarm_, TFD_TIMER_ABSTIME, &time, nullptr) < 0) return false;
  alarm_time_ = deadline;
  return true;
}

void LibevLoop::found(epoll_event* events, int count, int most) noexcept {
  exactly_ = edges.sift(events, count) && count < most ? 0 : static_cast<unsigned>(Inexact);
  ahead_.found(events, count);
}

void LibevLoop::run(int flags) noexcept {
  ev_run(loop_, flags);
  while (refused_count_) sink_->ready(refused_[--refused_count_ % refusals], Readable | Writable | Inexact);
}

void LibevLoop::poll(Nanoseconds deadline, EventSink& sink) noexcept {
  InLoop inside(*this);
  sink_ = &sink;
  endless_ = deadline == never;
  if (deadline == 0) {
    run(EVRUN_NOWAIT);
    return;
  }
  if (endless_) {
    run(EVRUN_ONCE);
    return;
  }
  const Nanoseconds left = deadline - clock_time::now();
  if (left <= 0) {
    run(EVRUN_NOWAIT);
    return;
  }
  const bool exactly = left < coarse && set_alarm(deadline);
  if (exactly) {
    run(EVRUN_ONCE);
    return;
  }
  ev_now_update(loop_);
  ev_timer_set(&long_wait_, static_cast<double>(left > early ? left - early : left) / second, 0);
  ev_timer_start(loop_, &long_wait_);
  run(EVRUN_ONCE);
  ev_timer_stop(loop_, &long_wait_);
}

void LibevLoop::show_backend() noexcept {
  if (shown_in_ < 0) return;
  epoll_event readable{EPOLLIN, {}};
  kernel::call(SYS_epoll_ctl, shown_in_, EPOLL_CTL_ADD, backend_, &readable);
}

void LibevLoop::wake() noexcept {
  const std::uint64_t once = 1;
  kernel::call(SYS_write, waker_, &once, sizeof once);
}

}  // namespace

EventLoop* make_libev_loop() noexcept {
  void* memory = memory::map(sizeof(LibevLoop));
  if (!memory) return nullptr;
  auto* loop = new (memory) LibevLoop;
  return loop->open() ? loop : nullptr;
}

bool libev::inside() noexcept { return in_loop != nullptr; }

void libev::made_backend(int fd) noexcept { in_loop->made_backend(fd); }

void libev::refused(int fd) noexcept { in_loop->refused(fd); }

void libev::found(epoll_event* events, int count, int most) noexcept {
  if (in_loop) in_loop->found(events, count, most);
}

EdgeTriggers* libev::edges() noexcept { return in_loop ? &in_loop->edges : nullptr; }

int libev::timeout(int milliseconds) noexcept {
  return in_loop ? in_loop->timeout(milliseconds) : milliseconds;
}

}  // namespace unblock
