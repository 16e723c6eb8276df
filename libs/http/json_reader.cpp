#include "libs/http/json_reader.hpp"

#include <charconv>
#include <cmath>

#include "libs/base/assert.hpp"
#include "libs/base/invalid_input.hpp"
#include "libs/base/json_pointer.hpp"
#include "libs/base/text.hpp"
#include "libs/http/limits.hpp"
#include "libs/http/request.hpp"

namespace dealog::http {
namespace {

namespace json = boost::json;

constexpr std::int64_t kPowersOfTen[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};

std::optional<std::int64_t> whole_number(const json::value& value) {
  if (value.is_int64()) return value.get_int64();
  if (value.is_uint64() && value.get_uint64() <= static_cast<std::uint64_t>(INT64_MAX)) {
    return static_cast<std::int64_t>(value.get_uint64());
  }
  return std::nullopt;
}

// The shortest text of a double that came from a decimal text of up to 15 digits is that text.
std::string decimal_text(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (const auto whole = whole_number(value)) return std::to_string(*whole);
  if (!value.is_double() || !std::isfinite(value.get_double())) return "";
  char text[400];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, value.get_double(), std::chars_format::fixed);
  return error == std::errc() ? std::string(text, end) : "";
}

// "-12.5", 2 → -1250; nothing when it is no such number.
std::optional<std::int64_t> scaled(std::string_view text, int digits) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (whole.empty() || whole.size() > 15 || part.size() > static_cast<std::size_t>(digits) ||
      (point != std::string_view::npos && part.empty())) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  for (const std::string_view run : {whole, part}) {
    for (const char c : run) {
      if (c < '0' || c > '9') return std::nullopt;
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, c - '0', &value)) {
        return std::nullopt;
      }
    }
  }
  const auto missing = static_cast<std::size_t>(digits) - part.size();
  if (__builtin_mul_overflow(value, kPowersOfTen[missing], &value)) return std::nullopt;
  return negative ? -value : value;
}

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= limits::kCodeBytes &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
                  c == '-';
         });
}

std::string list_of(std::span<const std::string_view> allowed) {
  std::string out;
  for (const auto text : allowed) out.append(out.empty() ? "" : ", ").append(text);
  return out;
}

const json::value& empty_object() {
  static const json::value value = json::object();
  return value;
}

}  // namespace

void FieldErrors::add(std::string pointer, std::string_view code, std::string message) {
  if (errors_.size() < kFieldErrors) {
    errors_.push_back({std::move(pointer), std::string(code), std::move(message)});
  }
}

void FieldErrors::add(std::string pointer, std::string_view code, std::string_view ru,
                      std::string_view en) {
  add(std::move(pointer), code, std::string(language_ == Language::kRu ? ru : en));
}

Result<void> FieldErrors::result() && {
  if (errors_.empty()) return {};
  return fail(invalid_input(language_, std::move(errors_)));
}

ObjectReader::ObjectReader(const json::value& value, std::string pointer, FieldErrors& errors)
    : object_(value.if_object()), pointer_(std::move(pointer)), errors_(&errors) {
  if (!object_) wrong_type("", "объект", "an object");
}

ObjectReader::~ObjectReader() { report_unknown(); }

ObjectReader::ObjectReader(ObjectReader&& other) noexcept
    : object_(std::exchange(other.object_, nullptr)),
      pointer_(std::move(other.pointer_)),
      errors_(other.errors_),
      check_unknown_(other.check_unknown_),
      asked_(std::move(other.asked_)) {}

void ObjectReader::report_unknown() {
  if (!object_ || !check_unknown_) return;
  check_unknown_ = false;
  for (const auto& member : *object_) {
    const std::string_view key = member.key();
    if (std::ranges::find(asked_, key) != asked_.end()) continue;
    errors_->add(pointer_to(utf8_prefix(key, limits::kCodeBytes)), "unknown_field",
                 "Такого поля здесь нет", "There is no such field here");
  }
}

Presence ObjectReader::presence(std::string_view key) const {
  const json::value* value = object_ ? object_->if_contains(key) : nullptr;
  if (!value) return Presence::kAbsent;
  return value->is_null() ? Presence::kNull : Presence::kValue;
}

bool ObjectReader::is_string(std::string_view key) const {
  const json::value* value = object_ ? object_->if_contains(key) : nullptr;
  return value && value->is_string();
}

