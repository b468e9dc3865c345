// Choosing how to set the thread pointer.
#include "fibers/context.h"

#include <asm/prctl.h>
#include <elf.h>
#include <sys/auxv.h>

#include "kernel.h"

namespace unblock::context {

constinit bool fsgsbase = false;

void initialise() noexcept {
  constexpr unsigned long hwcap2_fsgsbase = 1 << 1;  // Documentation/arch/x86/elf_auxvec.rst
  fsgsbase = (getauxval(AT_HWCAP2) & hwcap2_fsgsbase) != 0;
}

void set_fs_by_system_call(std::uintptr_t fs) noexcept { kernel::call(SYS_arch_prctl, ARCH_SET_FS, fs); }

}  // namespace unblock::context
