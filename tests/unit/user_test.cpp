// Accesses to memory that may not be there.
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <sys/mman.h>

#include "runtime_limits.h"
#include "signals/signals.h"
#include "user.h"
#include "waits/timeouts.h"

using namespace unblock;

namespace {

/// A page that can be written, one that can be read, one that cannot; with our handler for faults, which
/// Catch2 replaces by its own for the next test.
struct Pages {
  Pages() {
    void* mapped =
        mmap(nullptr, 3 * limits::page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(mapped != MAP_FAILED);
    start = static_cast<char*>(mapped);
    REQUIRE(mprotect(constant(), limits::page, PROT_READ) == 0);
    REQUIRE(mprotect(absent(), limits::page, PROT_NONE) == 0);
    signals::hide_faults();
  }
  ~Pages() { munmap(start, 3 * limits::page); }
  template <class T = char>
  T* writable() const { return reinterpret_cast<T*>(start); }
  template <class T = char>
  T* constant() const { return reinterpret_cast<T*>(start + limits::page); }
  template <class T = char>
  T* absent() const { return reinterpret_cast<T*>(start + 2 * limits::page); }

  char* start;
};

}  // namespace

TEST_CASE("words are read where they can be") {
  const Pages pages;
  *pages.writable<std::uint32_t>() = 7;
  std::uint32_t narrow = 0;
  std::uint64_t wide = 1;
  CHECK(user::load(pages.writable<std::uint32_t>(), narrow));
  CHECK(narrow == 7);
  CHECK(user::load(pages.constant<std::uint64_t>(), wide));
  CHECK(wide == 0);
  CHECK_FALSE(user::load(pages.absent<std::uint32_t>(), narrow));
  CHECK_FALSE(user::load(pages.absent<std::uint64_t>(), wide));
  CHECK_FALSE(user::load(static_cast<const std::uint32_t*>(nullptr), narrow));
}

TEST_CASE("words are written where they can be") {
  const Pages pages;
  CHECK(user::store(pages.writable<std::uint32_t>(), 5u));
  CHECK(*pages.writable<std::uint32_t>() == 5);
  CHECK_FALSE(user::store(pages.constant<std::uint32_t>(), 5u));
  CHECK_FALSE(user::store(pages.absent<std::uint64_t>(), std::uint64_t{5}));
}

TEST_CASE("compare and exchange tells what it saw, or that it faulted") {
  const Pages pages;
  auto* word = pages.writable<std::uint32_t>();
  *word = 1;
  std::uint32_t expected = 1;
  CHECK(user::compare_exchange(word, expected, 2));
  CHECK(expected == 1);
  CHECK(*word == 2);
  CHECK(user::compare_exchange(word, expected, 3));
  CHECK(expected == 2);
  CHECK(*word == 2);
  CHECK_FALSE(user::compare_exchange(pages.constant<std::uint32_t>(), expected, 3));
  CHECK_FALSE(user::compare_exchange(pages.absent<std::uint32_t>(), expected, 3));
}

TEST_CASE("copies say when a part was out of reach") {
  const Pages pages;
  char text[16] = "fifteen letters";
  CHECK(user::copy(pages.writable(), text, sizeof text));
  CHECK(std::memcmp(pages.writable(), text, sizeof text) == 0);
  CHECK_FALSE(user::copy(pages.constant(), text, sizeof text));
  CHECK_FALSE(user::copy(text, pages.absent() - 8, sizeof text));
  CHECK(user::copy(text, pages.absent() - 16, sizeof text));
  CHECK(user::copy(pages.absent(), text, 0));
}

TEST_CASE("words are copied as far as they can be read") {
  const Pages pages;
  std::uint64_t from[3] = {1, 2, 3}, to[3] = {};
  CHECK(user::copy_words(to, from, 2 * sizeof *to + 7));
  CHECK((to[0] == 1 && to[1] == 2 && to[2] == 0));
  CHECK(user::copy_words(to, pages.absent() - sizeof to, sizeof to));
  CHECK_FALSE(user::copy_words(to, pages.absent() - sizeof *to, sizeof to));
}

TEST_CASE("memory is writable if both its ends are") {
  const Pages pages;
  CHECK(user::writable(pages.writable(), limits::page));
  CHECK(user::writable(pages.constant() - 64, 64));
  CHECK_FALSE(user::writable(pages.constant() - 64, 128));
  CHECK_FALSE(user::writable(pages.constant(), 64));
}

TEST_CASE("a bad timeout is an error, not a fault") {
  const Pages pages;
  Fiber fiber;
  Nanoseconds deadline;
  CHECK(timeouts::from_user(fiber, pages.absent<timespec>(), CLOCK_MONOTONIC, true, deadline) == -EFAULT);
}

TEST_CASE("other instructions have nowhere to go on") {
  CHECK(user::recovery(0) == 0);
  CHECK(user::recovery(reinterpret_cast<std::uintptr_t>(&user::recovery)) == 0);
}
