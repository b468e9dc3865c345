// What a piece of code writes to descriptor 2.
#pragma once

#include <cstdio>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace unblock::test {

/// Runs `code` with descriptor 2 on an empty file, and returns what is in it then.
template <class Code>
std::string captured_stderr(Code code) {
  const int saved = dup(2);
  const int file = memfd_create("stderr", 0);
  dup2(file, 2);
  code();
  dup2(saved, 2);
  close(saved);
  std::string text(static_cast<std::size_t>(lseek(file, 0, SEEK_END)), '\0');
  const ssize_t length = pread(file, text.data(), text.size(), 0);
  close(file);
  text.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return text;
}

}  // namespace unblock::test
