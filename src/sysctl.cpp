// Reading the kernel's settings.
#include "sysctl.h"

#include "proc_text.h"

namespace unblock::sysctl {

long number(const char* path) noexcept { return ProcText<24>(path).number("", -1L); }

}  // namespace unblock::sysctl
