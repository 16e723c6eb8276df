#include "services/api/support/deal_fields.hpp"

#include "libs/base/limits.hpp"

namespace dealog::api {
namespace {

using http::ObjectReader;
using http::Presence;

// A field that may be absent (keep), null (clear) or a value read by `read`.
template <class T, class Read>
deal::Change<T> change(ObjectReader& in, std::string_view key, Read read) {
  if (in.presence(key) == Presence::kNull) {
    in.raw(key);  // asked for
    return deal::Change<T>::cleared();
  }
  std::optional<T> value = read();
  return value ? deal::Change<T>(*std::move(value)) : deal::Change<T>();
}

}  // namespace

deal::CustomChanges read_custom(ObjectReader& in) {
  deal::CustomChanges changes;
  const auto object = in.optional_raw_object("custom");
  if (!object) return changes;
  for (const auto& [code, value] : *object) {
    if (value.is_null()) {
      changes.emplace_back(code, std::nullopt);
    } else if (value.is_string()) {
      changes.emplace_back(code, rules::FieldValue(std::string(value.as_string())));
    } else if (value.is_bool()) {
      changes.emplace_back(code, rules::FieldValue(value.as_bool()));
    } else if (value.is_int64()) {
      changes.emplace_back(code, rules::FieldValue(value.as_int64()));
    } else {
      in.error("custom", "invalid_custom_value",
               "значения полей — строки, целые числа, true или false",
               "values of custom fields are texts, whole numbers, true or false");
    }
  }
  return changes;
}

deal::DetailsChange read_details(ObjectReader& in) {
  deal::DetailsChange fields;
  fields.title = change<std::string>(
      in, "title", [&] { return in.optional_string("title", limits::kTitleBytes); });
  fields.amount = change<Money>(
      in, "amount", [&] { return in.optional_money("amount", http::MoneyRange::kNotNegative); });
  fields.work_type =
      change<std::string>(in, "work_type", [&] { return in.optional_code("work_type"); });
  fields.source = change<std::string>(in, "source", [&] { return in.optional_code("source"); });
  fields.expected_close = change<Date>(in, "expected_close_date",
                                       [&] { return in.optional_date("expected_close_date"); });
  fields.company =
      change<CompanyId>(in, "company", [&] { return in.optional_id<CompanyId>("company"); });
  fields.owner = change<UserId>(in, "owner", [&] { return in.optional_id<UserId>("owner"); });
  fields.custom = read_custom(in);
  return fields;
}

}  // namespace dealog::api
