// Stacks of the program's threads: what glibc does with one, and what else a program may do.
#include <catch2/catch.hpp>
#include <cstring>
#include <sys/mman.h>
#include <vector>

#include "memory/stacks.h"
#include "runtime_limits.h"

using namespace unblock;

namespace {

constexpr std::size_t page = 4096, bytes = 64 * page, descriptor = 3000;
constexpr int both = PROT_READ | PROT_WRITE;

/// A stack as pthread_create() makes it, and as a thread leaves it.
std::uintptr_t used_stack() {
  const std::uintptr_t begin = stacks::map(bytes);
  REQUIRE(begin != 0);
  REQUIRE(stacks::protect(begin + page, bytes - page, both) == 0);
  stacks::begin(begin + bytes - descriptor);
  std::memset(reinterpret_cast<void*>(begin + page), 1, bytes - page);
  return begin;
}

bool zero(std::uintptr_t begin, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    if (reinterpret_cast<const char*>(begin)[i] != 0) return false;
  return true;
}

bool mapped(std::uintptr_t address) {
  unsigned char resident;
  return mincore(reinterpret_cast<void*>(address), page, &resident) == 0;
}

/// The bytes from `begin` on that are in memory.
std::size_t resident(std::uintptr_t begin) {
  unsigned char pages[bytes / page];
  REQUIRE(mincore(reinterpret_cast<void*>(begin), bytes, pages) == 0);
  std::size_t found = 0;
  for (unsigned char one : pages) found += one & 1;
  return found * page;
}

void release_all() {
  while (stacks::release_kept()) {
  }
}

/// What a thread's last madvise() finds: signals blocked that a program cannot block.
struct Ending : Fiber {
  Ending() { signals.mask.store(~SignalSet{0}, std::memory_order_relaxed); }
};

}  // namespace

TEST_CASE("an unmapped stack is given again, zeroes where the descriptor was") {
  const std::uintptr_t begin = used_stack();
  CHECK(stacks::unmap(begin, bytes) == 0);
  REQUIRE(stacks::map(bytes) == begin);
  REQUIRE(stacks::protect(begin + page, bytes - page, both) == 0);
  CHECK(zero(begin + bytes - descriptor, descriptor));
  CHECK(stacks::unmap(begin, bytes) == 0);
  stacks::forget();
}

TEST_CASE("one that failed before it had a thread is all zeroes") {
  const std::uintptr_t begin = stacks::map(bytes);
  REQUIRE(stacks::protect(begin + page, bytes - page, both) == 0);
  std::memset(reinterpret_cast<void*>(begin + bytes - page), 1, page);
  CHECK(stacks::unmap(begin, bytes) == 0);
  REQUIRE(stacks::map(bytes) == begin);
  REQUIRE(stacks::protect(begin + page, bytes - page, both) == 0);
  CHECK(zero(begin + page, bytes - page));
  stacks::forget();
}

TEST_CASE("many that nobody has are made anew, without guards and pages") {
  std::vector<std::uintptr_t> all(limits::idle_tables + 2 * limits::shortest_run);
  for (std::uintptr_t& begin : all) begin = used_stack();
  const std::uintptr_t one = all[all.size() / 2];
  for (const std::uintptr_t begin : all) CHECK(stacks::unmap(begin, bytes) == 0);
  CHECK(stacks::guards(one));
  release_all();
  CHECK_FALSE(stacks::guards(one));
  CHECK(mapped(one));
  CHECK(resident(one) == 0);
  for (std::uintptr_t& begin : all) begin = used_stack();
  CHECK(stacks::guards(all.front()));
  CHECK(stacks::guards(all.back()));
  for (const std::uintptr_t begin : all) CHECK(stacks::unmap(begin, bytes) == 0);
  stacks::forget();
}

TEST_CASE("one in use among them stays as it is") {
  std::vector<std::uintptr_t> all(limits::idle_tables + 4 * limits::shortest_run);
  for (std::uintptr_t& begin : all) begin = used_stack();
  const std::uintptr_t one = all[all.size() / 2];
  for (const std::uintptr_t begin : all)
    if (begin != one) CHECK(stacks::unmap(begin, bytes) == 0);
  release_all();
  CHECK(stacks::guards(one));
  CHECK(resident(one) == bytes - page);
  CHECK(stacks::unmap(one, bytes) == 0);
  stacks::forget();
}

TEST_CASE("a guard is as large as asked for") {
  const std::uintptr_t begin = stacks::map(bytes);
  REQUIRE(stacks::protect(begin + 3 * page, bytes - 3 * page, both) == 0);
  CHECK(stacks::guards(begin));
  CHECK(stacks::guards(begin + 3 * page - 1));
  CHECK_FALSE(stacks::guards(begin + 3 * page));
  CHECK(stacks::unmap(begin, bytes) == 0);
  REQUIRE(stacks::map(bytes) == begin);
  REQUIRE(stacks::protect(begin + page, bytes - page, both) == 0);
  CHECK_FALSE(stacks::guards(begin + page));
  *reinterpret_cast<volatile char*>(begin + page) = 1;
  stacks::forget();
}

TEST_CASE("pages of a thread that ends are kept until they are released") {
  const Ending fiber;
  const std::uintptr_t begin = used_stack();
  CHECK(stacks::advise(fiber, begin, bytes / 2, MADV_DONTNEED) == 0);
  CHECK(resident(begin) == bytes - page);
  release_all();
  CHECK(resident(begin) == bytes / 2);
  CHECK(stacks::unmap(begin, bytes) == 0);
  release_all();
  CHECK(resident(begin) == 0);
  stacks::forget();
}

TEST_CASE("a thread that goes on has its advice taken by the kernel") {
  const Fiber fiber;
  const std::uintptr_t begin = used_stack();
  CHECK(stacks::advise(fiber, begin, bytes / 2, MADV_DONTNEED) == stacks::kernels);
  stacks::forget();
}

TEST_CASE("a stack that a program changes is the kernel's, and not given again") {
  const std::uintptr_t begin = used_stack();
  CHECK(stacks::protect(begin + page, page, PROT_READ) == stacks::kernels);
  CHECK(stacks::unmap(begin, bytes) == stacks::kernels);
  CHECK(stacks::map(bytes) != begin);
  stacks::forget();
}

TEST_CASE("what is no mapping to the program is none once it is touched, or memory locked") {
  const std::uintptr_t begin = used_stack();
  const std::uintptr_t other = used_stack();
  CHECK(stacks::unmap(begin, bytes) == 0);
  CHECK(stacks::unmap(begin, bytes) == stacks::kernels);
  CHECK_FALSE(mapped(begin));
  CHECK(stacks::unmap(other, bytes) == 0);
  stacks::disown_unused();
  CHECK_FALSE(mapped(other));
  stacks::forget();
}

TEST_CASE("odd sizes are the kernel's") {
  CHECK(stacks::map(page + 1) == 0);
  CHECK(stacks::map(std::size_t{1} << 40) == 0);
}
