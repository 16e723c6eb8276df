// Reading query parameters, collecting every error; the counterpart of ObjectReader.
//
//   QueryReader in(request);
//   const auto owner = in.optional_id<UserId>("owner");
//   const auto page = in.page();
//   TRY(in.finish());   // kInvalid "invalid_input"; the answer says "parameter":"owner"
//
// A parameter given twice is an error, as is one that nobody asked for. Thread: one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/http/json_reader.hpp"
#include "libs/http/request.hpp"

namespace dealog::http {

struct Page {
  std::size_t limit = limits::kDefaultPageItems;  // 1..limits::kPageItems
  std::string cursor;                             // "" for the first
};

class QueryReader {
 public:
  explicit QueryReader(const Request& request);

  std::optional<std::string> optional_string(std::string_view name, std::size_t max_bytes);
  std::optional<std::uint64_t> optional_unsigned(std::string_view name, std::uint64_t max);
  std::optional<Timestamp> optional_time(std::string_view name);
  std::optional<Date> optional_date(std::string_view name);
  // "true" or "false"; a name alone is true.
  bool flag(std::string_view name);
  std::optional<std::string> optional_one_of(std::string_view name,
                                             std::span<const std::string_view> allowed);
  template <class Id>
  std::optional<Id> optional_id(std::string_view name) {
    const auto text = optional_string(name, limits::kCodeBytes);
    if (!text) return std::nullopt;
    auto id = Id::parse(*text);
    if (id) return *id;
    note(name, id.error());
    return std::nullopt;
  }
  // limit= and cursor=
  Page page();

  void error(std::string_view name, std::string_view code, std::string_view ru,
             std::string_view en);
  void note(std::string_view name, const Error& error);
  // Errors: kInvalid "invalid_input".
  Result<void> finish();

 private:
  std::optional<std::string_view> take(std::string_view name);

  const Request& request_;
  FieldErrors errors_;
  std::vector<std::string_view> asked_;
};

}  // namespace dealog::http
