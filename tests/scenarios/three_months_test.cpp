// An order of the web studio over three months of a virtual clock: log, keys and views on the disk,
// a real mail server, a real receiver of webhooks. What the regulation promises happens by itself,
// each of it once; built anew or restored from a backup nothing is carried out again.
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/effect_events.pb.h"
#include "libs/command/use_cases/companies.hpp"
#include "libs/command/use_cases/legal_entities.hpp"
#include "libs/command/use_cases/payments.hpp"
#include "libs/command/use_cases/webhook_endpoints.hpp"
#include "tests/scenarios/studio_on_disk.hpp"

namespace dealog::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Pair;

// What a company with a receiver of webhooks adds to the regulation that is shipped.
constexpr std::string_view kMoreRules = R"(
  - id: tell_crm
    title: {ru: CRM, en: CRM}
    mode: live
    trigger: {stage_entered: any}
    actions:
      - call_webhook: crm
)";

// With all that is shipped switched on.
std::string web_studio() {
  const char* folder = std::getenv("DEALOG_SOURCE_DIR");
  std::ifstream file(std::string(folder ? folder : ".") + "/deploy/regulations/web-studio.yaml");
  std::stringstream text;
  text << file.rdbuf() << kMoreRules;
  std::string yaml = text.str();
  constexpr std::string_view kOff = "mode: \"off\"";
  for (auto at = yaml.find(kOff); at != std::string::npos; at = yaml.find(kOff, at)) {
    yaml.replace(at, kOff.size(), "mode: live");
  }
  return yaml;
}

Money rub(std::int64_t roubles) { return {roubles * 100, Currency::parse("RUB").value()}; }

class ThreeMonths : public ::testing::Test {
 protected:
  ThreeMonths() {
    seller_ = hire("Борис", "seller");
    supervisor_ = hire("Клара", "supervisor");
    hire("Ольга", "owner");
    studio_.run("", [](Unit& unit) {
      legal_entity::RegisterLegalEntity entity{
          .series = "", .currency = "RUB", .vat_basis_points = 2000, .language = "ru"};
      entity.details.set_name("ООО «Студия»");
      return use_cases::register_legal_entity(unit, entity);
    });
    studio_.run("endpoint", [&](Unit& unit) {
      return use_cases::create_endpoint(unit, {.code = "crm",
                                               .name = "CRM",
                                               .url = studio_.crm.url(),
                                               .secret = use_cases::new_secret()});
    });
    studio_.run("pip_web-studio", [](Unit& unit) {
      return use_cases::publish_regulation(unit, "web-studio", web_studio());
    });
  }
  UserId hire(const std::string& name, const std::string& role) {
    const user::RegisterUser command{.name = name,
                                     .email = {},
                                     .role = role,
                                     .time_zone = "Europe/Moscow",
                                     .rights = user::Rights::all()};
    return *studio_.run("hire", [&](Unit& unit) { return use_cases::register_user(unit, command); })
                .value;
  }
  void change(const deal::Command& command) { studio_.change(deal_, command); }
  void move(std::string to, deal::DetailsChange fields = {}) {
    change(deal::ChangeDealStage{.to = std::move(to), .fields = std::move(fields)});
  }
  // All open ones of a kind: somebody did what he was told.
  void complete(std::string_view kind) {
    const auto state = studio_.deal(deal_);
    for (const auto& task : state.open_tasks) {
      if (task.kind == kind) change(deal::CompleteTask{.task = task.id});
    }
  }
  void pay_last_invoice() {
    const auto state = studio_.deal(deal_);
    const auto& invoice = state.invoices.back();
    const payment::ReceivePayment money{.provider = "bank",
                                        .external_id = invoice.number,
                                        .amount = invoice.amount,
                                        .received_at = studio_.clock.now(),
                                        .invoice_number = invoice.number};
    studio_.run("payment", [&](Unit& unit) { return use_cases::receive_payment(unit, money); });
  }
  std::string stage() { return studio_.deal(deal_).stage(); }

  void lead_to_meeting();
  void meeting_to_quote();
  void quote_to_prepayment();
  void work_to_won();

