// What a handler does to reading, writing, connecting and waiting for readiness. signal(7)
#include "blocking_io.h"
#include "interrupted.h"

int main(void) { return with_and_without_restart(waits, wait_count); }
