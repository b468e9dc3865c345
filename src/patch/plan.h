// Covering one object: find its sites, decide what each becomes, build the stubs, rewrite the text.
#pragma once

#include "coverage.h"
#include "objects.h"
#include "patch.h"
#include "site_finder.h"

namespace unblock::patch {

/// The sites of one object on their way to being covered. Holds scratch memory of its own.
class Plan {
 public:
  explicit Plan(const Object& object) noexcept : object_(object) {}
  ~Plan();
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  /// Collects every site of the object. False without memory.
  [[nodiscard]] bool collect() noexcept;
  /// Collects those in `text`.
  [[nodiscard]] bool collect(Range text) noexcept;
  /// Collects the sites in `text` that load one of the given system calls just before. False without memory.
  [[nodiscard]] bool collect_calls(Range text, const std::int32_t* calls, std::size_t count) noexcept;

  /// Decides what becomes of each site. `thorough`: looks for branches into windows in all of the text.
  void decide(bool thorough, Others others = Others::none) noexcept;

  /// Instead of collect() and decide(): the same, if it is known of this object. False if it is not, or
  /// another has been rewriting the object.
  [[nodiscard]] bool recall(Others others) noexcept;
  /// Instead of decide() alone: the same for the sites that were collected, where no other threads run.
  [[nodiscard]] bool recall_collected() noexcept;

  /// Spares the sites that can make no call but one of which `concerns` is false.
  void spare(bool (*concerns)(long nr)) noexcept;

  [[nodiscard]] Sites sites() const noexcept { return sites_; }
  /// How many sites that make system call `nr` will be covered.
  [[nodiscard]] unsigned covered(std::int32_t nr) const noexcept;

  /// Builds the stubs, makes the batch known and rewrites the text; or changes nothing and returns a
  /// negative error number.
  [[nodiscard]] int commit(Covered& covered, Covered::Part part, void (*entry)()) noexcept;
  /// Instead of commit(): leaves every site alone for this reason. False without memory.
  [[nodiscard]] bool leave_all(Covered& covered, Covered::Part part, const char* why) noexcept;

 private:
  void look_around(bool thorough) noexcept;
  void choose_windows(bool traps) noexcept;
  [[nodiscard]] bool add(std::uintptr_t address) noexcept;
  [[nodiscard]] int build(Batch& batch, void (*entry)()) noexcept;
  template <class Change, class Apply>
  [[nodiscard]] int rewrite_text(Batch& batch, Change (*change_for)(const Site&), Apply apply) noexcept;

  const Object& object_;
  const Decoder decoder_;
  Others others_ = Others::none;
  Sites sites_;
  std::size_t capacity_ = 0;
};

}  // namespace unblock::patch
