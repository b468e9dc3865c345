// What became of an object's sites.
#pragma once

#include <cstring>

#include "patch/patch.h"

/// The counts of the loaded object of that name; zeroes if there is none.
inline unblock::patch::ObjectCount count_of(const char* name) {
  unblock::patch::ObjectCount objects[64];
  const std::size_t count = unblock::patch::counts(objects, 64);
  for (std::size_t i = 0; i < count; ++i)
    if (!std::strcmp(objects[i].name, name)) return objects[i];
  return {};
}
