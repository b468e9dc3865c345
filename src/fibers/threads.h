// Threads as the kernel makes and ends them.
#pragma once

#include <cstdint>
#include <sys/types.h>

#include "entry/frame.h"
#include "fibers/fiber.h"

struct robust_list_head;

namespace unblock::threads {

/// What clone(2) and clone3(2) are told, whichever it was.
struct CloneArguments {
  std::uint64_t flags = 0;
  int* parent_tid = nullptr;
  int* child_tid = nullptr;
  std::uint64_t stack_top = 0;
  std::uint64_t tls = 0;
};

/// Reads the arguments of the clone family's call in `frame`. 0, or -EFAULT, -EINVAL.
[[nodiscard]] long read_arguments(const Frame& frame, CloneArguments& arguments) noexcept;

/// Answers a call that makes a thread: the new fiber goes on behind the call, as its child, with the parent's
/// registers. Returns its tid or -EAGAIN, -EFAULT.
long create(Fiber& parent, const Frame& frame, const CloneArguments& arguments) noexcept;

/// Answers exit(2) of a thread.
[[noreturn]] void exit(Fiber& fiber, int status) noexcept;

/// The last of a fiber, off its stack, by the flow that `carrier` goes on with: whoever joins it learns of it.
void bury(Fiber& fiber, Carrier& carrier) noexcept;

/// True if a live fiber's end is announced at `word` (CLONE_CHILD_CLEARTID).
[[nodiscard]] bool is_exit_word(const std::uint32_t* word) noexcept;

}  // namespace unblock::threads

namespace unblock::calls {

// What the kernel keeps for a thread, each as its page in section 2 of the manual.
long gettid(Fiber& fiber) noexcept;
long set_tid_address(Fiber& fiber, int* word) noexcept;
long set_robust_list(Fiber& fiber, robust_list_head* head, std::size_t size) noexcept;
long get_robust_list(Fiber& fiber, int tid, robust_list_head** head, std::size_t* size) noexcept;
long rseq(Fiber& fiber) noexcept;
long exit(Fiber& fiber, int status) noexcept;
long exit_group(Fiber& fiber, int status) noexcept;

}  // namespace unblock::calls
