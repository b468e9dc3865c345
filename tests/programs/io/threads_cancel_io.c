// pthread_cancel(3) of reading, writing, connecting and waiting for readiness.
#include "blocking_io.h"
#include "cancelled.h"

int main(void) { return cancel_each(waits, wait_count); }
