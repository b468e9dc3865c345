// The table of options: derived names, values from an environment, refusals.
#include <catch2/catch.hpp>
#include <algorithm>
#include <cstring>
#include <string>

#include "log.h"
#include "options.h"

namespace options = unblock::options;

namespace {

const options::Option& row(const std::string& flag) {
  const auto table = options::table();
  const auto found = std::find_if(table.begin(), table.end(), [&](auto& o) { return flag == o.flag; });
  REQUIRE(found != table.end());
  return *found;
}

/// Puts the options and the log's levels back to their defaults.
struct Restore {
  Restore() { reset(); }
  ~Restore() { reset(); }
  static void reset() {
    options::detail::values = {};
    REQUIRE(unblock::log::configure("warning"));
  }
};

}  // namespace

TEST_CASE("an option's names come from its identifier") {
  CHECK(std::string(row("no-children").environment) == "UNBLOCK_NO_CHILDREN");
  CHECK(std::string(row("spare-carriers").environment) == "UNBLOCK_SPARE_CARRIERS");
  CHECK(row("spare-carriers").audience == options::Hidden);
  CHECK(row("stats").argument == nullptr);
}

TEST_CASE("the defaults hold until something is loaded") {
  const options::Values values;
  CHECK_FALSE(values.stats);
  CHECK(values.slice == 10);
  CHECK(values.doors == "both");
  CHECK(values.log == "warning");
}

TEST_CASE("load takes every option from the environment") {
  Restore restore;
  const char* environment[] = {"PATH=/bin",        "UNBLOCK_STATS=1",     "UNBLOCK_NO_CHILDREN=yes",
                               "UNBLOCK_SLICE=25", "UNBLOCK_DOORS=sites", "UNBLOCK_LOG=error,io:debug",
                               nullptr};
  options::load(environment);
  CHECK(options::values().stats);
  CHECK(options::values().no_children);
  CHECK_FALSE(options::values().strict);
  CHECK(options::values().slice == 25);
  CHECK(options::values().doors == "sites");
  CHECK(unblock::log::enabled(unblock::log::io, unblock::log::Level::debug));
  CHECK_FALSE(unblock::log::enabled(unblock::log::core, unblock::log::Level::warning));
}

TEST_CASE("load copies: the environment may be overwritten afterwards") {
  Restore restore;
  char variable[] = "UNBLOCK_DOORS=sites";
  const char* environment[] = {variable, nullptr};
  options::load(environment);
  std::memset(variable, 'x', sizeof variable - 1);
  CHECK(options::values().doors == "sites");
}

TEST_CASE("the first of two variables counts, longer and shorter names are others") {
  Restore restore;
  const char* environment[] = {"UNBLOCK_SLICES=1", "UNBLOCK_SLIC=2",  "UNBLOCK_SLICE",
                               "UNBLOCK_SLICE=3",  "UNBLOCK_SLICE=4", nullptr};
  options::load(environment);
  CHECK(options::values().slice == 3);
}

TEST_CASE("no environment at all is no environment to load from") {
  Restore restore;
  options::load(nullptr);
  const char* empty[] = {nullptr};
  options::load(empty);
  CHECK(options::values().slice == 10);
}

TEST_CASE("what is not a value is refused and changes nothing") {
  Restore restore;
  options::Values values;
  for (const char* text : {"", "0", "-1", "1000001", "10ms", " 10", "99999999999999999999"}) {
    INFO(text);
    CHECK_FALSE(row("slice").assign(values, text));
    CHECK(values.slice == 10);
  }
  for (const char* text : {"", "site", "sites|both", "Both", "both "}) {
    INFO(text);
    CHECK_FALSE(row("doors").assign(values, text));
    CHECK(values.doors == "both");
  }
  for (const char* text : {"2", "TRUE", "maybe", "1 "}) CHECK_FALSE(row("stats").assign(values, text));
  CHECK_FALSE(row("log").assign(values, "loud"));
  CHECK_FALSE(row("log").assign(values, std::string(unblock::limits::option_text, 'x')));
  CHECK(values.log == "warning");
}

TEST_CASE("a switch can be turned off again") {
  options::Values values;
  for (const char* off : {"0", "no", "false", "off", ""}) {
    REQUIRE(row("stats").assign(values, "on"));
    CHECK(row("stats").assign(values, off));
    CHECK_FALSE(values.stats);
  }
}

TEST_CASE("facilities are a list of words, or none") {
  using unblock::Facility;
  options::Values values;
  CHECK_FALSE(values.except.has(Facility::Sockets));
  REQUIRE(row("except").assign(values, "sockets,dns"));
  CHECK(values.except.has(Facility::Sockets));
  CHECK(values.except.has(Facility::Dns));
  CHECK_FALSE(values.except.has(Facility::Files));
  CHECK_FALSE(values.except.has(Facility::Core));
  for (const char* text : {"core", "locks", "sockets,", ",", "sockets dns", "Sockets", "sockets,none"}) {
    INFO(text);
    CHECK_FALSE(row("except").assign(values, text));
    CHECK(values.except.has(Facility::Dns));
  }
  REQUIRE(row("except").assign(values, "none"));
  CHECK_FALSE(values.except.has(Facility::Sockets));
}
