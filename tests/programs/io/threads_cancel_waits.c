// pthread_cancel(3) of sleeping, locks, queues, file locks, FIFOs and waiting for children.
#include "blocking_waits.h"
#include "cancelled.h"

int main(void) { return cancel_each(waits, wait_count); }