std::string ObjectReader::pointer_to(std::string_view key) const {
  return key.empty() ? pointer_ : pointer_ + pointer_step(key);
}

void ObjectReader::error(std::string_view key, std::string_view code, std::string_view ru,
                         std::string_view en) {
  errors_->add(pointer_to(key), code, ru, en);
}

void ObjectReader::note(std::string_view key, const Error& error) {
  errors_->add(pointer_to(key), error.code, error.message);
}

void ObjectReader::note_fields(const Error& error) {
  for (const auto& field : error.fields) {
    errors_->add(pointer_ + field.pointer, field.code, field.message);
  }
}

void ObjectReader::wrong_type(std::string_view key, std::string_view expected_ru,
                              std::string_view expected_en) {
  error(key, "invalid_type", fmt::format("Здесь должно быть: {}", expected_ru),
        fmt::format("This must be {}", expected_en));
}

// The value of a key, unless it is absent or null. A missing required one is noted, except in an
// object that is itself missing or wrong, which has been noted.
const json::value* ObjectReader::take(std::string_view key, bool required) {
  if (!object_) return nullptr;
  const json::value* value = object_->if_contains(key);
  asked_.push_back(key);
  if (value && !value->is_null()) return value;
  if (required) error(key, "required", "Это поле обязательно", "This field is required");
  return nullptr;
}

std::optional<std::string_view> ObjectReader::take_string(std::string_view key, bool required) {
  const json::value* value = take(key, required);
  if (!value) return std::nullopt;
  if (!value->is_string()) {
    wrong_type(key, "строка", "a string");
    return std::nullopt;
  }
  return std::string_view(value->get_string());
}

std::optional<std::string> ObjectReader::bounded(std::string_view key, bool required,
                                                 std::size_t max_bytes) {
  const auto raw = take_string(key, required);
  if (!raw) return std::nullopt;
  const std::string_view text = trim(*raw);
  if (text.empty()) {
    error(key, "empty", "Это поле не может быть пустым", "This field must not be empty");
    return std::nullopt;
  }
  if (text.size() > max_bytes) {
    error(key, "too_long", fmt::format("Длиннее {} байт UTF-8", max_bytes),
          fmt::format("Longer than {} bytes of UTF-8", max_bytes));
    return std::nullopt;
  }
  return std::string(text);
}

std::string ObjectReader::required_string(std::string_view key, std::size_t max_bytes) {
  return bounded(key, true, max_bytes).value_or("");
}

std::optional<std::string> ObjectReader::optional_string(std::string_view key,
                                                         std::size_t max_bytes) {
  return bounded(key, false, max_bytes);
}

