// This machine's libc, covered: every site accounted for, and everything still works.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "entries.h"
#include "object_counts.h"

extern char** environ;

namespace {

using namespace unblock::patch;

std::string maps() {
  std::string text;
  FILE* file = std::fopen("/proc/self/maps", "r");
  for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

int status_of(pid_t child) {
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void* add_one(void* argument) {
  usleep(1000);
  return static_cast<char*>(argument) + 1;
}

TEST_CASE("every site of libc is a jump, a trap or left for a reason") {
  REQUIRE(cover_for_test() == 0);
  for (const char* name : {"libc.so.6", "ld-linux-x86-64.so.2"}) {
    const ObjectCount count = count_of(name);
    INFO(name << ": " << count.sites << " sites, " << count.jumps << " jumps, " << count.traps << " traps");
    CHECK(count.sites > 40);
    CHECK(count.jumps + count.traps + count.left == count.sites);
    CHECK(count.traps <= count.sites / 20);
  }
  CHECK(count_of("libc.so.6").sites > 400);
  static unsigned left = 0;
  for_each_left(
      [](const LeftAlone& site, void*) {
        if (std::strcmp(site.object, "libc.so.6")) return;
        ++left;
        CHECK(std::string(site.why).find("rt_sigreturn") == 0);
      },
      nullptr);
  CHECK(left == count_of("libc.so.6").left);
}

TEST_CASE("covering again changes nothing") {
  REQUIRE(cover_for_test() == 0);
  const ObjectCount before = count_of("libc.so.6");
  const std::string mapped = maps();
  CHECK(cover_for_test() == 0);
  CHECK(cover_gate(test_entry) == 0);
  CHECK(std::memcmp(&before, &(const ObjectCount&)count_of("libc.so.6"), sizeof before) == 0);
  CHECK(maps() == mapped);
}

TEST_CASE("no page is writable and executable, and libc's mapping is as it was") {
  REQUIRE(cover_for_test() == 0);
  const std::string mapped = maps();
  INFO(mapped);
  CHECK(mapped.find("rwx") == std::string::npos);
  const std::size_t first = mapped.find("libc.so.6");
  unsigned executable = 0;
  for (std::size_t at = first; at != std::string::npos; at = mapped.find("libc.so.6", at + 1)) {
    const std::size_t line = mapped.rfind('\n', at) + 1;
    executable += mapped.substr(line, at - line).find("r-xp") != std::string::npos;
  }
  CHECK(executable == 1);
}

TEST_CASE("a covered program works") {
  REQUIRE(cover_for_test() == 0);
  const unsigned long before = entries;
  SECTION("threads") {
    char base = 0;
    pthread_t thread;
    REQUIRE(pthread_create(&thread, nullptr, add_one, &base) == 0);
    void* result = nullptr;
    REQUIRE(pthread_join(thread, &result) == 0);
    CHECK(result == &base + 1);
  }
  SECTION("fork") {
    const pid_t child = fork();
    if (child == 0) _exit(7);
    CHECK(status_of(child) == 7);
  }
  SECTION("vfork") {
    const pid_t child = vfork();
    if (child == 0) _exit(8);
    CHECK(status_of(child) == 8);
  }
  SECTION("posix_spawn") {
    const char* arguments[] = {"sh", "-c", "exit 9", nullptr};
    pid_t child = 0;
    REQUIRE(posix_spawn(&child, "/bin/sh", nullptr, nullptr, const_cast<char**>(arguments), environ) == 0);
    CHECK(status_of(child) == 9);
  }
  SECTION("popen") {
    FILE* pipe = popen("echo hello", "r");
    REQUIRE(pipe);
    char line[16] = "";
    CHECK(std::fgets(line, sizeof line, pipe));
    CHECK(std::string(line) == "hello\n");
    CHECK(pclose(pipe) == 0);
  }
  SECTION("name resolution") {
    addrinfo* found = nullptr;
    CHECK(getaddrinfo("localhost", "80", nullptr, &found) == 0);
    if (found) freeaddrinfo(found);
  }
  SECTION("signals") {
    static volatile sig_atomic_t seen = 0;
    std::signal(SIGUSR1, [](int) { seen = 1; });
    raise(SIGUSR1);
    CHECK(seen == 1);
  }
  CHECK(entries > before);
}

TEST_CASE("objects loaded later are covered by another call, and when they come back") {
  REQUIRE(cover_for_test() == 0);
  for (int i = 0; i < 3; ++i) {
    void* handle = dlopen(UNBLOCK_TEST_LATE, RTLD_NOW | RTLD_LOCAL);
    REQUIRE(handle);
    REQUIRE(cover_for_test() == 0);
    const auto late_getpid = reinterpret_cast<long (*)()>(dlsym(handle, "late_getpid"));
    REQUIRE(late_getpid);
    const unsigned long before = entries;
    const long pid = late_getpid();
    CHECK(entries == before + 1);
    CHECK(pid == getpid());
    CHECK(count_of("libpatch_late.so").jumps == 1);
    dlclose(handle);
  }
}

}  // namespace
