// Beside the fibers: what computes for long.
#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "task.hpp"

namespace unblock {

/// function(), with its result or exception, on a kernel thread that the other fibers do without: see
/// unblock_native().
template <class Function>
auto native(Function&& function) {
  using Result = std::invoke_result_t<Function>;
  struct Call {
    Function& function;
    std::optional<detail::stored<Result>> result;
    std::exception_ptr failure;
  } call{function, {}, {}};
  unblock_native(
      [](void* raw) {
        Call& made = *static_cast<Call*>(raw);
        try {
          if constexpr (std::is_void_v<Result>)
            made.function();
          else
            made.result.emplace(made.function());
        } catch (abi::__forced_unwind&) {
          throw;
        } catch (...) {
          made.failure = std::current_exception();
        }
      },
      &call);
  if (call.failure) std::rethrow_exception(call.failure);
  if constexpr (!std::is_void_v<Result>) return std::move(*call.result);
}

}  // namespace unblock
