// A library as OpenBLAS is one: it has its threads from its constructor on, before any other library of the
// process but those that it needs is initialised, and they look for work without ever sleeping.
#pragma once

/// Has each worker square a number, 1 and so on, and says their sum: 14 for three workers.
long workers_sum(void);

/// Ends and joins them. Says how many have ended as they should.
int workers_end(void);
