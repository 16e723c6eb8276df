// A legal entity of ours that sells: its requisites, its bank, its VAT, its series of numbers.
// Pure.
//
// Which one sells where nobody says so is the last that was chosen: the stream of the last event
// with the tag kDefaultTag. The first one that is registered is chosen by that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dealog/v1/document_events.pb.h"
#include "libs/base/id.hpp"
#include "libs/base/language.hpp"
#include "libs/base/money.hpp"
#include "libs/base/result.hpp"
#include "libs/event/event.hpp"

namespace dealog {

DEALOG_ID(LegalEntityId, "ent");

}  // namespace dealog

namespace dealog::legal_entity {

// Every one carries it, so that all of them can be listed.
inline constexpr std::string_view kEntitiesTag = "legal-entities";
inline constexpr std::string_view kDefaultTag = "default-legal-entity";
// Of the one that claims a series: no two number alike.
Tag series_tag(std::string_view series);

inline constexpr std::size_t kEntities = 100;
inline constexpr std::size_t kSeriesLetters = 4;
inline constexpr std::int32_t kWithoutVat = -1;

struct State {
  StreamVersion version;
  v1::LegalEntityDetails details;
  std::string series;  // upper-case letters; empty: numbers have none
  Currency currency;
  std::int32_t vat_basis_points = kWithoutVat;
  std::string language;  // ru, en

  bool exists() const { return version.value > 0; }
};

void evolve(State& state, const RecordedEvent& event);

struct RegisterLegalEntity {
  v1::LegalEntityDetails details;
  std::string series;
  std::string currency;
  std::int32_t vat_basis_points = kWithoutVat;
  std::string language;
  bool chosen = false;  // as the default
};
// Everything anew; the series stays.
struct ChangeLegalEntity {
  v1::LegalEntityDetails details;
  std::string currency;
  std::int32_t vat_basis_points = kWithoutVat;
  std::string language;
};
struct ChooseDefault {};

// Errors: kInvalid with `fields`; kNotFound "legal_entity_not_found"; kConflict
// "legal_entity_exists". What changes nothing makes no event.
Result<std::vector<NewEvent>> decide(const State& state, const RegisterLegalEntity& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const ChangeLegalEntity& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const ChooseDefault& command,
                                     Language language = Language::kEn);

}  // namespace dealog::legal_entity
