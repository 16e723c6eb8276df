#include "libs/domain/legal_entity/legal_entity.hpp"

#include <algorithm>

#include <google/protobuf/util/message_differencer.h>

#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::legal_entity {
namespace {

using Events = std::vector<NewEvent>;
using google::protobuf::util::MessageDifferencer;

constexpr std::size_t kShortBytes = 64;  // codes and accounts
constexpr std::size_t kAddressBytes = 2000;
constexpr std::int32_t kLargestVat = 10'000;

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// A Russian code of a fixed number of digits; others are taken as they are.
void check_digits(InputCheck& check, std::string_view value, const char* pointer,
                  std::initializer_list<std::size_t> lengths, std::string_view ru,
                  std::string_view en) {
  if (value.empty()) return;
  if (is_digits(value) && std::ranges::count(lengths, value.size()) > 0) return;
  check.add(pointer, "invalid_requisite", ru, en);
}

void check_bank(InputCheck& check, const v1::BankDetails& bank) {
  check.text(bank.bank(), "/bank/name", limits::kTitleBytes, Presence::kOptional);
  check.text(bank.bic(), "/bank/bic", kShortBytes, Presence::kOptional);
  check.text(bank.account(), "/bank/account", kShortBytes, Presence::kOptional);
  check.text(bank.correspondent_account(), "/bank/correspondent_account", kShortBytes,
             Presence::kOptional);
  check.text(bank.swift(), "/bank/swift", kShortBytes, Presence::kOptional);
}

// What is printed on a Russian invoice must have the form that Russian banks take.
void check_russian(InputCheck& check, const v1::LegalEntityDetails& details) {
  check_digits(check, details.tax_id(), "/tax_id", {10, 12}, "в ИНН 10 или 12 цифр",
               "a Russian tax id has 10 or 12 digits");
  check_digits(check, details.bank().bic(), "/bank/bic", {9}, "в БИК 9 цифр",
               "a Russian BIC has 9 digits");
  check_digits(check, details.bank().account(), "/bank/account", {20}, "в номере счёта 20 цифр",
               "a Russian account has 20 digits");
  check_digits(check, details.bank().correspondent_account(), "/bank/correspondent_account", {20},
               "в корреспондентском счёте 20 цифр", "a correspondent account has 20 digits");
}

void check_details(InputCheck& check, const v1::LegalEntityDetails& details,
                   std::string_view currency) {
  check.text(details.name(), "/name", limits::kTitleBytes, Presence::kRequired);
  check.text(details.tax_id(), "/tax_id", kShortBytes, Presence::kOptional);
  check.text(details.tax_registration(), "/tax_registration", kShortBytes, Presence::kOptional);
  check.text(details.registration(), "/registration", kShortBytes, Presence::kOptional);
  check.text(details.address(), "/address", kAddressBytes, Presence::kOptional);
  check.text(details.phone(), "/phone", limits::kTitleBytes, Presence::kOptional);
  check.text(details.email(), "/email", limits::kTitleBytes, Presence::kOptional);
  check.text(details.signatory(), "/signatory/name", limits::kTitleBytes, Presence::kOptional);
  check.text(details.signatory_position(), "/signatory/position", limits::kTitleBytes,
             Presence::kOptional);
  check.text(details.signatory_basis(), "/signatory/basis", limits::kTitleBytes,
             Presence::kOptional);
  check.text(details.accountant(), "/accountant", limits::kTitleBytes, Presence::kOptional);
  check_bank(check, details.bank());
  if (currency == "RUB") check_russian(check, details);
}

void check_settings(InputCheck& check, std::string_view currency, std::int32_t vat,
                    std::string_view language) {
  if (!Currency::parse(currency)) {
    check.add("/currency", "unknown_currency", "валюта — код ISO 4217, например RUB",
              "a currency is a code of ISO 4217, such as RUB");
  }
  if (vat < kWithoutVat || vat > kLargestVat) {
    check.add("/vat_percent", "out_of_range", "ставка НДС от 0 до 100 процентов",
              "a VAT rate from 0 to 100 percent");
  }
  if (language != "ru" && language != "en") {
    check.add("/language", "unknown_value", "язык — ru или en", "a language is ru or en");
  }
}

Result<void> require_exists(const State& state, Language language) {
  if (state.exists()) return {};
  return refuse(language, ErrorKind::kNotFound, "legal_entity_not_found",
                "такого юридического лица нет", "there is no such legal entity");
}

template <class Event, class Command>
void fill(Event& event, const Command& command) {
  *event.mutable_details() = command.details;
  event.set_currency(command.currency);
  event.set_vat_basis_points(command.vat_basis_points);
  event.set_language(command.language);
}

template <class Event>
void apply(State& state, const Event& event) {
  state.details = event.details();
  state.currency = Currency::parse(event.currency()).value_or(Currency());
  state.vat_basis_points = event.vat_basis_points();
  state.language = event.language();
}

NewEvent chosen() {
  return make_event(v1::DefaultLegalEntityChosen{}, {open_tag(std::string(kDefaultTag))});
}

}  // namespace

Tag series_tag(std::string_view series) { return open_tag("series:" + std::string(series)); }

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* registered = event.as<v1::LegalEntityRegistered>()) {
    state.series = registered->series();
    apply(state, *registered);
  } else if (const auto* changed = event.as<v1::LegalEntityChanged>()) {
    apply(state, *changed);
  }
}

Result<Events> decide(const State& state, const RegisterLegalEntity& command, Language language) {
  if (state.exists()) {
    return refuse(language, ErrorKind::kConflict, "legal_entity_exists",
                  "это юридическое лицо уже есть", "this legal entity is registered already");
  }
  InputCheck check(language);
  check_details(check, command.details, command.currency);
  check_settings(check, command.currency, command.vat_basis_points, command.language);
  const bool letters =
      std::ranges::all_of(command.series, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!letters || command.series.size() > kSeriesLetters) {
    check.add("/series", "invalid_series", "серия номеров — до четырёх латинских букв A…Z",
              "a series of numbers is up to four letters A…Z");
  }
  TRY(check.result());
  v1::LegalEntityRegistered event;
  fill(event, command);
  event.set_series(command.series);
  Events events{make_event(std::move(event),
                           {open_tag(std::string(kEntitiesTag)), series_tag(command.series)})};
  if (command.chosen) events.push_back(chosen());
  return events;
}

Result<Events> decide(const State& state, const ChangeLegalEntity& command, Language language) {
  TRY(require_exists(state, language));
  InputCheck check(language);
  check_details(check, command.details, command.currency);
  check_settings(check, command.currency, command.vat_basis_points, command.language);
  TRY(check.result());
  const bool same = MessageDifferencer::Equals(state.details, command.details) &&
                    state.currency.code() == command.currency &&
                    state.vat_basis_points == command.vat_basis_points &&
                    state.language == command.language;
  if (same) return Events{};
  v1::LegalEntityChanged event;
  fill(event, command);
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const ChooseDefault&, Language language) {
  TRY(require_exists(state, language));
  return Events{chosen()};
}

}  // namespace dealog::legal_entity
