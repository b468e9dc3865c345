// Telling glibc that its reserve is smaller.
#include "memory/tls_reserve.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>

#include "fibers/context.h"
#include "fibers/fiber.h"
#include "kernel.h"
#include "log.h"
#include "runtime_limits.h"

namespace unblock::tls_reserve {

namespace {

// Left: it is as it is for good.
enum class State : std::uint8_t { Whole, Changing, Cut, Left };

constinit std::atomic<State> state{State::Whole};
constinit std::atomic<bool> escaped{false};

using Ask = void(std::size_t* size, std::size_t* alignment);

// Of the dynamic linker and of libc, GLIBC_PRIVATE; found once.
constinit Ask* ask = nullptr;           // _dl_get_tls_static_info()
constinit std::size_t* size = nullptr;  // what it tells: TLS, reserve and descriptor of a thread
constinit std::size_t whole = 0;        // what that was at first
constinit std::size_t descriptor = 0;   // bytes of a struct pthread

std::size_t told() noexcept {
  std::size_t bytes = 0, alignment;
  ask(&bytes, &alignment);
  return bytes;
}

std::uintptr_t page_of(const void* address) noexcept {
  return reinterpret_cast<std::uintptr_t>(address) & ~(limits::page - 1);
}

// A sanitizer's runtime has looked at it and counts on it.
bool is_sanitized() noexcept { return dlsym(RTLD_DEFAULT, "__sanitizer_set_report_path"); }

// The one word that has that value among the dynamic linker's variables that are read-only once it is done.
std::size_t* find_word(std::size_t value) noexcept {
  void* const variables = dlsym(RTLD_DEFAULT, "_rtld_global_ro");
  Dl_info object;
  void* entry = nullptr;
  if (!variables || !dladdr1(variables, &object, &entry, RTLD_DL_SYMENT) || object.dli_saddr != variables)
    return nullptr;
  const auto* symbol = static_cast<const ElfW(Sym)*>(entry);
  auto* const begin = static_cast<std::size_t*>(variables);
  auto* const end = begin + symbol->st_size / sizeof *begin;
  auto* const found = std::find(begin, end, value);
  return found != end && std::find(found + 1, end, value) == end ? found : nullptr;
}

bool find() noexcept {
  if (size) return true;
  const auto* bytes = static_cast<const std::uint32_t*>(dlsym(RTLD_DEFAULT, "_thread_db_sizeof_pthread"));
  ask = reinterpret_cast<Ask*>(dlsym(RTLD_DEFAULT, "_dl_get_tls_static_info"));
  if (!bytes || !ask || is_sanitized()) return false;
  descriptor = *bytes;
  whole = told();
  return whole > descriptor && (size = find_word(whole));
}

// What the loaded objects say.
struct Objects {
  std::uintptr_t thread_pointer;
  std::size_t room;            // below that
  std::size_t known = 0;       // of it, up to where TLS of objects is
  std::size_t unknown = 0;     // more at most, of objects that this thread has not seen yet
  bool word_is_fixed = false;  // its page is one that the dynamic linker has made read-only

  void note_tls(const dl_phdr_info& object, const ElfW(Phdr) & segment) noexcept {
    if (!object.dlpi_tls_data) unknown += segment.p_memsz + segment.p_align;
    const std::size_t distance = thread_pointer - reinterpret_cast<std::uintptr_t>(object.dlpi_tls_data);
    if (distance <= room) known = std::max(known, distance);
  }

  void note_read_only(const dl_phdr_info& object, const ElfW(Phdr) & segment) noexcept {
    const std::uintptr_t begin = object.dlpi_addr + segment.p_vaddr, end = begin + segment.p_memsz;
    word_is_fixed |= page_of(size) >= (begin & ~(limits::page - 1)) && page_of(size) + limits::page <= end;
  }
};

int visit(dl_phdr_info* object, std::size_t, void* objects) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type == PT_TLS) static_cast<Objects*>(objects)->note_tls(*object, segment);
    if (segment.p_type == PT_GNU_RELRO) static_cast<Objects*>(objects)->note_read_only(*object, segment);
  }
  return 0;
}

// False if nothing has changed.
bool tell(std::size_t bytes) noexcept {
  if (kernel::call(SYS_mprotect, page_of(size), limits::page, PROT_READ | PROT_WRITE) != 0) return false;
  const std::atomic_ref word(*size);
  const std::size_t before = word.exchange(bytes);
  const bool heard = told() == bytes;
  if (!heard) word.store(before);
  kernel::call(SYS_mprotect, page_of(size), limits::page, PROT_READ);
  return heard;
}

// More than the usual is a wish: GLIBC_TUNABLES.
bool cut() noexcept {
  if (!find()) return false;
  Objects objects{context::current_fs(), whole - descriptor};
  dl_iterate_phdr(visit, &objects);
  const std::size_t used = objects.known + objects.unknown;
  const std::size_t wanted =
      (used + limits::tls_reserve + limits::cache_line - 1) & ~(limits::cache_line - 1);
  if (!objects.word_is_fixed || wanted >= objects.room ||
      objects.room - objects.known > limits::usual_tls_reserve)
    return false;
  return tell(descriptor + wanted);
}

}  // namespace

void thread_comes() noexcept {
  if (state.load(std::memory_order_relaxed) != State::Whole || fibers::live() < limits::many_threads) return;
  State expected = State::Whole;
  if (!state.compare_exchange_strong(expected, State::Changing)) return;
  const bool done = cut();
  state.store(done ? State::Cut : State::Left);
  log::debug(log::core, "many threads: the reserve for static TLS is ", done ? "cut" : "left as it is");
}

void thread_escapes() noexcept {
  if (state.load() != State::Whole) escaped.store(true);
}

void library_comes() noexcept {
  if (state.load(std::memory_order_relaxed) != State::Cut || escaped.load() || fibers::live() > 1) return;
  State expected = State::Cut;
  if (!state.compare_exchange_strong(expected, State::Changing)) return;
  state.store(tell(whole) ? State::Whole : State::Left);
}

void forget(bool by_main) noexcept {
  if (!by_main) thread_escapes();
  if (state.load() == State::Changing) state.store(State::Left);
}

}  // namespace unblock::tls_reserve