  // How many tasks there are of each kind that nobody planned by hand.
  std::map<std::string, int> automatic_tasks() {
    std::map<std::string, int> counts;
    for (const auto& event : studio_.events("TaskCreated")) {
      const auto& task = *event.as<v1::TaskCreated>();
      if (task.automatic()) ++counts[task.kind()];
    }
    return counts;
  }
  // How many mails each rule has planned.
  std::map<std::string, int> mails() {
    std::map<std::string, int> counts;
    for (const auto& event : studio_.events("EffectPlanned")) {
      const auto& effect = *event.as<v1::EffectPlanned>();
      if (effect.channel() == "mail") ++counts[effect.rule()];
    }
    return counts;
  }
  // Those that the mail server has taken.
  std::set<std::string> message_ids(int* mails) {
    std::set<std::string> ids;
    for (*mails = 0;; ++*mails) {
      const std::string text = studio_.post.received(*mails + 1);
      if (text.empty()) return ids;
      const auto at = text.find("Message-Id: <");
      ids.insert(text.substr(at + 13, text.find('@', at) - at - 13));
    }
  }

  Studio studio_;
  UserId seller_, supervisor_;
  DealId deal_;
  PersonId anna_;
};

void ThreeMonths::lead_to_meeting() {
  const use_cases::OpenDealInput lead{
      .deal = {.title = "Сайт", .source = "site"},
      .person = use_cases::PersonInput{.name = "Анна",
                                       .contacts = {{"phone", "+79161234567"},
                                                    {"email", "anna@example.com"}},
                                       .country = "RU",
                                       .source = "site"},
      .touch = deal::RecordTouch{.kind = "form", .direction = "in", .outcome = "received"}};
  const auto opened =
      *studio_.run("", [&](Unit& unit) { return use_cases::open_deal(unit, lead); }).value;
  deal_ = opened.deal;
  anna_ = *opened.person;
  EXPECT_EQ(studio_.deal(deal_).owner, seller_);
  studio_.pass(20min);
  // Nobody has answered: seller and supervisor hear of it.
  EXPECT_EQ(studio_.events("NotificationRaised").size(), 2u);
  change(deal::RecordTouch{.kind = "call", .direction = "out", .outcome = "connected"});
  complete("classify");
  move("classification");
  deal::DetailsChange known;
  known.amount = rub(300'000);
  known.work_type = std::string("corporate_site");
  move("meeting_scheduling", known);
  complete("call");
  change(deal::CreateTask{.kind = "meeting",
                          .title = "Встреча",
                          .due = {.at = studio_.clock.now() + Duration(48h)},
                          .place = "Офис",
                          .participants = {anna_.text()},
                          .note = "Бриф"});
  move("meeting");
}

void ThreeMonths::meeting_to_quote() {
  studio_.pass(48h);
  change(deal::RecordTouch{.kind = "meeting", .direction = "out", .outcome = "held"});
  complete("meeting");
  const auto company = *studio_
                            .run("company",
                                 [](Unit& unit) {
                                   return use_cases::register_company(
                                       unit, {.name = "ООО «Заказчик»", .tax_id = "7707083893"});
                                 })
                            .value;
  change(deal::LinkCompany{company});
  deal::DetailsChange brief;
  brief.custom = {{"brief_goal", rules::FieldValue(std::string("Заявки"))},
                  {"brief_audience", rules::FieldValue(std::string("Соседи"))},
                  {"brief_scope", rules::FieldValue(std::string("Пять страниц"))},
                  {"brief_deadline", rules::FieldValue(Date::of(2026, 6, 1))}};
  change(deal::ChangeDealDetails{brief});
  move("proposal");
  // The draft lies beside the task to check it.
  const auto state = studio_.deal(deal_);
  ASSERT_EQ(state.quotes.size(), 1u) << "nothing was drafted";
  EXPECT_EQ(state.quotes[0].state, deal::QuoteState::kDraft);
  EXPECT_EQ(state.quotes[0].total, rub(300'000));
  studio_.pass(2h);
  complete("check_quote");  // the rule sends it
  EXPECT_EQ(studio_.events("QuoteSent").size(), 1u);
}

void ThreeMonths::quote_to_prepayment() {
  studio_.pass(24h * 9);  // nothing is heard: seller and supervisor are told what to do
  change(deal::RecordTouch{.kind = "call", .direction = "in", .outcome = "connected"});
  complete("follow_up");
  move("negotiation");
  studio_.pass(24h);
  change(deal::AcceptQuote{studio_.deal(deal_).quotes.back().id});
  EXPECT_EQ(studio_.deal(deal_).invoices.size(), 1u) << "issued by itself";
  change(deal::AddDocument{.kind = "contract", .title = "Договор"});
  change(deal::SignDocument{studio_.deal(deal_).documents.back().id});
  complete("agree_terms");
  move("invoicing");
  studio_.pass(24h * 14);  // the invoice is overdue
  pay_last_invoice();
  EXPECT_EQ(stage(), "prepayment") << "moved by the money";
}

void ThreeMonths::work_to_won() {
  change(deal::GiveAcknowledgement{"production"});
  move("in_progress");
  studio_.pass(24h * 35);
  move("acceptance");
  EXPECT_EQ(studio_.deal(deal_).invoices.size(), 2u) << "the final one is issued by itself";
  studio_.pass(24h * 2);
  change(deal::AddDocument{.kind = "acceptance", .title = "Акт"});
  change(deal::SignDocument{studio_.deal(deal_).documents.back().id});
  EXPECT_EQ(stage(), "paid_in_full") << "moved by the signature";
  studio_.pass(24h);
  pay_last_invoice();
  EXPECT_EQ(studio_.deal(deal_).outcome, deal::Outcome::kWon);
  studio_.pass(24h * 25);
}

TEST_F(ThreeMonths, EverythingThatIsPromisedHappensOnce) {
  lead_to_meeting();
  meeting_to_quote();
  quote_to_prepayment();
  work_to_won();
  EXPECT_GT(studio_.clock.now(), Timestamp::parse("2026-05-28T00:00:00Z").value());
  EXPECT_THAT(mails(), ElementsAre(Pair("invoice_reminder", 1), Pair("invoices_by_mail", 2),
                                   Pair("quote_by_mail", 1), Pair("thanks_by_mail", 1)));
  int mails = 0;
  const auto ids = message_ids(&mails);
  EXPECT_EQ(mails, 5);
  EXPECT_EQ(ids.size(), 5u);
  for (const auto& event : studio_.events("EffectPlanned")) {
    const bool mail = event.as<v1::EffectPlanned>()->channel() == "mail";
    EXPECT_EQ(ids.contains(event.stream), mail);
  }
  // Each of the eleven stages was told of, once.
  const auto keys = studio_.crm.keys();
  EXPECT_EQ(keys.size(), 11u);
  EXPECT_EQ(std::set(keys.begin(), keys.end()).size(), 11u);
  EXPECT_EQ(studio_.dead_letters(), 0u);
  EXPECT_EQ(studio_.events("EffectFailed").size(), 0u);
  const auto tasks = automatic_tasks();
  for (const char* kind : {"classify", "check_quote", "agree_terms", "repeat_sale", "message"}) {
    EXPECT_EQ(tasks.contains(kind) ? tasks.at(kind) : 0, 1) << kind;
  }
  // The plan of a sent quote, and what the silence about it asked for.
  EXPECT_EQ(tasks.at("follow_up"), 2);
  EXPECT_EQ(studio_.events("DocumentIssued").size(), 3u);  // a quote, two invoices
  const auto state = studio_.deal(deal_);
  EXPECT_TRUE(std::ranges::find(state.open_tasks, "repeat_sale", &deal::OpenTask::kind) !=
              state.open_tasks.end())
      << "nobody is asked to sell again";

  const Position settled = studio_.head();
  studio_.rebuild();
  EXPECT_EQ(studio_.head(), settled) << "a rebuild has carried out something again";
  studio_.restore_from_a_backup();
  const Position restored = studio_.head();  // with what says that it was restored
  studio_.pass(6h);
  EXPECT_EQ(studio_.head(), restored) << "a restored backup has carried out something again";
  EXPECT_EQ(studio_.post.received(6), "");
  EXPECT_EQ(studio_.crm.keys().size(), 11u);
}

}  // namespace
}  // namespace dealog::scenario
