// Edge-triggered watches under libev, which asks for level-triggered ones: epoll(7).
#include "waits/edge_triggers.h"

#include <cerrno>
#include <sys/epoll.h>

#include "kernel.h"
#include "memory/memory.h"

namespace unblock {

EdgeTriggers::~EdgeTriggers() {
  for (State* chunk : chunks_) memory::unmap(chunk, limits::descriptor_chunk * sizeof(State));
}

// Null for the loop's own, and those that it never was to watch.
EdgeTriggers::State* EdgeTriggers::find(int fd) const noexcept {
  if (fd < 0 || static_cast<std::size_t>(fd) >= limits::max_descriptors) return nullptr;
  State* chunk = chunks_[fd / limits::descriptor_chunk];
  return chunk ? chunk + fd % limits::descriptor_chunk : nullptr;
}

bool EdgeTriggers::note(int fd, bool by_edge, bool reopened) noexcept {
  State*& chunk = chunks_[fd / limits::descriptor_chunk];
  if (!chunk) chunk = static_cast<State*>(memory::map(limits::descriptor_chunk * sizeof(State)));  // zeroes
  if (!chunk) return false;
  some_ = some_ || by_edge;
  State& state = chunk[fd % limits::descriptor_chunk];
  state.wanted = by_edge;
  state.ended = false;
  if (reopened) state.asked = false;
  return true;
}

// libev believes that the kernel watches what it does not want watched any more, and leaves it at that if it
// is wanted again: how, it cannot know.
long EdgeTriggers::control(int epfd, int operation, int fd, epoll_event* event) noexcept {
  State* state = some_ ? find(fd) : nullptr;
  if (!state || operation == EPOLL_CTL_DEL) return kernel::call(SYS_epoll_ctl, epfd, operation, fd, event);
  if (state->wanted) event->events |= EPOLLET | EPOLLRDHUP | EPOLLPRI;
  long result = -ENOENT;
  if (state->asked != state->wanted) result = kernel::call(SYS_epoll_ctl, epfd, EPOLL_CTL_MOD, fd, event);
  if (result == -ENOENT) result = kernel::call(SYS_epoll_ctl, epfd, operation, fd, event);
  if (result == 0) state->asked = state->wanted;
  return result;
}

bool EdgeTriggers::sift(epoll_event* events, int count) noexcept {
  constexpr unsigned usual = EPOLLIN | EPOLLOUT;
  bool all_usual = true;
  for (int i = 0; i < count; ++i) {
    if (!(events[i].events & ~usual)) [[likely]]
      continue;
    all_usual = false;
    State* state = find(static_cast<int>(events[i].data.u64));  // above it libev has a count
    if (!state || !state->wanted) continue;
    some_ended_ = state->ended = true;
    events[i].events |= EPOLLIN;  // urgent data alone is nothing to libev
  }
  return all_usual;
}

}  // namespace unblock
