#include "libs/http/query_reader.hpp"

#include <algorithm>

#include "libs/base/invalid_input.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"

namespace dealog::http {
namespace {

constexpr std::size_t kCursorBytes = 1024;

}  // namespace

QueryReader::QueryReader(const Request& request) : request_(request), errors_(request.language()) {}

std::optional<std::string_view> QueryReader::take(std::string_view name) {
  asked_.push_back(name);
  const auto values = request_.query.all(name);
  if (values.empty()) return std::nullopt;
  if (values.size() == 1) return values[0];
  error(name, "repeated", "Параметр указан несколько раз", "The parameter is there more than once");
  return std::nullopt;
}

std::optional<std::string> QueryReader::optional_string(std::string_view name,
                                                        std::size_t max_bytes) {
  const auto raw = take(name);
  if (!raw) return std::nullopt;
  const std::string_view text = trim(*raw);
  if (text.empty()) {
    error(name, "empty", "Параметр пуст", "The parameter is empty");
    return std::nullopt;
  }
  if (text.size() <= max_bytes) return std::string(text);
  error(name, "too_long", fmt::format("Длиннее {} байт", max_bytes),
        fmt::format("Longer than {} bytes", max_bytes));
  return std::nullopt;
}

std::optional<std::uint64_t> QueryReader::optional_unsigned(std::string_view name,
                                                            std::uint64_t max) {
  const auto text = take(name);
  if (!text) return std::nullopt;
  const auto number = parse_number<std::uint64_t>(*text);
  if (number && *number <= max) return number;
  error(name, "out_of_range", fmt::format("Нужно целое число от 0 до {}", max),
        fmt::format("This must be a whole number from 0 to {}", max));
  return std::nullopt;
}

std::optional<Timestamp> QueryReader::optional_time(std::string_view name) {
  const auto text = take(name);
  if (!text) return std::nullopt;
  const auto time = Timestamp::parse(*text);
  if (time) return *time;
  note(name, time.error());
  return std::nullopt;
}

std::optional<Date> QueryReader::optional_date(std::string_view name) {
  const auto text = take(name);
  if (!text) return std::nullopt;
  const auto date = Date::parse(*text);
  if (date) return *date;
  note(name, date.error());
  return std::nullopt;
}

bool QueryReader::flag(std::string_view name) {
  const auto text = take(name);
  if (!text || *text == "false") return false;
  if (text->empty() || *text == "true") return true;
  error(name, "not_allowed", "Допустимо true или false", "Must be true or false");
  return false;
}

std::optional<std::string> QueryReader::optional_one_of(std::string_view name,
                                                        std::span<const std::string_view> allowed) {
  const auto text = take(name);
  if (!text) return std::nullopt;
  if (std::ranges::find(allowed, *text) != allowed.end()) return std::string(*text);
  std::string list;
  for (const auto item : allowed) list.append(list.empty() ? "" : ", ").append(item);
  error(name, "not_allowed", "Допустимо одно из: " + list, "Must be one of: " + list);
  return std::nullopt;
}

Page QueryReader::page() {
  Page page;
  if (const auto text = take("limit")) {
    const auto number = parse_number<std::uint64_t>(*text);
    if (number && *number >= 1 && *number <= limits::kPageItems) {
      page.limit = static_cast<std::size_t>(*number);
    } else {
      error("limit", "out_of_range", fmt::format("Допустимо от 1 до {}", limits::kPageItems),
            fmt::format("Must be from 1 to {}", limits::kPageItems));
    }
  }
  if (const auto cursor = optional_string("cursor", kCursorBytes)) page.cursor = *cursor;
  return page;
}

void QueryReader::error(std::string_view name, std::string_view code, std::string_view ru,
                        std::string_view en) {
  errors_.add(kParameterMark + std::string(name), code, ru, en);
}

void QueryReader::note(std::string_view name, const Error& error) {
  errors_.add(kParameterMark + std::string(name), error.code, error.message);
}

Result<void> QueryReader::finish() {
  for (const auto& [name, value] : request_.query.items()) {
    if (std::ranges::find(asked_, name) != asked_.end()) continue;
    error(utf8_prefix(name, limits::kCodeBytes), "unknown_parameter", "Такого параметра здесь нет",
          "There is no such parameter here");
  }
  return std::move(errors_).result();
}

}  // namespace dealog::http
