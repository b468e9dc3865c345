// A thread from before unblock_start(): a kernel thread, which does as it is told.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "kernel_threads.h"

/// Runs what it is given, one after the other. By what it does so threads and fibers meet.
class Outsider {
 public:
  Outsider() : thread_([this] { work(); }), id_(thread_.native_handle()) {}
  ~Outsider() {
    run([this] { over_ = true; });
    thread_.join();
  }

  /// Begins to run `task`; wait() returns when it has ended.
  void begin(std::function<void()> task) {
    const std::lock_guard guard(mutex_);
    task_ = std::move(task);
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !task_; });
  }
  void run(std::function<void()> task) {
    begin(std::move(task));
    wait();
  }
  [[nodiscard]] pthread_t id() const { return id_; }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (!over_) {
      changed_.wait(lock, [this] { return task_ != nullptr; });
      lock.unlock();
      task_();
      lock.lock();
      task_ = nullptr;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> task_;
  bool over_ = false;
  std::thread thread_;
  pthread_t id_;
};

/// What `body` gives in a child of fork, 0 to 127.
template <class Body>
int in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}
