// /v1/legal-entities
#include "libs/command/use_cases/legal_entities.hpp"

#include <algorithm>

#include "libs/domain/common/not_found.hpp"
#include "libs/http/conditional.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/papers.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/lines_input.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

using legal_entity::State;

// A text that stays when it is not named and goes with null.
void read_text(http::ObjectReader& in, std::string_view key, std::string* value) {
  if (in.presence(key) == http::Presence::kNull) {
    in.raw(key);  // asked for
    value->clear();
  } else if (auto text = in.optional_string(key, limits::kNoteBytes)) {
    *value = *std::move(text);
  }
}

void read_bank(http::ObjectReader& in, v1::BankDetails& bank) {
  read_text(in, "name", bank.mutable_bank());
  read_text(in, "bic", bank.mutable_bic());
  read_text(in, "account", bank.mutable_account());
  read_text(in, "correspondent_account", bank.mutable_correspondent_account());
  read_text(in, "swift", bank.mutable_swift());
}

void read_details(http::ObjectReader& in, v1::LegalEntityDetails& details) {
  read_text(in, "name", details.mutable_name());
  read_text(in, "tax_id", details.mutable_tax_id());
  read_text(in, "tax_registration", details.mutable_tax_registration());
  read_text(in, "registration", details.mutable_registration());
  read_text(in, "address", details.mutable_address());
  read_text(in, "phone", details.mutable_phone());
  read_text(in, "email", details.mutable_email());
  read_text(in, "accountant", details.mutable_accountant());
  if (auto bank = in.optional_object("bank")) read_bank(*bank, *details.mutable_bank());
  if (auto signatory = in.optional_object("signatory")) {
    read_text(*signatory, "name", details.mutable_signatory());
    read_text(*signatory, "position", details.mutable_signatory_position());
    read_text(*signatory, "basis", details.mutable_signatory_basis());
  }
}

// Of both commands: they start from what the entity has.
template <class Command>
void read_settings(http::ObjectReader& in, Command& command) {
  read_details(in, command.details);
  if (auto currency = in.optional_string("currency", limits::kCodeBytes)) {
    command.currency = *std::move(currency);
  }
  if (auto language = in.optional_string("language", limits::kCodeBytes)) {
    command.language = *std::move(language);
  }
  if (in.presence("vat_percent") == http::Presence::kNull) {
    in.raw("vat_percent");
    command.vat_basis_points = legal_entity::kWithoutVat;
  } else if (const auto vat = read_percent(in, "vat_percent")) {
    command.vat_basis_points = *vat;
  }
}

Result<legal_entity::RegisterLegalEntity> read_new(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  legal_entity::RegisterLegalEntity command;
  command.currency = "RUB";
  command.language = "ru";
  read_settings(in, command);
  command.series = in.optional_text("series", limits::kCodeBytes).value_or("");
  command.chosen = in.optional_bool("default").value_or(false);
  TRY(document.finish());
  return command;
}

struct Change {
  legal_entity::ChangeLegalEntity command;
  bool chosen = false;
};

Result<Change> read_change(const http::Request& request, const State& state) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  Change change;
  change.command = {.details = state.details,
                    .currency = std::string(state.currency.code()),
                    .vat_basis_points = state.vat_basis_points,
                    .language = state.language};
  read_settings(in, change.command);
  change.chosen = in.optional_bool("default").value_or(false);
  TRY(document.finish());
  return change;
}

json::object render_details(const v1::LegalEntityDetails& details) {
  const v1::BankDetails& bank = details.bank();
  return {{"name", or_null(details.name())},
          {"tax_id", or_null(details.tax_id())},
          {"tax_registration", or_null(details.tax_registration())},
          {"registration", or_null(details.registration())},
          {"address", or_null(details.address())},
          {"phone", or_null(details.phone())},
          {"email", or_null(details.email())},
          {"bank", json::object{{"name", or_null(bank.bank())},
                                {"bic", or_null(bank.bic())},
                                {"account", or_null(bank.account())},
                                {"correspondent_account", or_null(bank.correspondent_account())},
                                {"swift", or_null(bank.swift())}}},
          {"signatory", json::object{{"name", or_null(details.signatory())},
                                     {"position", or_null(details.signatory_position())},
                                     {"basis", or_null(details.signatory_basis())}}},
          {"accountant", or_null(details.accountant())}};
}

