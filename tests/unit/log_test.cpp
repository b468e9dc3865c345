// Levels from text, and lines as they arrive on descriptor 2.
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <string>

#include "captured_stderr.h"
#include "format.h"
#include "log.h"

namespace unblock {

using format::Hex;
using format::Left;
using format::Right;
using format::Writer;
using test::captured_stderr;

namespace {

struct DefaultLevels {
  DefaultLevels() { REQUIRE(log::configure("warning")); }
  ~DefaultLevels() { REQUIRE(log::configure("warning")); }
};

template <class... Parts>
std::string text_of(const Parts&... parts) {
  char storage[128];
  Writer writer(storage, sizeof storage);
  (writer.put(parts), ...);
  return std::string(writer.view());
}

}  // namespace

TEST_CASE("numbers and addresses as text") {
  CHECK(text_of(0, ' ', -1, ' ', 42u) == "0 -1 42");
  CHECK(text_of(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(text_of(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(text_of(Hex{0xdeadbeef}, ' ', Hex{0}) == "0xdeadbeef 0x0");
  CHECK(text_of(reinterpret_cast<void*>(0x1000)) == "0x1000");
  CHECK(text_of(true, ' ', 'x', ' ', std::string("s")) == "true x s");
  CHECK(text_of(static_cast<const char*>(nullptr)) == "(null)");
}

TEST_CASE("columns pad, and never cut") {
  CHECK(text_of(Left{"ab", 4}, '|') == "ab  |");
  CHECK(text_of(Left{"abcdef", 4}, '|') == "abcdef|");
  CHECK(text_of(Right{-7, 4}, '|') == "  -7|");
  CHECK(text_of(Right{123456, 4}, '|') == "123456|");
}

TEST_CASE("a full buffer drops the rest and says so") {
  char storage[4];
  Writer writer(storage, sizeof storage);
  writer.put("abc");
  CHECK_FALSE(writer.truncated());
  writer.put("def");
  CHECK(writer.truncated());
  CHECK(writer.view() == "abcd");
}

TEST_CASE("levels are ordered, warning is the default") {
  DefaultLevels levels;
  CHECK(log::enabled(log::patch, log::Level::error));
  CHECK(log::enabled(log::patch, log::Level::warning));
  CHECK_FALSE(log::enabled(log::patch, log::Level::info));
}

TEST_CASE("levels for all, then for one module") {
  DefaultLevels levels;
  REQUIRE(log::configure("info,stall:debug,io:error"));
  CHECK(log::enabled(log::core, log::Level::info));
  CHECK_FALSE(log::enabled(log::core, log::Level::debug));
  CHECK(log::enabled(log::stall, log::Level::debug));
  CHECK_FALSE(log::enabled(log::io, log::Level::warning));
  REQUIRE(log::configure("io:debug,error"));
  CHECK_FALSE(log::enabled(log::io, log::Level::warning));
}

TEST_CASE("a module alone means its info") {
  DefaultLevels levels;
  REQUIRE(log::configure("error,stall"));
  CHECK(log::enabled(log::stall, log::Level::info));
  CHECK_FALSE(log::enabled(log::stall, log::Level::debug));
  CHECK_FALSE(log::enabled(log::io, log::Level::warning));
}

TEST_CASE("a word that is not known changes nothing") {
  DefaultLevels levels;
  for (const char* text : {"", "loud", "debug,loud", "loud,debug", "net", "io:", ":debug", "net:debug",
                           "io:debug:x", "debug,,info", ",debug", "DEBUG", " debug"}) {
    INFO(text);
    CHECK_FALSE(log::configure(text));
    CHECK_FALSE(log::enabled(log::core, log::Level::info));
  }
}

TEST_CASE("a line names its module, core's does not") {
  DefaultLevels levels;
  const std::string lines = captured_stderr([] {
    log::warning(log::patch, 526, " sites in ", "libc");
    log::error(log::core, "/bin/x runs natively");
    log::info(log::patch, "unwanted");
  });
  CHECK(lines == "unblock: patch: 526 sites in libc\nunblock: /bin/x runs natively\n");
}

TEST_CASE("a line that is too long ends in dots and still ends") {
  DefaultLevels levels;
  const std::string line = captured_stderr([] { log::warning(log::core, std::string(1000, 'x')); });
  CHECK(line.size() == limits::log_line);
  CHECK(line.substr(line.size() - 5) == "x...\n");
}

TEST_CASE("the log leaves errno alone") {
  DefaultLevels levels;
  const std::string line = captured_stderr([] {
    errno = ENOTTY;
    log::warning(log::io, "line");
    CHECK(errno == ENOTTY);
  });
  CHECK(line == "unblock: io: line\n");
}

}  // namespace unblock
