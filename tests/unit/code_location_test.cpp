// Names for addresses and for system calls.
#include "watchdog/code_location.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <string>

#include "syscall_name.h"

namespace unblock {
namespace {

[[gnu::noinline]] bool returns_after_a_call() {
  return follows_call(reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)));
}

std::uintptr_t address_of(const void* place) { return reinterpret_cast<std::uintptr_t>(place); }

}  // namespace

TEST_CASE("a function of libc has its object's and its own name") {
  const auto inside = reinterpret_cast<std::uintptr_t>(&std::getenv) + 8;
  const CodeLocation where = locate(inside);
  REQUIRE(where.object);
  CHECK(std::string(where.object) == "libc.so.6");
  REQUIRE(where.symbol);
  CHECK(std::string(where.symbol) == "getenv");
  CHECK(where.symbol_address == inside - 8);
  CHECK(where.base < inside);
  CHECK(function_start(inside) == inside - 8);
}

TEST_CASE("the program's own code has no exported name") {
  const CodeLocation where = locate(reinterpret_cast<std::uintptr_t>(&returns_after_a_call));
  REQUIRE(where.object);
  CHECK(std::string(where.object) == "unit_test");
  CHECK(where.symbol == nullptr);
}

TEST_CASE("data and nothing at all are no code") {
  static int data;
  int on_stack;
  CHECK(locate(address_of(&data)).object == nullptr);
  CHECK(locate(address_of(&on_stack)).object == nullptr);
  CHECK(locate(8).object == nullptr);
  CHECK_FALSE(follows_call(address_of(&data)));
  CHECK_FALSE(follows_call(8));
}

TEST_CASE("a return address stands behind a call, a function's first byte does not") {
  CHECK(returns_after_a_call());
  CHECK_FALSE(follows_call(reinterpret_cast<std::uintptr_t>(&std::getenv)));
}

TEST_CASE("system calls by name, those that nobody knows by number") {
  CHECK(SyscallName(0).view() == "read");
  CHECK(SyscallName(324).view() == "membarrier");
  CHECK(SyscallName(100000).view() == "call 100000");
}

}  // namespace unblock
