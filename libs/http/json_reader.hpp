// Reading a JSON body field by field, collecting every error with its JSON pointer.
//
//   auto document = TRY(read_json(request));
//   ObjectReader& in = document.object();
//   OpenDeal command;
//   command.title = in.required_string("title", limits::kTitleBytes);
//   command.amount = in.optional_money("amount", MoneyRange::kNotNegative);
//   command.owner = in.optional_id<UserId>("owner");
//   if (auto person = in.optional_object("person")) command.person = read_person(*person);
//   in.each_object("lines", limits::kLines, [&](ObjectReader& line) { … });
//   TRY(document.finish());   // kInvalid "invalid_input" with all errors, unknown keys included
//
// A required reader that fails notes the error and returns an empty value, so that reading goes on;
// nothing of it may be used before finish() said yes. null is absent for every optional reader.
// Thread: one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "libs/base/id.hpp"
#include "libs/base/limits.hpp"
#include "libs/base/money.hpp"
#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/http/language.hpp"

namespace dealog::http {

struct Request;

// Strict JSON (RFC 8259): depth ≤ limits::kJsonDepth, no duplicate keys, valid UTF-8, no NUL in
// strings. Errors: kInvalid "invalid_json" with the line, the column and the reason.
Result<boost::json::value> parse_json(std::string_view text, Language language = Language::kEn);

enum class MoneyRange { kAny, kNotNegative, kPositive };
enum class Presence { kAbsent, kNull, kValue };

// One allowed text of an enum and what it stands for.
template <class T>
struct EnumText {
  std::string_view text;
  T value;
};

// Errors of one body, shared by its readers.
class FieldErrors {
 public:
  explicit FieldErrors(Language language) : language_(language) {}
  Language language() const { return language_; }
  // Beyond kFieldErrors they are only counted.
  void add(std::string pointer, std::string_view code, std::string message);
  // In the language of the request.
  void add(std::string pointer, std::string_view code, std::string_view ru, std::string_view en);
  bool empty() const { return errors_.empty(); }
  // kInvalid "invalid_input" with all of them.
  Result<void> result() &&;

 private:
  Language language_;
  std::vector<FieldError> errors_;
};

// Reads one JSON object. Cheap to copy; lives no longer than its JsonDocument.
class ObjectReader {
 public:
  ObjectReader(const boost::json::value& value, std::string pointer, FieldErrors& errors);
  ~ObjectReader();
  ObjectReader(ObjectReader&&) noexcept;

  Presence presence(std::string_view key) const;
  bool has(std::string_view key) const { return presence(key) == Presence::kValue; }
  const std::string& pointer() const { return pointer_; }
  Language language() const { return errors_->language(); }

  // Texts: 1..max bytes of UTF-8 after trimming; longer ones are errors, never cut. An optional
  // empty text is an error as well ("empty"); clearing a field is null (see presence()).
  std::string required_string(std::string_view key, std::size_t max_bytes);
  std::optional<std::string> optional_string(std::string_view key, std::size_t max_bytes);
  // As it came, untrimmed, possibly empty: notes, secrets.
  std::optional<std::string> optional_text(std::string_view key, std::size_t max_bytes);

  std::int64_t required_integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::optional<std::int64_t> optional_integer(std::string_view key, std::int64_t min,
                                               std::int64_t max);
  bool required_bool(std::string_view key);
  std::optional<bool> optional_bool(std::string_view key);
  // A decimal number or its text, exactly, in units of 10^-digits: (“1.5”, 3) → 1500. More digits
  // after the point are an error. min and max are in the same units.
  std::int64_t required_decimal(std::string_view key, int digits, std::int64_t min,
                                std::int64_t max);
  std::optional<std::int64_t> optional_decimal(std::string_view key, int digits, std::int64_t min,
                                               std::int64_t max);

  Money required_money(std::string_view key, MoneyRange range);
  std::optional<Money> optional_money(std::string_view key, MoneyRange range);
  Timestamp required_time(std::string_view key);
  std::optional<Timestamp> optional_time(std::string_view key);
  Date required_date(std::string_view key);
  std::optional<Date> optional_date(std::string_view key);

  template <class Id>
  Id required_id(std::string_view key) {
    const auto text = id_text(key, true);
    return text ? parsed_id<Id>(key, *text).value_or(Id{}) : Id{};
  }
  template <class Id>
  std::optional<Id> optional_id(std::string_view key) {
    const auto text = id_text(key, false);
    return text ? parsed_id<Id>(key, *text) : std::nullopt;
  }
  template <class Id>
  std::vector<Id> id_array(std::string_view key, std::size_t max_items) {
    std::vector<Id> ids;
    for (const auto& text : string_array(key, max_items, limits::kCodeBytes)) {
      if (auto id = Id::parse(text))
        ids.push_back(*id);
      else
        note(key, id.error());
    }
    return ids;
  }

