// The world of a deal in tests: the web studio's regulation, a clock that is moved by hand, people.
#pragma once

#include <fstream>
#include <memory>
#include <set>
#include <sstream>

#include <boost/json.hpp>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "libs/base/clock.hpp"
#include "libs/domain/deal/decide.hpp"
#include "libs/domain/deal/facts.hpp"
#include "tests/support/given_when_then.hpp"

namespace dealog::deal {

inline const rules::Regulation& web_studio() {
  static const rules::Regulation kRegulation = [] {
    const char* folder = std::getenv("DEALOG_SOURCE_DIR");
    std::ifstream file(std::string(folder ? folder : ".") + "/deploy/regulations/web-studio.yaml");
    std::stringstream text;
    text << file.rdbuf();
    rules::ParsedRegulation parsed = rules::parse_regulation(text.str());
    EXPECT_TRUE(parsed.sound()) << "deploy/regulations/web-studio.yaml";
    parsed.regulation.version = 3;
    return parsed.regulation;
  }();
  return kRegulation;
}

inline Uuid numbered(std::uint8_t number) {
  Uuid uuid;
  uuid.bytes[0] = 1;
  uuid.bytes[15] = number;
  return uuid;
}
template <class Id>
Id id(std::uint8_t number) {
  return Id(numbered(number));
}

inline const UserId kAnna = id<UserId>(1);
inline const UserId kBoris = id<UserId>(2);
inline const PersonId kCustomer = id<PersonId>(3);
inline const CompanyId kCompany = id<CompanyId>(4);
inline const PaymentId kPayment = id<PaymentId>(5);

inline Money rub(std::int64_t roubles) { return {roubles * 100, Currency::parse("RUB").value()}; }
inline Money eur(std::int64_t euros) { return {euros * 100, Currency::parse("EUR").value()}; }
inline Timestamp at(std::string_view text) { return Timestamp::parse(text).value(); }
inline Occurred on(std::string_view text) { return OccurredAt{.at = at(text)}; }
// A Tuesday, 12:00 in Moscow.
inline Timestamp noon() { return at("2026-03-17T09:00:00Z"); }

class DealStory : public testing::GivenWhenThen<State> {
  using Where = testing::Where;

 public:
  explicit DealStory(const rules::Regulation& regulation = web_studio())
      : clock_(std::make_unique<ManualClock>(noon())),
        ids_(std::make_unique<SeededIds>(*clock_, 7)) {
    context_.regulation = &regulation;
    context_.actor = {"user", kAnna.text()};
    context_.ids = ids_.get();
    context_.party = {.person_name = true,
                      .person_phone = true,
                      .person_email = true,
                      .company_name = true,
                      .company_tax_id = true};
    context_.next_invoice = [numbers = numbers_] {
      return Result<InvoiceNumber>(InvoiceNumber{2026, ++*numbers});
    };
  }

  Context& context() {
    context_.now = clock_->now();
    return context_;
  }
  const rules::Regulation& regulation() const { return *context_.regulation; }

  // ---- the world around the deal ----
  template <class Self>
  Self&& later(this Self&& self, Duration duration) {
    self.clock_->advance(duration);
    return std::forward<Self>(self);
  }
  template <class Self>
  Self&& as(this Self&& self, const UserId& user) {
    self.context_.actor = {"user", user.text()};
    return std::forward<Self>(self);
  }
  template <class Self>
  Self&& with_role(this Self&& self, const UserId& user, std::string role) {
    self.roles_[user] = std::move(role);
    self.context_.role_of = [roles = self.roles_](const UserId& who) {
      const auto found = roles.find(who);
      return found == roles.end() ? std::string() : found->second;
    };
    return std::forward<Self>(self);
  }
  template <class Self>
  Self&& who_may_override(this Self&& self) {
    self.context_.may_override = true;
    return std::forward<Self>(self);
  }
  template <class Self>
  Self&& who_may_import(this Self&& self) {
    self.context_.may_import = true;
    return std::forward<Self>(self);
  }
  template <class Self>
  Self&& where(this Self&& self, const PartyFacts& party) {
    self.context_.party = party;
    return std::forward<Self>(self);
  }
  template <class Self>
  Self&& with_zone(this Self&& self, const UserId& user, std::string zone) {
    self.zones_[user] = std::move(zone);
    self.context_.zone_of = [zones = self.zones_](const UserId& who) {
      const auto found = zones.find(who);
      return found == zones.end() ? std::string() : found->second;
    };
    return std::forward<Self>(self);
  }

  // The deal stands in a stage of the pipeline without having earned it.
  template <class Self>
  Self&& given_stage(this Self&& self, const std::string& stage, Where where = Where::current()) {
    const bool may_import = self.context_.may_import;
    self.context_.may_import = true;
    self.given(ReportDealStage{.to = stage, .origin = "import"}, where);
    self.context_.may_import = may_import;
    return std::forward<Self>(self);
  }

  // The codes of the unmet criteria that the last refusal names.
  std::vector<std::string> unmet() const {
    std::vector<std::string> codes;
    const auto data = boost::json::parse(error().data).as_object();
    for (const auto& one : data.at("unmet").as_array()) {
      codes.emplace_back(one.at("criterion").as_string());
    }
    return codes;
  }
  template <class Self>
  Self&& then_unmet(this Self&& self, const std::vector<std::string>& codes,
                    Where where = Where::current()) {
    self.then_refused("gate_not_met", where);
    if (self.unmet() != codes) {
      ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line()))
          << "expected unmet: " << testing::joined(codes)
          << "\n       but was: " << testing::joined(self.unmet());
    }
    return std::forward<Self>(self);
  }

  // The id of the last thing that was made.
  TaskId task() const { return state().open_tasks.back().id; }
  QuoteId quote() const { return state().quotes.back().id; }
  DocumentId document() const { return state().documents.back().id; }
  InvoiceId invoice() const { return state().invoices.back().id; }

 private:
  std::unique_ptr<ManualClock> clock_;
  std::unique_ptr<SeededIds> ids_;
  std::shared_ptr<std::uint32_t> numbers_ = std::make_shared<std::uint32_t>(0);
  std::map<UserId, std::string> zones_;
  std::map<UserId, std::string> roles_;
  Context context_;
};

// ---- usual commands ----

inline OpenDeal a_lead() {
  return {.title = "Site for a bakery", .owner = kAnna, .source = "phone", .person = kCustomer};
}
inline OpenDeal a_deal_worth(const Money& amount) {
  OpenDeal deal = a_lead();
  deal.amount = amount;
  return deal;
}
inline QuoteContents one_line(const Money& price, std::int32_t discount_basis_points = 0) {
  return {
      .lines = {
          {.title = "Site", .unit_price = price, .discount_basis_points = discount_basis_points}}};
}
inline RecordTouch a_call(std::string direction, std::string outcome) {
  return {.kind = "call", .direction = std::move(direction), .outcome = std::move(outcome)};
}

// A deal in negotiation whose quote over this price the customer has in hands.
inline DealStory a_sent_quote(const Money& price) {
  DealStory story;
  story.given(a_lead()).given_stage("negotiation").given(DraftQuote{one_line(price)});
  story.given(SendQuote{story.quote()});
  return story;
}
// A deal in a stage whose quote over this price was accepted before.
inline DealStory an_accepted_quote(const Money& price, const std::string& stage) {
  DealStory story = a_sent_quote(price);
  story.given(AcceptQuote{story.quote()}).given_stage(stage);
  return story;
}

}  // namespace dealog::deal
