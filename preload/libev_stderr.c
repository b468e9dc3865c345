// libc's `stderr` for libev's archive, which is compiled for executables: reaching a variable of another
// object directly is the one thing in it that a shared library cannot do. It prints there before it gives up.

extern char _IO_2_1_stderr_[];  // glibc's stream itself

__attribute__((visibility("hidden"))) void *stderr = _IO_2_1_stderr_;
