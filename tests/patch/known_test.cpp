// What is known of libraries since unblock was built, against a look at them.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#include <cstring>
#include <link.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <vector>

#include "patch/known.h"
#include "patch/plan.h"

namespace {

using namespace unblock::patch;

template <class Visit>
void for_each_known(Visit visit) {
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* context) {
        if (Object object; describe(*info, object) && known(object)) (*static_cast<Visit*>(context))(object);
        return 0;
      },
      &visit);
}

bool equal(const Site& a, const Site& b) {
  const bool same_reason =
      !a.why_left || !b.why_left ? a.why_left == b.why_left : !std::strcmp(a.why_left, b.why_left);
  return a.address == b.address && a.verdict == b.verdict && a.nr == b.nr && same_reason &&
         (!a.rewritten() || (a.window_begin == b.window_begin && a.window_end == b.window_end));
}

// The sites that a plan has something to say of.
std::vector<Site> sites_of(const Plan& plan) {
  std::vector<Site> sites;
  for (const Site& site : plan.sites())
    if (site.verdict != Verdict::none) sites.push_back(site);
  return sites;
}

void check_equal(const Object& object, Others others) {
  Plan looked_at(object), recalled(object);
  REQUIRE(looked_at.collect());
  looked_at.decide(true, others);
  REQUIRE(recalled.recall(others));
  const std::vector<Site> expected = sites_of(looked_at), found = sites_of(recalled);
  INFO(object.name);
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(equal(found[i], expected[i]));
}

TEST_CASE("spared are the sites whose only call is nobody's concern") {
  for_each_known([&](const Object& object) {
    Plan all(object), some(object);
    REQUIRE(all.recall(Others::none));
    REQUIRE(some.recall(Others::none));
    constexpr auto concerns = [](long nr) { return nr == SYS_futex; };
    some.spare(concerns);
    REQUIRE(all.sites().count == some.sites().count);
    for (std::size_t i = 0; i < all.sites().count; ++i) {
      const Site &before = all.sites().first[i], &after = some.sites().first[i];
      const bool left_out = before.nr >= 0 && !concerns(before.nr) && before.verdict != Verdict::stray;
      CHECK(after.verdict == (left_out ? Verdict::spared : before.verdict));
    }
    CHECK(some.covered(SYS_futex) == all.covered(SYS_futex));
  });
}

TEST_CASE("what is known of an object is what a look at it finds") {
  unsigned libraries = 0;
  for_each_known([&](const Object& object) {
    libraries += object.role == Role::libc || object.role == Role::loader;
    check_equal(object, Others::none);
    check_equal(object, Others::later);
  });
  CHECK(libraries == 2);
}

TEST_CASE("nothing is known for a process whose other threads run") {
  for_each_known([](const Object& object) { CHECK_FALSE(Plan(object).recall(Others::running)); });
}

TEST_CASE("nothing is known of an object that somebody has been rewriting") {
  for_each_known([](const Object& object) {
    if (object.role != Role::libc) return;
    Plan before(object);
    REQUIRE(before.recall(Others::none));
    const Site& site = before.sites().end()[-1];
    const std::uintptr_t page = site.address & ~4095UL;
    auto* byte = reinterpret_cast<std::uint8_t*>(site.address + 1);
    REQUIRE(mprotect(reinterpret_cast<void*>(page), 8192, PROT_READ | PROT_WRITE | PROT_EXEC) == 0);
    *byte ^= 1;
    CHECK_FALSE(Plan(object).recall(Others::none));
    *byte ^= 1;
    CHECK(Plan(object).recall(Others::none));
  });
}

TEST_CASE("another object is not known") {
  for_each_known([](Object object) {
    object.build_id[19] ^= 1;
    CHECK(known(object) == nullptr);
    CHECK_FALSE(Plan(object).recall(Others::none));
  });
}

}  // namespace
