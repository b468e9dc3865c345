// The same with a library whose threads nobody saw being made: the program runs natively, which a line says.
#include "threads_of_library.c"