// Requisites only for those with the right `personal`: an entrepreneur is a person.
json::object render(const Session& session, const std::string& id, const State& state,
                    const std::string& chosen) {
  json::object out = {{"id", id}};
  if (session.has(user::Right::kPersonal)) {
    for (auto& [key, value] : render_details(state.details)) out[key] = std::move(value);
  } else {
    out["name"] = json::object{{"masked", true}};
  }
  out["series"] = state.series;
  out["currency"] = state.currency.code();
  out["vat_percent"] = state.vat_basis_points == legal_entity::kWithoutVat
                           ? json::value(nullptr)
                           : json::value(json::string(decimal_text(state.vat_basis_points, 2)));
  out["language"] = state.language;
  out["default"] = id == chosen;
  out["version"] = state.version.value;
  return out;
}

Result<std::string> chosen_entity(const Folds& folds) {
  const auto chosen = TRY(folds.last_with_tag(open_tag(std::string(legal_entity::kDefaultTag))));
  return chosen ? chosen->stream : std::string();
}

// As the command left it.
Answer show_after(const Api& api, const Session& session, std::string id, Outcome outcome,
                  int status) {
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto state = TRY(api.bus.folds().as_of<State>(id, outcome.last));
    const std::string chosen = TRY(chosen_entity(api.bus.folds()));
    return written(status, json::value(render(session, id, *state, chosen)), outcome,
                   state->version.value);
  });
}

Result<void> change(Unit& unit, const http::Request& request, const http::IfMatch& if_match,
                    const std::string& id) {
  const State* state = TRY(unit.load<State>(id));
  if (!state->exists()) return not_found(unit.language(), "legal_entity", id);
  TRY(if_match.check(unit.version_of(id).value));
  const auto asked = TRY(read_change(request, *state));
  unit.emit(id, TRY(legal_entity::decide(*state, asked.command, unit.language())));
  if (!asked.chosen) return {};
  const auto last = TRY(unit.last_with_tag(open_tag(std::string(legal_entity::kDefaultTag))));
  if (last && last->stream == id) return {};
  unit.emit(id, TRY(legal_entity::decide(*state, legal_entity::ChooseDefault{}, unit.language())));
  return {};
}

}  // namespace

Answer register_legal_entity(const Api& api, Session session, http::Request request) {
  const auto command = CO_TRY(read_new(request));
  auto asked = command_of(session, request, "register_legal_entity", "");
  if (asked) asked->also = {StreamName(use_cases::kLegalEntitiesLane)};
  const auto done = CO_TRY(co_await execute(api, std::move(asked), [&command](Unit& unit) {
    return use_cases::register_legal_entity(unit, command);
  }));
  const auto event = CO_TRY(appended<v1::LegalEntityRegistered>(api, done.outcome));
  co_return co_await show_after(api, session, event.stream, done.outcome, 201);
}

Answer list_legal_entities(const Api& api, Session session, http::Request request) {
  CO_TRY(no_parameters(request));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const Folds& folds = api.bus.folds();
    auto events = TRY(
        folds.with_tag(open_tag(std::string(legal_entity::kEntitiesTag)), legal_entity::kEntities));
    std::ranges::reverse(events);  // in the order in which they were registered
    const std::string chosen = TRY(chosen_entity(folds));
    json::array items;
    for (const auto& event : events) {
      const auto state = TRY(folds.current<State>(event.stream));
      items.push_back(render(session, event.stream, *state, chosen));
    }
    return http::Response::json(
        200, json::value(json::object{{"items", std::move(items)}, {"next_cursor", nullptr}}));
  });
}

Answer get_legal_entity(const Api& api, Session session, http::Request request) {
  const auto id = CO_TRY(part_of_path<LegalEntityId>(request, "legal_entity"));
  CO_TRY(no_parameters(request));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto state = TRY(api.bus.folds().current<State>(id.text()));
    if (!state->exists()) return not_found(session.language, "legal_entity", id.text());
    const std::string chosen = TRY(chosen_entity(api.bus.folds()));
    return http::Response::json(200, json::value(render(session, id.text(), *state, chosen)))
        .with("ETag", http::etag_of(state->version.value));
  });
}

Answer change_legal_entity(const Api& api, Session session, http::Request request) {
  const auto id = CO_TRY(part_of_path<LegalEntityId>(request, "legal_entity"));
  const auto if_match = CO_TRY(http::IfMatch::parse(request));
  auto asked = command_of(session, request, "change_legal_entity", id.text());
  if (asked) asked->also = {StreamName(use_cases::kLegalEntitiesLane)};
  const auto outcome = CO_TRY(co_await execute_plain(api, std::move(asked), [&](Unit& unit) {
    return change(unit, request, if_match, id.text());
  }));
  co_return co_await show_after(api, session, id.text(), outcome, 200);
}

}  // namespace dealog::api
