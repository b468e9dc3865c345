// Every fixed size and bound of the runtime, in one table. The name is not limits.h because `-I src`
// would then put it in the place of <limits.h>.
#pragma once

#include <cstddef>
#include <cstdint>

namespace unblock::limits {

constexpr std::size_t cache_line = 64;          // bytes; x86-64's unit of sharing between cores
constexpr std::size_t page = 4096;              // bytes; x86-64's smallest page
constexpr std::size_t carrier_stack = 64 << 10; // bytes; a carrier's own idle loop, libev included
constexpr std::size_t fault_stack = 64 << 10;   // bytes; where a carrier handles faults: stack overflows too
constexpr std::size_t static_tls = 16 << 20;    // bytes below a thread pointer that may be static TLS
constexpr std::size_t log_line = 512;           // bytes of one log line; longer ones end in "..."
constexpr std::size_t option_text = 256;        // bytes of an option's text value, its NUL included
constexpr int option_number = 1'000'000;        // largest number an option takes; the smallest is 1
constexpr std::size_t stats_objects = 64;       // objects listed one by one in the statistics table
constexpr std::size_t stats_text = 16 << 10;    // bytes of the statistics table, written at once
constexpr int first_tid = 1 << 22;              // lowest tid of a fiber: above the kernel's, PID_MAX_LIMIT
constexpr unsigned max_fibers = 1 << 21;        // fibers alive at once
constexpr std::size_t parking_buckets = 4096;   // of the parking lot's hash table; a power of two
constexpr std::size_t descriptor_chunk = 1024;  // descriptors a chunk of the descriptor table is for
constexpr std::size_t max_descriptors = 1 << 21;  // above the kernel's usual fs.nr_open
constexpr std::uint8_t emptied_by_one = 4;      // waits in which a connection was found empty: by edges from then on
constexpr std::uint8_t reads_per_guess = 30;    // reads that wait before they ask, after one asked in vain
constexpr std::uint8_t polls_per_guess = 30;    // polls that do, after one of no more than
constexpr unsigned few_polled = 8;              // descriptors
constexpr std::uint8_t lone_waits = 32;  // for events, beside which nobody runs: the next is the kernel's
constexpr long bulk_transfer = 16 << 10;        // bytes; what a read or write in bulk moves at least
constexpr int bulk_units = 64;                  // of them in a period, as bytes: a fiber is in bulk
constexpr int bulk_period = 28;                 // log2 of its cycles: a tenth of a second, about
constexpr unsigned bulk_threads = 128;          // kernel threads for fibers in bulk, about
constexpr std::uint32_t run_queue_ring = 1024;  // ready fibers of a processor that others may take; 2^n
constexpr int cold_look = 16;                   // events of one look at the kernel: so many are looked ahead at,
constexpr int looked_ahead = 4096;              // and so many at most:
constexpr int expected_soon = 4;                // a waiter is fetched so many events before its own,
constexpr int expected_later = 8;               // and the watch before it
constexpr unsigned cold_round = 8;               // fibers: what so many use drives out what they used before
constexpr unsigned prefetched_lines = 8;         // of the stack of a fiber that is about to run
constexpr unsigned prefetched_pages = 4;         // of stacks of fibers that run soon, one each, fetched at once
constexpr std::size_t max_processors = 64;      // of one process
constexpr unsigned groups = 64;                 // threads that have started the runtime, at once
constexpr std::size_t cpu_set_words = 128;      // of a set of CPUs: 8,192, the kernel's most
constexpr unsigned yields_in_vain = 256;         // of fibers, before their kernel thread yields, too
constexpr int picks_per_look = 16;              // fibers run between two looks at whether help is needed
constexpr std::uint64_t shortest_locality = 13; // fibers run between two looks at where packets arrive, if one
constexpr std::uint64_t longest_locality = 61;  // moved at the last; and otherwise at most
constexpr int cycles_per_us = 3'000;            // of the cycle counter, about: for what need not be exact
constexpr int saturated = 40;  // behind for so many times help_after: worth another processor
constexpr int accepts_alone = 8;                // in a row by one fiber: nobody else takes that listener's
constexpr int busy_poll_cycles = 100'000;       // processor cycles between two looks at the loop when busy
constexpr int rounds_unclocked = 7;  // rounds that begin without a look at the clock after short ones:
constexpr int short_rounds_cycles = 4'000;      // since its last look so many processor cycles at most
constexpr int turn_cycles_each = 15'000;  // of the processor, for a fiber that always finds what it reads:
constexpr int shortest_turn_cycles = 60'000;    // so many for each that waits, but not fewer than these,
constexpr int longest_turn_cycles = 600'000;    // nor more, as where nobody waits
constexpr int uneven_cycles = 500'000;           // more in a round than elsewhere, and 1/7 more: uneven,
constexpr std::uint32_t uneven_share = 8;       // and one in so many goes there
constexpr int leaving_spins = 1'000;            // looks at whether a fiber was left by another kernel thread,
constexpr int preempted_leaving_us = 20;        // and the sleep between two from then on
constexpr unsigned own_threads = 128;  // kernel threads where fibers that compute wait for locks, about
constexpr int own_thread_waits_ms = 1'000;      // for so long at most,
constexpr int own_thread_run_cycles = 300'000;  // and not if they run for less between their waits
constexpr int own_thread_short_runs = 64;       // so many times
constexpr int watchdog_shortest_us = 20;        // the watchdog's sleep while calls are short
constexpr int computing_look_us = 1'000;        // a fiber computes for so long: its loop is asked by others
constexpr int watchdog_longest_us = 10'000;     // and when nothing happens
constexpr std::uint64_t many_turns = 100;       // between two looks: the next is likely to be short, too
constexpr int calm_looks = 100;                 // of those, one after the other: nobody needs it near
constexpr int apart_asks_us = 200;              // between two questions, by one apart, whether it is replaced
constexpr int apart_asks = 10;                  // before the carrier is kicked to do so
constexpr int carrier_idle_s = 5;               // an idle carrier beyond the spare ones ends after this
constexpr std::size_t hidden_descriptors = 256;  // of our own: loops, files closed under a waiter
constexpr std::size_t early_sockets = 1024;     // below this, those made before the first thread are known,
constexpr unsigned early_sockets_made = 100;    // so many of them
constexpr int inherited_descriptors = 64;       // so many are looked at, for those for signals
constexpr unsigned hidden_base = 1 << 12;       // where they are numbered from if RLIMIT_NOFILE allows more
constexpr int watchdog_eager_looks = 15;        // looks without a finding before its sleep grows
constexpr int collecting_tries = 20;            // rounds of the watchdog that a signal waits for earlier ones
constexpr unsigned long pending_unasked = 16;   // signals: if more pend, their limit is asked for each time
constexpr unsigned long pending_elsewhere = 1024;  // that the user has in the kernel at most, about
constexpr int signals_per_round = 100;          // that it takes from the kernel, after the first
constexpr int watchdog_looks = 200;             // and before it sleeps for good while the loop is idle
constexpr std::size_t block_step = 512;         // bytes; what kept slices of stacks are rounded up to
constexpr std::size_t largest_block = 32 << 10; // bytes; larger ones are mapped by themselves
constexpr std::size_t block_chunk = 256 << 10;  // bytes mapped at once for smaller ones
constexpr std::int64_t first_ask = 500'000;  // ns until a sibling first asks again whether a child has ended
constexpr std::int64_t longest_ask = 10'000'000; // ns between two such questions at most
constexpr std::size_t shared_descriptors = 1024; // below it, those from before the first connection are known
constexpr std::size_t home_listeners = 16;      // listening sockets of one iterative server
constexpr int unmarked_call_us = 500;           // after this it asks the kernel whether a fiber sleeps
constexpr std::size_t stack_slabs = 64;         // mappings that threads' stacks come from
constexpr std::size_t stack_sizes = 8;          // sizes of them there are slabs for; others are the kernel's
constexpr std::size_t largest_stack = 1 << 30;  // bytes; larger ones are the kernel's
constexpr std::size_t idle_tables = 256;        // stacks that nobody has may keep their page tables
constexpr std::uint32_t shortest_run = 64;      // of free stacks, side by side: worth a mapping made anew
constexpr std::uint32_t longest_run = 256;      // made anew while others wait for the lock: 0.2 ms
constexpr unsigned runs_at_once = 2;            // by the watchdog, which has more to do
constexpr std::size_t kept_stacks = 64;         // of threads that ended, whose pages are kept for a while
constexpr int many_threads = 128;  // more of them have less room for static TLS of libraries to come:
constexpr std::size_t tls_reserve = 256;        // bytes of it,
constexpr std::size_t usual_tls_reserve = 2048; // and what glibc would have them have at most, unless told to

constexpr std::size_t timer_buckets = 256;      // of the table of timers that notify a fiber
constexpr std::size_t stall_ring = 8;           // stalls taken down and not reported yet
constexpr std::size_t stall_stack_words = 512;  // of the stack of each, to look for its callers in
constexpr std::size_t peeked_pages = 8;         // of memory read at once that may not be there
constexpr int deadlock_lines = 32;              // fibers named when all wait for locks
constexpr std::size_t stall_frames = 16;        // callers reported
constexpr std::size_t stalls_reported = 256;    // different ones, for good

}  // namespace unblock::limits
