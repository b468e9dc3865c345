// Swapping the pages of the program's variables.
#include "siblings/private_globals.h"

#include <algorithm>
#include <cstring>
#include <link.h>

#include "kernel.h"
#include "memory/memory.h"
#include "options.h"
#include "runtime_limits.h"
#include "stats.h"

namespace unblock::private_globals {

namespace {

struct Variables {
  char* begin = nullptr;  // on a page's boundary
  char* end = nullptr;
  char* common = nullptr;
  bool* differs = nullptr;  // by page: what is in place now is not what they have in common
  bool ended = false;       // whoever wrote what is in place was not put away
};

constinit Variables variables;

std::size_t pages() noexcept {
  return (static_cast<std::size_t>(variables.end - variables.begin) + limits::page - 1) / limits::page;
}

char* place(std::size_t page) noexcept { return variables.begin + page * limits::page; }

// The last page ends with the variables: the heap may begin there.
std::size_t bytes_of(std::size_t page) noexcept {
  return std::min(limits::page, static_cast<std::size_t>(variables.end - place(page)));
}

// Of the program, the first object: its writable segments, save for what is read-only once relocated.
int find(dl_phdr_info* info, std::size_t, void*) noexcept {
  std::uintptr_t begin = ~std::uintptr_t{0}, end = 0, constant_end = 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    const std::uintptr_t start = info->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_GNU_RELRO) constant_end = start + segment.p_memsz;
    if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_W)) continue;
    begin = std::min(begin, start);
    end = std::max(end, start + segment.p_memsz);
  }
  begin = std::max(begin, constant_end) & ~(limits::page - 1);
  if (begin < end)
    variables = {reinterpret_cast<char*>(begin), reinterpret_cast<char*>(end), nullptr, nullptr, false};
  return 1;
}

char** kept_by(Sibling& sibling) noexcept {
  if (!sibling.variables.start) {
    sibling.variables = blocks::allocate(pages() * sizeof(char*));
    if (sibling.variables.start) std::memset(sibling.variables.start, 0, pages() * sizeof(char*));
  }
  return reinterpret_cast<char**>(sibling.variables.start);
}

char** kept_of(const Sibling& sibling) noexcept { return reinterpret_cast<char**>(sibling.variables.start); }

void drop(char*& page) noexcept {
  if (page) blocks::release({page, limits::page});
  page = nullptr;
}

// Without memory nobody else can run: tries until there is some.
template <class T>
T insist(T (*get)(Sibling&), Sibling& sibling) noexcept {
  for (const timespec pause{0, 1'000'000};; kernel::call(SYS_nanosleep, &pause, nullptr))
    if (T got = get(sibling)) return got;
}

char* new_page(Sibling&) noexcept { return blocks::allocate(limits::page).start; }

}  // namespace

bool begin() noexcept {
  if (!options::values().private_globals) return true;
  dl_iterate_phdr(find, nullptr);
  if (!variables.begin) return true;
  const auto size = static_cast<std::size_t>(variables.end - variables.begin);
  variables.common = static_cast<char*>(memory::map(size));
  variables.differs = static_cast<bool*>(memory::map(pages()));
  if (!variables.common || !variables.differs) return false;
  std::memcpy(variables.common, variables.begin, size);
  return true;
}

void put_away(Sibling& sibling) noexcept {
  if (!variables.common) return;
  char** kept = kept_of(sibling);
  for (std::size_t page = 0; page < pages(); ++page) {
    const bool differs =
        std::memcmp(place(page), variables.common + page * limits::page, bytes_of(page)) != 0;
    variables.differs[page] = differs;
    if (!differs) {
      if (kept) drop(kept[page]);
      continue;
    }
    if (!kept) kept = insist(kept_by, sibling);
    if (!kept[page]) kept[page] = insist(new_page, sibling);
    std::memcpy(kept[page], place(page), bytes_of(page));
    stats::count(stats::pages_copied);
  }
  variables.ended = false;
}

void bring_back(const Sibling& sibling) noexcept {
  if (!variables.common) return;
  char** kept = kept_of(sibling);
  for (std::size_t page = 0; page < pages(); ++page) {
    const char* own = kept ? kept[page] : nullptr;
    if (!own && !variables.differs[page] && !variables.ended) continue;
    std::memcpy(place(page), own ? own : variables.common + page * limits::page, bytes_of(page));
    stats::count(stats::pages_copied);
  }
}

void release(Sibling& sibling) noexcept {
  if (!variables.common) return;
  if (char** kept = kept_of(sibling))
    for (std::size_t page = 0; page < pages(); ++page) drop(kept[page]);
  blocks::release(sibling.variables);
}

void abandon() noexcept { variables.ended = true; }

}  // namespace unblock::private_globals
