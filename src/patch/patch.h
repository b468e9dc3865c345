// Covering the `syscall` instructions of loaded objects: what each one becomes, and how to ask about it.
//
//        libc's text                     a stub, within 2 GiB                the runtime (entry.S)
//     ┌───────────────┐   written by     ┌──────────────────────┐
//     │ jmp stub      │── rewriter ────> │ what preceded it     │
//     │ (nop ...)     │                  │ lea record, %rcx     │
//     │               │                  │ jmp *record.entry ───┼────────> entry: rcx = &SiteRecord
//     │               │      native: ┌─> │ syscall              │<──────── jmp *native  (do it natively)
//     │               │      after:  └─> │ what followed it     │<──────── jmp *after   (answered: rax)
//     │ next          │<── stub ─────────┼─ jmp next            │
//     └───────────────┘                  └──────────────────────┘
//
// Where five bytes cannot be had, the two of `syscall` become `ud2`, and the SIGILL handler moves the
// program counter to the stub. A jump, never a call: leaf code keeps data below rsp. Where other threads run
// while this is done, only single instructions are replaced: see beside.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace unblock::patch {

/// What a stub hands to the entry point in rcx. Read-only, as long-lived as its object's text.
/// entry.S reads it by offset.
struct SiteRecord {
  std::uint64_t native;        ///< makes the call, registers and stack as they are, then goes on at `after`
  std::uint64_t after;         ///< goes on behind the call; rax holds its answer
  std::uint64_t address;       ///< first rewritten byte in the object's text
  std::uint64_t flags;         ///< bits of SiteFlag
  std::uint64_t entry;         ///< where the stub jumps
  std::uint64_t syscall;       ///< where the `syscall` instruction was
  std::int64_t nr;             ///< the call it makes if that is a constant, else -1
  std::uint64_t end;           ///< behind the last rewritten byte
};

enum SiteFlag : std::uint64_t {
  outside_libc = 1,            ///< neither libc nor ld.so: its compiler may count on the vector registers
  by_trap = 2,                 ///< reached by ud2 and a signal, not by a jump
};

static_assert(offsetof(SiteRecord, native) == 0 && offsetof(SiteRecord, after) == 8);
static_assert(offsetof(SiteRecord, address) == 16 && offsetof(SiteRecord, flags) == 24);
static_assert(offsetof(SiteRecord, entry) == 32 && offsetof(SiteRecord, syscall) == 40);
static_assert(offsetof(SiteRecord, nr) == 48);
static_assert(sizeof(SiteRecord) == 64);

/// From now on only sites that may make a call for which `concerns(nr)` is true are rewritten: what always
/// goes to the kernel may as well do so where it is. Until then, all are. Before there are other threads.
void cover_only(bool (*concerns)(long nr)) noexcept;

/// Rewrites only the calls that create threads (clone3 and clone in libc.so.6), those by which a program
/// forbids calls (prctl() and syscall()) and, if `accepting`, those that wait for connections, for the first
/// one to reach `entry`. Cheap; meant for load time. Returns 0, or a negative error number with everything as
/// it was; reason() says why. Idempotent. Other threads must not be in those calls.
[[nodiscard]] int cover_gate(void (*entry)(), bool accepting = false) noexcept;

/// Whether other threads may be executing what is rewritten.
enum class Others : std::uint8_t {
  none,     ///< they may not: while an object's text is being written it cannot execute
  later,    ///< the same, but once nobody handles traps there may be some that block all signals: libc
            ///< alone may have one, where nothing works without
  running,  ///< they may: see beside.h. A few calls less are covered; no trap is ever used
};

/// Tells the kernel that this process may cover objects while others run. Never needed, but quick only as
/// long as there is one thread. See membarrier(2).
void foresee_others() noexcept;

/// Rewrites every call of every loaded object not covered yet; again after dlopen(3) for what is new.
/// Returns 0, or a negative error number if libc.so.6 or one of the calls nothing works without (futex,
/// clone3, clone, exit) cannot be covered; then nothing has changed and reason() says why. Calls in
/// other objects that cannot be covered are left alone, see for_each_left(). Signals are blocked meanwhile.
[[nodiscard]] int cover_all(void (*entry)(), Others others = Others::none) noexcept;

/// In a fork's child: whoever was covering objects in the parent is not here.
void after_fork() noexcept;

/// Why the last cover_gate() or cover_all() failed, in one line.
[[nodiscard]] const char* reason() noexcept;

/// The stub for the trap at `address`, or 0 if that is none of ours. Lock-free, async-signal-safe.
[[nodiscard]] std::uintptr_t trap_target(std::uintptr_t address) noexcept;

/// True if `address` is in a stub page. Lock-free, async-signal-safe.
[[nodiscard]] bool in_stub(std::uintptr_t address) noexcept;

/// For a program counter in a stub, the place in the object's text that it stands for: what unwinders,
/// debuggers and people can read. Any other address stays as it is. Lock-free, async-signal-safe.
[[nodiscard]] std::uintptr_t original(std::uintptr_t address) noexcept;

/// Whether at `address` is a `syscall` of a rewritten site that has stayed: there, not in a stub, the call is
/// made natively. Lock-free, async-signal-safe.
[[nodiscard]] bool stays(std::uintptr_t address) noexcept;

/// What became of the `syscall` instructions of one object, save for those that are not to be covered.
struct ObjectCount {
  char name[64];
  unsigned sites, jumps, traps, left;
};

/// Fills in at most `max` objects that have such instructions, in the order covered. Returns how many.
[[nodiscard]] std::size_t counts(ObjectCount* out, std::size_t max) noexcept;

/// A `syscall` that stays as it is, or (not counted as a site) bytes like one outside all functions.
struct LeftAlone {
  std::uintptr_t address;
  const char* why;             ///< static text
  const char* object;          ///< file name
};

/// Calls `visit(site, context)` for each call left alone.
void for_each_left(void (*visit)(const LeftAlone& site, void* context), void* context) noexcept;

}  // namespace unblock::patch
