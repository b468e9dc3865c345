// Making runs of free stacks anew, when there are so many that it is worth it.
#include "memory/stack_tables.h"

#include <algorithm>

#include "memory/stack_guards.h"
#include "runtime_limits.h"

namespace unblock::stack_tables {

namespace {

using stack_slabs::Place;
using stack_slabs::Slab;
using stack_slabs::Slot;
using stack_slabs::State;

constinit std::size_t in_use = 0;
constinit std::size_t idle = 0;  // free, with tables
constinit std::size_t left = 0;  // of these, what the last sweep could not help
constinit bool keep = false;

// Where the sweep is that is going on.
constinit bool sweeping = false;
constinit std::uint32_t slab_number = 0;
constinit std::uint32_t index = 0;

// Threads that come and go should find them: as many as a part of those there are.
bool too_many() noexcept {
  return !keep && idle > std::max({limits::idle_tables, in_use / 4, left + limits::idle_tables});
}

bool is_free(const Slot& slot) noexcept {
  return (slot.state == State::Fresh || slot.state == State::Free) && !slot.kept;
}

void made_anew(Place place) noexcept {
  Slot& slot = place.slot();
  idle -= slot.tables;
  slot.tables = false;
  slot.occupied = 0;
  stack_guards::lost(place);
}

// Only what lies wholly between its ends goes: where stacks in use are among them it is not worth a mapping.
void renew(Slab& slab, std::uint32_t begin, std::uint32_t end) noexcept {
  if (end - begin < limits::shortest_run) return;
  const bool done = stack_slabs::renew(Place(slab, begin), end - begin);
  for (std::uint32_t i = begin; i < end; ++i) {
    const Place place(slab, i);
    made_anew(place);
    if (!done) place.slot().state = State::Foreign;
  }
}

void renew_runs(Slab& slab, std::uint32_t begin, std::uint32_t end) noexcept {
  while (begin < end) {
    std::uint32_t behind = begin;
    while (behind < end && is_free(slab.slots[behind])) ++behind;
    renew(slab, begin, behind);
    begin = behind + 1;
  }
}

}  // namespace

void taken(Place place) noexcept {
  ++in_use;
  idle -= place.slot().tables;
  place.slot().tables = true;
}

void freed(Place) noexcept {
  --in_use;
  ++idle;
}

void lost(Place place) noexcept {
  switch (place.slot().state) {
    case State::Fresh:
    case State::Free: idle -= place.slot().tables; break;
    case State::Foreign: break;
    default: --in_use;
  }
}

bool give_back_some() noexcept {
  if (!sweeping) {
    if (!too_many()) return false;
    sweeping = true;
    slab_number = index = 0;
  }
  if (slab_number == stack_slabs::detail::slabs()) {
    sweeping = false;
    left = idle;
    return false;
  }
  Slab& slab = stack_slabs::detail::slab(slab_number);
  const std::uint32_t end = std::min(index + limits::longest_run, slab.fresh);
  renew_runs(slab, index, end);
  index = end;
  if (end == slab.fresh) ++slab_number, index = 0;
  return true;
}

void keep_all() noexcept { keep = true; }

void forget() noexcept {
  in_use = idle = left = 0;
  keep = sweeping = false;
}

}  // namespace unblock::stack_tables
