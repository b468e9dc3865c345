// Every option in one table: names derived from identifiers, values parsed from text.
#include "options.h"

#include <charconv>

#include "log.h"
#include "pieces.h"

namespace unblock::options {

namespace detail {
constinit Values values;
}

namespace {

constexpr std::string_view environment_prefix = "UNBLOCK_";

/// "no_children" -> "UNBLOCK_NO_CHILDREN"
template <std::size_t N>
consteval auto environment_name(const char (&identifier)[N]) {
  std::array<char, environment_prefix.size() + N> name{};
  std::size_t length = 0;
  for (char c : environment_prefix) name[length++] = c;
  for (char c : identifier) name[length++] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

/// "no_children" -> "no-children"
template <std::size_t N>
consteval auto flag_name(const char (&identifier)[N]) {
  std::array<char, N> name{};
  for (std::size_t i = 0; i < N; ++i) name[i] = identifier[i] == '_' ? '-' : identifier[i];
  return name;
}

#define UNBLOCK_NAMES(type, name, ...)                             \
  constexpr auto name##_environment = environment_name(#name);     \
  constexpr auto name##_flag = flag_name(#name);
UNBLOCK_OPTIONS(UNBLOCK_NAMES)
#undef UNBLOCK_NAMES

bool is_one_of(std::string_view word, std::string_view alternatives) noexcept {
  while (true) {
    const std::size_t bar = alternatives.find('|');
    const std::string_view first(alternatives.data(), bar == alternatives.npos ? alternatives.size() : bar);
    if (word == first) return true;
    if (bar == alternatives.npos) return false;
    alternatives.remove_prefix(bar + 1);
  }
}

bool parse(std::string_view text, std::string_view, bool& value) noexcept {
  const bool yes = is_one_of(text, "1|yes|true|on");
  if (!yes && !is_one_of(text, "0|no|false|off|")) return false;
  value = yes;
  return true;
}

bool parse(std::string_view text, std::string_view, int& value) noexcept {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  if (number < 1 || number > limits::option_number) return false;
  value = number;
  return true;
}

bool parse(std::string_view text, std::string_view list, Number& value) noexcept {
  if (text == "auto") return value.number = 0, true;
  return parse(text, list, value.number);
}

bool copy(std::string_view text, Text& value) noexcept {
  if (text.size() >= sizeof value.data) return false;
  const std::size_t end = text.copy(value.data, text.size());
  value.data[end] = '\0';
  return true;
}

bool parse(std::string_view text, std::string_view words, Choice& value) noexcept {
  return is_one_of(text, words) && copy(text, value);
}

bool parse(std::string_view text, std::string_view, Facilities& value) noexcept { return value.parse(text); }

bool parse(std::string_view text, std::string_view, LogLevels& value) noexcept {
  return text.size() < sizeof value.data && log::configure(text) && copy(text, value);
}

constexpr std::string_view or_empty(const char* text) { return text ? text : ""; }

#define UNBLOCK_ROW(type, name, fallback, argument, audience, meaning)                         \
  Option{name##_environment.data(), name##_flag.data(), argument, #fallback, meaning, audience, \
         [](Values& values, std::string_view text) noexcept {                                  \
           return parse(text, or_empty(argument), values.name);                                \
         }},
constexpr Option rows[] = {UNBLOCK_OPTIONS(UNBLOCK_ROW)};
#undef UNBLOCK_ROW

/// The value of NAME=VALUE if the name is `name`; null if it is not.
const char* value_of(const char* entry, const char* name) noexcept {
  while (*name && *entry == *name) ++entry, ++name;
  return *name == '\0' && *entry == '=' ? entry + 1 : nullptr;
}

/// The first value of that name counts, as with getenv.
const char* find(const char* const* environment, const char* name) noexcept {
  for (; *environment; ++environment)
    if (const char* value = value_of(*environment, name)) return value;
  return nullptr;
}

const Option* find_flag(std::string_view flag) noexcept {
  for (const Option& option : rows)
    if (flag == option.flag) return &option;
  return nullptr;
}

}  // namespace

std::span<const Option> table() noexcept { return rows; }

void load(const char* const* environment) noexcept {
  if (!environment) return;
  for (const Option& option : rows) {
    const char* text = find(environment, option.environment);
    if (text && !option.assign(detail::values, text))
      log::warning(log::core, option.environment, "=", text, " is not understood; using ", option.fallback);
  }
}

bool set(std::string_view list, std::string_view& wrong) noexcept {
  detail::values = Values{};
  while (!list.empty()) {
    const std::size_t space = list.find(' ');
    const std::string_view word = head(list, space);
    list = tail(list, space);
    if (word.empty()) continue;
    const std::size_t equals = word.find('=');
    const std::string_view value = equals == word.npos ? "1" : tail(word, equals);
    const Option* option = find_flag(head(word, equals));
    if (option && (equals != word.npos || !option->argument) && option->assign(detail::values, value))
      continue;
    wrong = word;
    return false;
  }
  return true;
}

}  // namespace unblock::options
