// Patterns by pairs: what the code around a site looks like, and what becomes of it.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#include <cstring>
#include <unistd.h>

#include "entries.h"

namespace {

enum Expected : std::uint32_t { jump = 1, trap = 2, left = 3, none = 4 };

struct Pattern {
  const char* name;
  void (*function)();                  // null: the site is in the function of the row before
  const unsigned char* site;
  std::uint32_t expected;
  std::int32_t begin, end;
  std::int32_t unused;
};

struct Registers {
  unsigned char vectors[64];
  std::uint64_t rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15, rax;
};
static_assert(offsetof(Registers, rax) == 176 && offsetof(Registers, r15) == 168);

extern "C" const Pattern* pattern_table();
extern "C" void run_pattern(void (*function)(), Registers* registers);

bool is_run(const Pattern& pattern) {
  for (const char* name : {"last_instruction", "short_jump_behind", "signal_return"})
    if (!std::strcmp(pattern.name, name)) return false;
  return pattern.function != nullptr;
}

Registers run(const Pattern& pattern) {
  Registers registers;
  for (std::size_t i = 0; i < sizeof registers; ++i)
    reinterpret_cast<unsigned char*>(&registers)[i] = static_cast<unsigned char>(i * 7 + 1);
  registers.r9 = 0;
  run_pattern(pattern.function, &registers);
  return registers;
}

template <class Visit>
void for_each_pattern(Visit visit) {
  for (const Pattern* pattern = pattern_table(); pattern->name; ++pattern) {
    INFO(pattern->name);
    visit(*pattern);
  }
}

// The bytes from the site's window on, as expected of its verdict.
void check_text(const Pattern& pattern) {
  const unsigned char* text = pattern.site;
  switch (pattern.expected) {
    case jump:
      CHECK(text[pattern.begin] == 0xe9);
      for (int i = pattern.begin + 5; i < pattern.end; ++i) CHECK(text[i] == 0x90);
      if (pattern.end > 2) CHECK(text[pattern.end] != 0x90);
      break;
    case trap: CHECK((text[0] == 0x0f && text[1] == 0x0b)); break;
    default: CHECK((text[0] == 0x0f && text[1] == 0x05));
  }
}

// Runs every pattern before and after covering: in one test case, for there is no way back.
TEST_CASE("every pattern becomes what it should, and does what it did") {
  Registers before[64];
  int count = 0;
  for_each_pattern([&](const Pattern& pattern) {
    if (is_run(pattern)) before[count++] = run(pattern);
  });
  REQUIRE(cover_for_test() == 0);
  count = 0;
  for_each_pattern([&](const Pattern& pattern) {
    check_text(pattern);
    if (!is_run(pattern)) return;
    const unsigned long entered = entries;
    const Registers after = run(pattern);
    const bool reached = entries != entered;
    CHECK(std::memcmp(&after, &before[count++], sizeof after) == 0);
    CHECK(reached == (pattern.expected == jump || pattern.expected == trap));
  });
}

TEST_CASE("an answer reaches the code behind the site") {
  REQUIRE(cover_for_test() == 0);
  for_each_pattern([&](const Pattern& pattern) {
    if (!is_run(pattern) || pattern.expected > trap || !std::strcmp(pattern.name, "adjacent_first")) return;
    entry_in_use = answer;
    const Registers registers = run(pattern);
    entry_in_use = pass_through;
    CHECK(registers.rax == 12345);
  });
}

TEST_CASE("a record says where the site is and what it calls") {
  REQUIRE(cover_for_test() == 0);
  for_each_pattern([&](const Pattern& pattern) {
    if (std::strcmp(pattern.name, "compare_after") && std::strcmp(pattern.name, "number_before") &&
        std::strcmp(pattern.name, "only_call_before"))
      return;
    entry_in_use = answer_record;
    const auto* record = reinterpret_cast<const unblock::patch::SiteRecord*>(run(pattern).rax);
    entry_in_use = pass_through;
    const bool trapped = pattern.expected == trap;
    CHECK(record->syscall == reinterpret_cast<std::uintptr_t>(pattern.site));
    CHECK(record->address == record->syscall + static_cast<std::uintptr_t>(std::intptr_t{pattern.begin}));
    CHECK((record->flags & unblock::patch::outside_libc) != 0);
    CHECK(((record->flags & unblock::patch::by_trap) != 0) == trapped);
    CHECK(record->nr == (trapped ? -1 : 39));
    CHECK(record->after == record->native + 2);
    CHECK(unblock::patch::in_stub(record->native));
    CHECK(unblock::patch::trap_target(record->syscall) == (trapped ? record->native - 13 : 0));
  });
  CHECK_FALSE(unblock::patch::in_stub(reinterpret_cast<std::uintptr_t>(&test_entry)));
}

// The record of a pattern that has been covered.
const unblock::patch::SiteRecord& record_of(const Pattern& pattern) {
  entry_in_use = answer_record;
  const auto* record = reinterpret_cast<const unblock::patch::SiteRecord*>(run(pattern).rax);
  entry_in_use = pass_through;
  return *record;
}

TEST_CASE("program counters are found again on the other side") {
  using unblock::patch::original;
  REQUIRE(cover_for_test() == 0);
  for_each_pattern([&](const Pattern& pattern) {
    if (std::strcmp(pattern.name, "compare_after") && std::strcmp(pattern.name, "both_sides")) return;
    const auto site = reinterpret_cast<std::uintptr_t>(pattern.site);
    const auto& record = record_of(pattern);
    CHECK(record.end == site + static_cast<unsigned>(pattern.end));
    CHECK(original(record.native) == site);
    CHECK(original(record.after) == site + 2);
    CHECK(original(record.end) == record.end);
    if (pattern.begin < 0) {
      CHECK(original(reinterpret_cast<std::uintptr_t>(&record + 1)) == record.address);
    }
  });
}

}  // namespace
