// unblock for C++20: what gevent and eventlet have beyond threads, made of threads.
//
// All of it is pthreads and the standard library: it works in plain threads, and between unblock_start() and
// unblock_stop(), or while an unblock::runtime lives, in fibers, where a thread costs next to nothing. Whatever
// waits here is a cancellation point (task::cancel()), ends at the thread's deadline with timed_out, and may be
// used between fibers and kernel threads. Nothing is async-signal-safe.
#pragma once

#include "unblock/actor.hpp"
#include "unblock/channel.hpp"
#include "unblock/deadline.hpp"
#include "unblock/event.hpp"
#include "unblock/native.hpp"
#include "unblock/original.hpp"
#include "unblock/pool.hpp"
#include "unblock/queue.hpp"
#include "unblock/runtime.hpp"
#include "unblock/select.hpp"
#include "unblock/server.hpp"
#include "unblock/stream.hpp"
#include "unblock/task.hpp"
#include "unblock/wait.hpp"
