// What happens when a program is loaded that links the library: next to nothing.
#include <sys/single_threaded.h>

#include "runtime.h"

namespace {

[[gnu::constructor]] void load() {
  if (__libc_single_threaded) unblock::runtime::foresee();
}

}  // namespace
