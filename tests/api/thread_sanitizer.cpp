// What the thread sanitizer has to be told, for programs that stop what they have started.
#include <thread>

// It does not see the library's own locks, but the calls by which that asks the kernel.
extern "C" const char* __tsan_default_suppressions() { return "called_from_lib:libunblock.so\n"; }

// It makes a thread of its own with the program's first one, which never ends: not to be a fiber.
static const bool its_own_made = (std::thread([] {}).join(), true);
