// Names of system calls, from the kernel's header.
#include "syscall_name.h"

#include "format.h"

namespace unblock {

namespace {

struct Name {
  long nr;
  std::string_view name;
};

constexpr Name names[] = {
#include "syscall_names.inc"
};

}  // namespace

SyscallName::SyscallName(long nr) noexcept {
  for (const Name& known : names)
    if (known.nr == nr) {
      name_ = known.name;
      return;
    }
  format::Writer writer(number_, sizeof number_);
  writer.put("call ", nr);
  name_ = writer.view();
}

}  // namespace unblock