  // One of the allowed texts; the error lists them.
  template <class T>
  T required_enum(std::string_view key, std::span<const EnumText<T>> allowed) {
    return enum_value(key, allowed, true).value_or(T{});
  }
  template <class T>
  std::optional<T> optional_enum(std::string_view key, std::span<const EnumText<T>> allowed) {
    return enum_value(key, allowed, false);
  }
  // The same for texts that stay texts.
  std::string required_one_of(std::string_view key, std::span<const std::string_view> allowed);
  std::optional<std::string> optional_one_of(std::string_view key,
                                             std::span<const std::string_view> allowed);
  // A code: 1..64 of [a-z0-9_.-], as stages, sources and reasons are named.
  std::string required_code(std::string_view key);
  std::optional<std::string> optional_code(std::string_view key);

  // Nested objects. required_object() of a missing key reads an empty one without further errors.
  ObjectReader required_object(std::string_view key);
  std::optional<ObjectReader> optional_object(std::string_view key);
  // Whether the value of `key` is a string (ids given inline: "per_…" or {…}).
  bool is_string(std::string_view key) const;
  // Calls `read` for each object of an array (absent: none). Returns how many there were.
  std::size_t each_object(std::string_view key, std::size_t max_items,
                          const std::function<void(ObjectReader&)>& read);
  std::vector<std::string> string_array(std::string_view key, std::size_t max_items,
                                        std::size_t max_bytes);
  // An object of any content (custom fields, settings); nested keys are not checked.
  std::optional<boost::json::object> optional_raw_object(std::string_view key);
  // Any value as it is; null when absent.
  const boost::json::value* raw(std::string_view key);

  // A wrong value that only the caller can judge; `key` "" is the object itself.
  void error(std::string_view key, std::string_view code, std::string_view ru, std::string_view en);
  // The same from a failed parse of the value; keeps its code and message.
  void note(std::string_view key, const Error& error);
  // The fields of an error whose pointers begin at this object.
  void note_fields(const Error& error);
  // Do not report keys that nobody asked for.
  void allow_unknown() { check_unknown_ = false; }

 private:
  friend class JsonDocument;

  ObjectReader(const boost::json::value& value, std::string pointer, FieldErrors& errors,
               bool there)
      : ObjectReader(value, std::move(pointer), errors) {
    if (!there) object_ = nullptr;
  }
  void report_unknown();
  const boost::json::value* take(std::string_view key, bool required);
  const boost::json::array* take_array(std::string_view key, std::size_t max_items);
  std::optional<std::int64_t> in_range(std::string_view key, std::int64_t value, std::int64_t min,
                                       std::int64_t max, int digits);
  std::optional<bool> boolean(std::string_view key, bool required);
  template <class T>
  std::optional<T> parsed(std::string_view key, bool required);
  std::optional<std::string_view> take_string(std::string_view key, bool required);
  std::optional<std::string> bounded(std::string_view key, bool required, std::size_t max_bytes);
  std::optional<std::int64_t> integer(std::string_view key, bool required, std::int64_t min,
                                      std::int64_t max);
  std::optional<std::int64_t> decimal(std::string_view key, bool required, int digits,
                                      std::int64_t min, std::int64_t max);
  std::optional<Money> money(std::string_view key, bool required, MoneyRange range);
  std::optional<std::string> one_of(std::string_view key, bool required,
                                    std::span<const std::string_view> allowed);
  std::optional<std::string> code(std::string_view key, bool required);
  std::optional<std::string> id_text(std::string_view key, bool required);
  void wrong_type(std::string_view key, std::string_view expected_ru, std::string_view expected_en);
  std::string pointer_to(std::string_view key) const;

  template <class Id>
  std::optional<Id> parsed_id(std::string_view key, const std::string& text) {
    auto id = Id::parse(text);
    if (id) return *id;
    note(key, id.error());
    return std::nullopt;
  }
  template <class T>
  std::optional<T> enum_value(std::string_view key, std::span<const EnumText<T>> allowed,
                              bool required) {
    std::vector<std::string_view> texts;
    for (const auto& item : allowed) texts.push_back(item.text);
    const auto text = one_of(key, required, texts);
    if (!text) return std::nullopt;
    for (const auto& item : allowed) {
      if (item.text == *text) return item.value;
    }
    return std::nullopt;
  }

  const boost::json::object* object_;  // null: not an object, noted already; everything is absent
  std::string pointer_;
  FieldErrors* errors_;
  bool check_unknown_ = true;
  std::vector<std::string_view> asked_;
};

// A parsed body and the errors found while reading it.
class JsonDocument {
 public:
  static Result<JsonDocument> parse(std::string_view text, Language language = Language::kEn);

  // The root; not an object is an error at pointer "". Its reader and those made from it must end
  // or be asked for everything before finish(): unknown keys are found when a reader ends, the
  // root's in finish().
  ObjectReader& object();
  const boost::json::value& value() const { return *value_; }
  FieldErrors& errors() { return *errors_; }
  // Everything that was wrong. Errors: kInvalid "invalid_input".
  Result<void> finish();

 private:
  JsonDocument(boost::json::value value, Language language);
  std::unique_ptr<boost::json::value> value_;
  std::unique_ptr<FieldErrors> errors_;
  std::unique_ptr<ObjectReader> root_;
};

// The request's body, messages in its language. An empty body is an error
// (kInvalid "body_missing") unless `empty_is_object`.
Result<JsonDocument> read_json(const Request& request, bool empty_is_object = false);

}  // namespace dealog::http
