#include "libs/rules/value_words.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libs/base/number_text.hpp"

namespace dealog::rules {
namespace {

std::optional<Kept> kept_by(std::string_view field) {
  if (field == "owner") return Kept::kUser;
  if (field == "person") return Kept::kPerson;
  if (field == "company") return Kept::kCompany;
  return std::nullopt;
}

std::string title_or(const LocalText* title, const std::string& code, Language language) {
  return in_quotes(title == nullptr ? std::string_view(code) : title->in(language), language);
}

}  // namespace

std::string capitalised(std::string text) {
  if (text.empty()) return text;
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead >= 'a' && lead <= 'z') {
    text[0] = static_cast<char>(lead - 32);
  } else if (text.size() > 1 && (lead == 0xD0 || lead == 0xD1)) {
    const auto trail = static_cast<unsigned char>(text[1]);
    if (lead == 0xD0 && trail >= 0xB0) text[1] = static_cast<char>(trail - 0x20);
    if (lead == 0xD1 && trail <= 0x8F) {
      text[0] = static_cast<char>(0xD0);
      text[1] = static_cast<char>(trail + 0x20);
    }
  }
  return text;
}

std::string in_quotes(std::string_view text, Language language) {
  return fmt::format("{}{}{}", pick(language, "«", "\""), text, pick(language, "»", "\""));
}

std::string percent_text(std::int32_t basis_points, Language language) {
  std::string text = std::to_string(basis_points / 100);
  if (basis_points % 100 != 0) {
    text += fmt::format("{}{:02}", pick(language, ",", "."), basis_points % 100);
    if (text.ends_with('0')) text.pop_back();
  }
  return text + "\u00a0%";
}

std::string field_name(std::string_view path, Language language, const Naming& naming) {
  if (const FieldWord* word = find_field(path)) {
    return std::string(pick(language, word->ru, word->en));
  }
  const std::string_view code = path.starts_with("custom.") ? path.substr(7) : path;
  const CustomField* custom = naming.regulation ? naming.regulation->custom_field(code) : nullptr;
  const std::string_view title = custom ? std::string_view(custom->title.in(language)) : code;
  return language == Language::kRu ? fmt::format("поле «{}»", title)
                                   : fmt::format("the field \"{}\"", title);
}

std::string value_text(const FieldValue& value, std::string_view field, Language language,
                       const Naming& naming) {
  struct Visitor {
    Language language;
    std::string operator()(const std::string& text) const { return in_quotes(text, language); }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(bool yes) const {
      return std::string(yes ? pick(language, "да", "yes") : pick(language, "нет", "no"));
    }
    std::string operator()(const Money& money) const { return money_text(money, language); }
    std::string operator()(const Date& date) const { return date.text(); }
  };
  const auto* text = std::get_if<std::string>(&value);
  if (text && field == "work_type" && naming.regulation) {
    if (const WorkType* type = naming.regulation->work_type(*text)) {
      return in_quotes(type->title.in(language), language);
    }
  }
  if (const auto kind = kept_by(field); text && kind) {
    return name_elsewhere(*kind, *text, language, naming);
  }
  return std::visit(Visitor{language}, value);
}

std::string stage_name(const std::string& code, Language language, const Naming& naming) {
  const Stage* stage = naming.regulation ? naming.regulation->stage(code) : nullptr;
  return title_or(stage ? &stage->title : nullptr, code, language);
}

std::string reason_name(const std::string& code, Language language, const Naming& naming) {
  const LossReason* reason = naming.regulation ? naming.regulation->loss_reason(code) : nullptr;
  return title_or(reason ? &reason->title : nullptr, code, language);
}

std::string name_elsewhere(Kept kind, const std::string& code, Language language,
                           const Naming& naming) {
  const std::string name =
      naming.elsewhere ? naming.elsewhere->name_of(kind, code, language) : std::string();
  return name.empty() ? code : name;
}

std::string words_or(std::span<const Word> words, const std::vector<std::string>& codes,
                     Language language) {
  std::vector<std::string_view> names;
  for (const std::string& code : codes) {
    const Word* word = find_word(words, code);
    names.push_back(word ? pick(language, word->ru, word->en) : std::string_view(code));
  }
  return fmt::format("{}", fmt::join(names, pick(language, " или ", " or ")));
}

}  // namespace dealog::rules