std::optional<std::string> ObjectReader::optional_text(std::string_view key,
                                                       std::size_t max_bytes) {
  const auto text = take_string(key, false);
  if (!text) return std::nullopt;
  if (text->size() <= max_bytes) return std::string(*text);
  error(key, "too_long", fmt::format("Длиннее {} байт UTF-8", max_bytes),
        fmt::format("Longer than {} bytes of UTF-8", max_bytes));
  return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::in_range(std::string_view key, std::int64_t value,
                                                   std::int64_t min, std::int64_t max, int digits) {
  if (value >= min && value <= max) return value;
  const auto shown = [&](std::int64_t bound) {
    if (digits == 0) return std::to_string(bound);
    const std::int64_t unit = kPowersOfTen[digits];
    return fmt::format("{}{}.{:0{}}", bound < 0 ? "-" : "", std::abs(bound / unit),
                       std::abs(bound % unit), digits);
  };
  error(key, "out_of_range", fmt::format("Допустимо от {} до {}", shown(min), shown(max)),
        fmt::format("Must be from {} to {}", shown(min), shown(max)));
  return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view key, bool required,
                                                  std::int64_t min, std::int64_t max) {
  const json::value* value = take(key, required);
  if (!value) return std::nullopt;
  const auto number = whole_number(*value);
  if (number) return in_range(key, *number, min, max, 0);
  if (value->is_number() && !value->is_double()) return in_range(key, INT64_MAX, min, max, 0);
  wrong_type(key, "целое число", "a whole number");
  return std::nullopt;
}

std::int64_t ObjectReader::required_integer(std::string_view key, std::int64_t min,
                                            std::int64_t max) {
  return integer(key, true, min, max).value_or(0);
}

std::optional<std::int64_t> ObjectReader::optional_integer(std::string_view key, std::int64_t min,
                                                           std::int64_t max) {
  return integer(key, false, min, max);
}

std::optional<bool> ObjectReader::boolean(std::string_view key, bool required) {
  const json::value* value = take(key, required);
  if (!value) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  wrong_type(key, "true или false", "true or false");
  return std::nullopt;
}

bool ObjectReader::required_bool(std::string_view key) {
  return boolean(key, true).value_or(false);
}

std::optional<bool> ObjectReader::optional_bool(std::string_view key) {
  return boolean(key, false);
}

std::optional<std::int64_t> ObjectReader::decimal(std::string_view key, bool required, int digits,
                                                  std::int64_t min, std::int64_t max) {
  DEALOG_ASSERT(digits >= 0 && digits <= 6);
  const json::value* value = take(key, required);
  if (!value) return std::nullopt;
  if (const auto number = scaled(decimal_text(*value), digits)) {
    return in_range(key, *number, min, max, digits);
  }
  error(key, "invalid_number", fmt::format("Нужно число, после точки не больше {} цифр", digits),
        fmt::format("This must be a number with at most {} digits after the point", digits));
  return std::nullopt;
}

std::int64_t ObjectReader::required_decimal(std::string_view key, int digits, std::int64_t min,
                                            std::int64_t max) {
  return decimal(key, true, digits, min, max).value_or(0);
}

std::optional<std::int64_t> ObjectReader::optional_decimal(std::string_view key, int digits,
                                                           std::int64_t min, std::int64_t max) {
  return decimal(key, false, digits, min, max);
}

std::optional<Money> ObjectReader::money(std::string_view key, bool required, MoneyRange range) {
  const json::value* value = take(key, required);
  if (!value) return std::nullopt;
  ObjectReader object(*value, pointer_to(key), *errors_);
  const auto amount = object.take_string("amount", true);
  const auto currency = object.take_string("currency", true);
  if (!amount || !currency) return std::nullopt;
  const auto parsed = Money::parse(*amount, *currency);
  if (!parsed) {
    object.note(parsed.error().code == "unknown_currency" ? "currency" : "amount", parsed.error());
    return std::nullopt;
  }
  if (range == MoneyRange::kPositive && parsed->minor <= 0) {
    object.error("amount", "out_of_range", "Сумма должна быть больше нуля",
                 "The amount must be above zero");
    return std::nullopt;
  }
  if (range == MoneyRange::kNotNegative && parsed->minor < 0) {
    object.error("amount", "out_of_range", "Сумма не может быть отрицательной",
                 "The amount must not be negative");
    return std::nullopt;
  }
  return *parsed;
}

Money ObjectReader::required_money(std::string_view key, MoneyRange range) {
  return money(key, true, range).value_or(Money{});
}

std::optional<Money> ObjectReader::optional_money(std::string_view key, MoneyRange range) {
  return money(key, false, range);
}

template <class T>
std::optional<T> ObjectReader::parsed(std::string_view key, bool required) {
  const auto text = take_string(key, required);
  if (!text) return std::nullopt;
  auto value = T::parse(*text);
  if (value) return *value;
  note(key, value.error());
  return std::nullopt;
}

Timestamp ObjectReader::required_time(std::string_view key) {
  return parsed<Timestamp>(key, true).value_or(Timestamp{});
}
std::optional<Timestamp> ObjectReader::optional_time(std::string_view key) {
  return parsed<Timestamp>(key, false);
}
Date ObjectReader::required_date(std::string_view key) {
  return parsed<Date>(key, true).value_or(Date{});
}
std::optional<Date> ObjectReader::optional_date(std::string_view key) {
  return parsed<Date>(key, false);
}

std::optional<std::string> ObjectReader::id_text(std::string_view key, bool required) {
  const auto text = take_string(key, required);
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

std::optional<std::string> ObjectReader::one_of(std::string_view key, bool required,
                                                std::span<const std::string_view> allowed) {
  const auto text = take_string(key, required);
  if (!text) return std::nullopt;
  if (std::ranges::find(allowed, *text) != allowed.end()) return std::string(*text);
  error(key, "not_allowed", fmt::format("Допустимо одно из: {}", list_of(allowed)),
        fmt::format("Must be one of: {}", list_of(allowed)));
  return std::nullopt;
}

std::string ObjectReader::required_one_of(std::string_view key,
                                          std::span<const std::string_view> allowed) {
  return one_of(key, true, allowed).value_or("");
}

std::optional<std::string> ObjectReader::optional_one_of(
    std::string_view key, std::span<const std::string_view> allowed) {
  return one_of(key, false, allowed);
}

std::optional<std::string> ObjectReader::code(std::string_view key, bool required) {
  const auto text = take_string(key, required);
  if (!text) return std::nullopt;
  if (is_code(*text)) return std::string(*text);
  error(key, "invalid_code", "Нужен код: до 64 знаков из a–z, 0–9, точки, дефиса и подчёркивания",
        "This must be a code: up to 64 of a–z, 0–9, dot, hyphen and underscore");
  return std::nullopt;
}

std::string ObjectReader::required_code(std::string_view key) {
  return code(key, true).value_or("");
}

std::optional<std::string> ObjectReader::optional_code(std::string_view key) {
  return code(key, false);
}

ObjectReader ObjectReader::required_object(std::string_view key) {
  const json::value* value = take(key, true);
  return {value ? *value : empty_object(), pointer_to(key), *errors_, value != nullptr};
}

std::optional<ObjectReader> ObjectReader::optional_object(std::string_view key) {
  const json::value* value = take(key, false);
  if (!value) return std::nullopt;
  return ObjectReader(*value, pointer_to(key), *errors_);
}

const json::array* ObjectReader::take_array(std::string_view key, std::size_t max_items) {
  const json::value* value = take(key, false);
  if (!value) return nullptr;
  if (!value->is_array()) {
    wrong_type(key, "список", "an array");
    return nullptr;
  }
  if (value->get_array().size() <= max_items) return &value->get_array();
  error(key, "too_many", fmt::format("Не больше {} элементов", max_items),
        fmt::format("At most {} items", max_items));
  return nullptr;
}

std::size_t ObjectReader::each_object(std::string_view key, std::size_t max_items,
                                      const std::function<void(ObjectReader&)>& read) {
  const json::array* items = take_array(key, max_items);
  if (!items) return 0;
  for (std::size_t i = 0; i < items->size(); ++i) {
    ObjectReader item((*items)[i], fmt::format("{}/{}", pointer_to(key), i), *errors_);
    if (item.object_) read(item);
  }
  return items->size();
}

std::vector<std::string> ObjectReader::string_array(std::string_view key, std::size_t max_items,
                                                    std::size_t max_bytes) {
  std::vector<std::string> texts;
  const json::array* items = take_array(key, max_items);
  if (!items) return texts;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const json::value& item = (*items)[i];
    const auto text = item.is_string() ? trim(std::string_view(item.get_string())) : "";
    if (!text.empty() && text.size() <= max_bytes) {
      texts.emplace_back(text);
      continue;
    }
    errors_->add(fmt::format("{}/{}", pointer_to(key), i), "invalid_type",
                 fmt::format("Нужна непустая строка до {} байт", max_bytes),
                 fmt::format("This must be a non-empty string of up to {} bytes", max_bytes));
  }
  return texts;
}

std::optional<json::object> ObjectReader::optional_raw_object(std::string_view key) {
  const json::value* value = take(key, false);
  if (!value) return std::nullopt;
  if (value->is_object()) return value->get_object();
  wrong_type(key, "объект", "an object");
  return std::nullopt;
}

const json::value* ObjectReader::raw(std::string_view key) { return take(key, false); }

JsonDocument::JsonDocument(json::value value, Language language)
    : value_(std::make_unique<json::value>(std::move(value))),
      errors_(std::make_unique<FieldErrors>(language)) {}

Result<JsonDocument> JsonDocument::parse(std::string_view text, Language language) {
  return JsonDocument(TRY(parse_json(text, language)), language);
}

ObjectReader& JsonDocument::object() {
  if (!root_) root_ = std::make_unique<ObjectReader>(*value_, "", *errors_);
  return *root_;
}

Result<void> JsonDocument::finish() {
  if (root_) root_->report_unknown();
  return std::move(*errors_).result();
}

Result<JsonDocument> read_json(const Request& request, bool empty_is_object) {
  if (request.body.empty() && empty_is_object) {
    return JsonDocument::parse("{}", request.language());
  }
  if (request.body.empty()) {
    const bool ru = request.language() == Language::kRu;
    return fail(ErrorKind::kInvalid, "body_missing",
                ru ? "у запроса нет тела; нужен объект JSON"
                   : "the request has no body; a JSON object is expected");
  }
  return JsonDocument::parse(request.body, request.language());
}

}  // namespace dealog::http
