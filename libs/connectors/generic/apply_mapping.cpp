#include "libs/connectors/generic/apply_mapping.hpp"

#include <algorithm>
#include <array>

#include "libs/base/limits.hpp"
#include "libs/base/phone.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/generic/form_fields.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/times.hpp"

namespace dealog::connectors::generic {
namespace {

constexpr std::array<std::pair<std::string_view, FieldRole>, 14> kRoles{{
    {"name", FieldRole::kName},
    {"first_name", FieldRole::kFirstName},
    {"middle_name", FieldRole::kMiddleName},
    {"last_name", FieldRole::kLastName},
    {"phone", FieldRole::kPhone},
    {"email", FieldRole::kEmail},
    {"messenger", FieldRole::kMessenger},
    {"company", FieldRole::kCompany},
    {"title", FieldRole::kTitle},
    {"comment", FieldRole::kComment},
    {"amount", FieldRole::kAmount},
    {"currency", FieldRole::kCurrency},
    {"form_id", FieldRole::kFormId},
    {"page", FieldRole::kPage},
}};

struct Found {
  std::string text;
  const Node* node = nullptr;  // null for a constant
};

std::optional<Found> find_value(const FieldRule& rule, const Node& form) {
  for (const auto& path : rule.paths) {
    const Node* node = path.find(form);
    if (!node) continue;
    std::string text = text_of(*node);
    if (!trim(text).empty()) return Found{std::move(text), node};
  }
  if (rule.constant) return Found{*rule.constant, nullptr};
  return std::nullopt;
}

Result<std::string> date_text(const std::string& text, const Transform& step,
                              const SourceSettings& settings) {
  const std::string& zone = step.zone.empty() ? settings.time_zone : step.zone;
  if (step.format == "unix") return TRY(parse_unix_time(text)).rfc3339();
  if (step.format == "iso") return TRY(parse_time(text, zone)).rfc3339();
  return TRY(parse_time_as(text, step.format, zone)).rfc3339();
}

// Every step turns text into text, so that steps combine freely.
Result<std::string> transformed(std::string text, const FieldRule& rule,
                                const SourceSettings& settings, const std::string& currency) {
  for (const auto& step : rule.transforms) {
    switch (step.kind) {
      case Transform::Kind::kTrim:
        text = std::string(trim(text));
        break;
      case Transform::Kind::kLower:
        text = fold_case(text);
        break;
      case Transform::Kind::kPhone: {
        // Our own phone field keeps what was typed and normalises beside it.
        const Phone phone = parse_phone(text, settings.country);
        if (phone.valid && rule.target != "phone") text = phone.e164;
        break;
      }
      case Transform::Kind::kEmail:
        if (auto email = normalise_email(text)) text = std::move(*email);
        break;
      case Transform::Kind::kMoneyMajor:
        text = TRY(parse_amount(text, currency)).decimal();
        break;
      case Transform::Kind::kMoneyMinor:
        text = TRY(parse_minor_amount(text, currency)).decimal();
        break;
      case Transform::Kind::kDate:
        text = TRY(date_text(text, step, settings));
        break;
    }
  }
  return text;
}

// What a sender calls it as a code that rules can name: "order.shipped" is order_shipped.
std::string signal_code(std::string_view text) {
  std::string code = to_lower_ascii(utf8_prefix(trim(text), limits::kCodeBytes));
  std::ranges::replace_if(
      code,
      [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-');
      },
      '_');
  return code;
}

Result<void> put(const FieldRule& rule, const std::string& text, const SourceSettings& settings,
                 LeadBuilder& lead, Mapped& mapped) {
  if (rule.target == "occurred_at") {
    mapped.occurred_at = TRY(parse_time(text, settings.time_zone));
  } else if (rule.target == "signal") {
    lead.put_signal(signal_code(text));
  } else if (rule.target == "deal") {
    lead.put_deal(std::string(trim(text)));
  } else if (rule.target == "order_id") {
    lead.put_order(text);
  } else if (rule.target.starts_with("utm_")) {
    lead.put_utm(rule.target, text);
  } else if (rule.target.starts_with("answers.")) {
    lead.put_answer(rule.target.substr(std::string_view("answers.").size()), text);
  } else if (rule.target == "amount") {
    lead.put_amount(TRY(parse_amount(text, lead.currency())));
  } else {
    const auto role = std::find_if(kRoles.begin(), kRoles.end(),
                                   [&](const auto& known) { return known.first == rule.target; });
    if (role != kRoles.end()) lead.put(role->second, text);  // external_id is no role
  }
  return {};
}

Result<void> apply(const FieldRule& rule, const Node& form, const SourceSettings& settings,
                   LeadBuilder& lead, Mapped& mapped) {
  auto found = find_value(rule, form);
  if (!found) return {};
  auto text = transformed(std::move(found->text), rule, settings, lead.currency());
  auto done =
      text ? put(rule, *text, settings, lead, mapped) : Result<void>(std::unexpected(text.error()));
  if (!done) {
    done.error().message += " (field " + rule.target + " of the mapping)";
    return done;
  }
  if (found->node) {
    mapped.used.push_back(found->node);
    for (const auto& [key, item] : found->node->entries) mapped.used.push_back(&item);
  }
  return {};
}

}  // namespace

Result<Mapped> apply_mapping(const Node& form, const SourceSettings& settings, LeadBuilder& lead) {
  Mapped mapped;
  // The currency first: amounts are read in it.
  for (const bool currency : {true, false}) {
    for (const auto& rule : settings.fields.rules) {
      if ((rule.target == "currency") == currency) {
        TRY(apply(rule, form, settings, lead, mapped));
      }
    }
  }
  return mapped;
}

std::optional<std::string> mapped_id(const Node& form, const SourceSettings& settings) {
  for (const auto& rule : settings.fields.rules) {
    if (rule.target != "external_id") continue;
    const auto found = find_value(rule, form);
    if (!found || !found->node) return std::nullopt;  // a constant identifies nothing
    const auto text = transformed(found->text, rule, settings, settings.currency);
    if (text && !trim(*text).empty()) return std::string(trim(*text));
  }
  return std::nullopt;
}

}  // namespace dealog::connectors::generic
