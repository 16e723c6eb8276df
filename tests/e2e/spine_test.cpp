// A lead travels from a web form to paid in full, over HTTP, through every gate of the web studio,
// while the server is killed again and again; then the past is asked about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/clock.hpp"
#include "libs/base/encoding.hpp"
#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

using Codes = std::vector<std::string>;

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

// Where the deal was, as far as it had been told to us then.
struct Milestone {
  std::string stage;
  std::uint64_t position = 0;
  std::string at;
};

class Spine : public ::testing::Test {
 protected:
  ApiClient& api() { return studio_.api(); }
  std::string path(std::string_view rest = "") { return "/v1/deals/" + deal_ + std::string(rest); }
  Answer deal() { return api().read(path()); }

  void kill() {
    studio_.kill_and_restart();
    ++kills_;
  }

  // Reads the deal, checks its stage and remembers the moment.
  void expect_stage(std::string_view stage) {
    const Answer shown = deal();
    EXPECT_EQ(shown.str("/stage"), stage) << shown.shown();
    const Answer head = must(api().get("/v1/log/head"), 200);
    milestones_.push_back({std::string(stage), static_cast<std::uint64_t>(head.number("/position")),
                           head.str("/recorded_at")});
  }

  // Both the refusal and the list of options say the same.
  void expect_closed(std::string_view to, const Codes& unmet) {
    const Answer refused = api().post(path("/transitions"), {{"to", to}});
    expect_problem(refused, 422, "gate_not_met");
    EXPECT_EQ(criteria(refused.at("/unmet")), unmet) << refused.shown();
    for (const auto& criterion : refused.items("/unmet")) {
      EXPECT_FALSE(str(criterion, "/message").empty()) << refused.shown();
      EXPECT_FALSE(str(criterion, "/kind").empty()) << refused.shown();
    }
    const json::value option = option_for(to);
    EXPECT_FALSE(option.at("allowed").as_bool());
    EXPECT_EQ(criteria(option.at("unmet")), unmet) << json::serialize(option);
  }

  json::value option_for(std::string_view to) {
    const Answer options = api().read(path("/transitions"));
    for (const auto& option : options.items()) {
      if (str(option, "/stage") == to) return option;
    }
    throw std::runtime_error("no option for " + std::string(to) + ": " + options.shown());
  }

  void pass(std::string_view to, json::object more = {}) {
    more["to"] = to;
    const Answer moved = must(api().post(path("/transitions"), more), 200);
    EXPECT_EQ(moved.str("/stage"), to);
    expect_stage(to);
  }

  void touch(std::string_view kind, std::string_view outcome) {
    must(api().post(path("/touches"), {{"kind", kind}, {"direction", "out"}, {"outcome", outcome}}),
         201);
  }

  std::vector<std::string> open_task_kinds() {
    std::vector<std::string> kinds;
    for (const auto& task : deal().items("/tasks")) {
      if (str(task, "/status") == "open") kinds.push_back(str(task, "/kind"));
    }
    return kinds;
  }

  std::string sign_document(std::string_view kind) {
    const std::string id =
        must(api().post(path("/documents"), {{"kind", kind}, {"title", "Paper"}}), 201).str("/id");
    EXPECT_TRUE(must(api().post("/v1/documents/" + id + "/sign"), 200).at("/signed").as_bool());
    return id;
  }

  json::value invoice_of_kind(std::string_view kind) {
    const Answer shown = deal();
    for (const auto& invoice : shown.items("/invoices")) {
      if (str(invoice, "/kind") == kind) return invoice;
    }
    throw std::runtime_error("no " + std::string(kind) + " invoice: " + shown.shown());
  }

  // As YooKassa notifies of a payment that succeeded.
  void yookassa_pays(std::string_view payment, std::string_view amount, std::string_view number) {
    const json::object notification{{"type", "notification"},
                                    {"event", "payment.succeeded"},
                                    {"object",
                                     {{"id", payment},
                                      {"status", "succeeded"},
                                      {"paid", true},
                                      {"amount", {{"value", amount}, {"currency", "RUB"}}},
                                      {"created_at", "2026-03-02T08:10:00.000Z"},
                                      {"captured_at", "2026-03-02T08:11:30.000Z"},
                                      {"description", "Site"},
                                      {"metadata", {{"order_id", number}}},
                                      {"test", false}}}};
    const Answer taken =
        api().deliver(yookassa_, "application/json", json::serialize(notification));
    EXPECT_EQ(taken.status, 200) << taken.shown();
    EXPECT_GT(taken.position(), 0u);
    EXPECT_TRUE(taken.headers.get("Dealog-Delivery").starts_with("dlv_"));
    kill();  // acknowledged, most likely not settled
  }

  void connect_sources();
  void lead_arrives();
  void gate_1_incoming();
  void gate_2_classification();
  void gate_3_meeting_scheduling();
  void gate_4_meeting();
  void gate_5_proposal();
  void gate_6_negotiation();
  void gate_7_invoicing();
  void gate_8_prepayment();
  void gate_9_in_progress();
  void gate_10_acceptance();
  void gate_11_paid_in_full();
  void past_shows_each_stage();
  void causes_reach_down_to_the_deliveries();
  void timeline_has_every_step();
  void offline_commands_agree();

  Codes chain_of(const std::string& event);

  Studio studio_;
  std::string tilda_, yookassa_;
  std::string deal_, person_, owner_, quote_;
  std::vector<Milestone> milestones_;
  int kills_ = 0;
};

void Spine::connect_sources() {
  tilda_ = studio_.tilda_hook();
  const json::object settings{{"country", "RU"},
                              {"time_zone", "Europe/Moscow"},
                              {"currency", "RUB"},
                              {"pipeline", "web-studio"}};
  json::object guarded = settings, here = settings;
  guarded["networks"] = "provider";
  here["networks"] = json::array{"127.0.0.1/32"};
  const Answer strict = must(
      api().post("/v1/sources",
                 {{"provider", "yookassa"}, {"name", "Strict"}, {"settings", std::move(guarded)}}),
      201);
  const auto before = api().head();
  const Answer refused =
      api().deliver(strict.str("/hook_url"), "application/json", R"({"type":"notification"})");
  expect_problem(refused, 403, "delivery_refused");
  EXPECT_EQ(api().head(), before);
  const Answer connected = must(
      api().post("/v1/sources",
                 {{"provider", "yookassa"}, {"name", "YooKassa"}, {"settings", std::move(here)}}),
      201);
  EXPECT_TRUE(connected.str("/id").starts_with("src_"));
  yookassa_ = connected.str("/hook_url");
  EXPECT_TRUE(yookassa_.starts_with("/hooks/" + connected.str("/id") + "/"));
  owner_ = str(api().read("/v1/users").items().at(0), "/id");
}

void Spine::lead_arrives() {
  const std::string body = form_encoded({{"Имя", "Кузнецова Вера"},
                                         {"Телефон", "8 (903) 555-12-34"},
                                         {"Комментарий", "Нужен сайт пекарни"},
                                         {"formid", "form4402"},
                                         {"formname", "Обсудить проект"},
                                         {"tranid", "4402:998877"}});
  const Answer refused = api().deliver(tilda_, kForm, body, Studio::tilda_key("wrong"));
  expect_problem(refused, 401, "delivery_refused");
  const Answer taken = api().deliver(tilda_, kForm, body, Studio::tilda_key());
  EXPECT_EQ(taken.status, 200);
  EXPECT_EQ(taken.text, "ok");
  kill();  // acknowledged, and nothing of it settled for sure
  const Answer deals = api().read("/v1/deals");
  ASSERT_EQ(deals.items().size(), 1u) << deals.shown();
  deal_ = str(deals.items().at(0), "/id");
  const Answer shown = deal();
  person_ = shown.str("/person");
  EXPECT_EQ(shown.str("/outcome"), "open");
  EXPECT_NE(shown.str("/next_step/state"), "none");  // planned, today: what hour is it?
  const Answer person = api().read("/v1/people/" + person_);
  EXPECT_EQ(person.str("/name"), "Кузнецова Вера");
  EXPECT_EQ(person.str("/phone"), "+79035551234");
  EXPECT_THAT(open_task_kinds(), ElementsAre("classify"));
  expect_stage("incoming");
  const std::string delivery(taken.headers.get("Dealog-Delivery"));
  const Answer read = api().read("/v1/deliveries/" + delivery);
  EXPECT_EQ(read.str("/state"), "accepted");
  EXPECT_EQ(read.str("/results/0/deal"), deal_);
  EXPECT_EQ(read.str("/normalised/0/kind"), "lead");
}

void Spine::gate_1_incoming() {
  expect_closed("classification", {"touch:answers_customer"});
  touch("call", "no_answer");
  expect_closed("classification", {"touch:answers_customer"});
  touch("message", "sent");
  must(api().post(path("/owner"), {{"owner", owner_}}), 200);
  pass("classification");
  EXPECT_THAT(open_task_kinds(), Contains("call"));
}

void Spine::gate_2_classification() {
  expect_problem(api().post(path("/transitions"), {{"to", "proposal"}}), 422, "move_not_allowed");
  expect_closed("meeting_scheduling", {"field:amount", "field:work_type"});
  must(api().patch(path(), {{"amount", {{"amount", "300000.00"}, {"currency", "RUB"}}}}), 200);
  expect_closed("meeting_scheduling", {"field:work_type"});
  kill();
  pass("meeting_scheduling", {{"fields", {{"work_type", "corporate_site"}}}});
}

void Spine::gate_3_meeting_scheduling() {
  expect_closed("meeting", {"touch:call:connected", "meeting_planned"});
  touch("call", "connected");
  const auto in_two_days = SystemClock().now() + std::chrono::hours(48);
  json::object meeting{{"kind", "meeting"},
                       {"title", "Talk about the site"},
                       {"assignee", owner_},
                       {"participants", json::array{json::string(person_)}},
                       {"due_at", in_two_days.rfc3339()},
                       {"note", "Bring the portfolio"}};
  must(api().post(path("/tasks"), meeting), 201);
  expect_closed("meeting", {"meeting_planned"});  // nobody said where
  meeting["place"] = "Our office";
  must(api().post(path("/tasks"), meeting), 201);
  pass("meeting");
}

void Spine::gate_4_meeting() {
  expect_closed("proposal", {"touch:meeting:held", "field:custom.brief_goal",
                             "field:custom.brief_audience", "field:custom.brief_scope",
                             "field:custom.brief_deadline", "field:company", "field:person.email"});
  touch("meeting", "no_show");
  const std::string company =
      must(api().post("/v1/companies", {{"name", "Пекарня «Вера»"}, {"tax_id", "7707083893"}}), 201)
          .str("/id");
  must(api().patch("/v1/people/" + person_, {{"email", "vera@bakery.example"}}), 200);
  must(api().patch(path(), {{"company", company},
                            {"custom",
                             {{"brief_goal", "More orders"},
                              {"brief_audience", "Neighbours"},
                              {"brief_scope", "Five pages"},
                              {"brief_deadline", "2027-06-01"}}}}),
       200);
  expect_closed("proposal", {"touch:meeting:held"});
  touch("meeting", "held");
  kill();
  pass("proposal");
  EXPECT_THAT(open_task_kinds(), Contains("check_quote"));
}

void Spine::gate_5_proposal() {
  expect_closed("negotiation", {"quote:sent", "task:follow_up"});
  // The draft lies beside the task to check it: somebody makes the offer of it.
  const Answer drafted = api().read(path());
  ASSERT_EQ(drafted.items("/quotes").size(), 1U);
  EXPECT_EQ(drafted.str("/quotes/0/state"), "draft");
  const Answer quote =
      must(api().post("/v1/quotes/" + drafted.str("/quotes/0/id") + "/revise",
                      {{"lines",
                        {{{"title", "Site"},
                          {"quantity", "1"},
                          {"unit_price", {{"amount", "280000.00"}, {"currency", "RUB"}}},
                          {"discount_percent", "15"}}}},
                       {"prepayment_percent", "50"}}),
           200);
  quote_ = "/v1/quotes/" + quote.str("/id");
  EXPECT_EQ(quote.str("/total/amount"), "238000.00");
  EXPECT_EQ(quote.str("/state"), "draft");
  expect_closed("negotiation", {"quote:sent", "task:follow_up"});
  EXPECT_EQ(must(api().post(quote_ + "/send"), 200).str("/state"), "sent");
  EXPECT_THAT(open_task_kinds(), Contains("follow_up"));
  pass("negotiation");
  EXPECT_THAT(open_task_kinds(), Contains("approve_discount"));
}

void Spine::gate_6_negotiation() {
  expect_closed("invoicing",
                {"quote:accepted", "document:contract:signed", "discount:within_policy"});
  EXPECT_EQ(must(api().post(quote_ + "/accept"), 200).str("/state"), "accepted");
  sign_document("contract");
  expect_closed("invoicing", {"discount:within_policy"});
  // Sending asked for the approval.
  expect_problem(api().post(quote_ + "/submit"), 409, "quote_submitted");
  expect_problem(api().post(quote_ + "/approve"), 403, "own_quote");
  ApiClient supervisor = studio_.user_with({"read", "write", "override", "personal"}, "supervisor");
  must(supervisor.post(quote_ + "/approve"), 200);
  // Issued by itself, now that the price is approved.
  EXPECT_EQ(str(invoice_of_kind("prepayment"), "/amount/amount"), "119000.00");
  pass("invoicing");
}

void Spine::gate_7_invoicing() {
  expect_closed("prepayment", {"paid:required_prepayment"});
  yookassa_pays("2f-prepayment", "119000.00", str(invoice_of_kind("prepayment"), "/number"));
  expect_stage("prepayment");  // moved by itself
  const Answer shown = deal();
  EXPECT_EQ(shown.str("/money/paid/amount"), "119000.00");
  EXPECT_EQ(shown.str("/money/balance/amount"), "119000.00");
  EXPECT_EQ(str(invoice_of_kind("prepayment"), "/state"), "paid");
}

void Spine::gate_8_prepayment() {
  expect_closed("in_progress", {"acknowledgement:production"});
  must(api().post(path("/acknowledgements"), {{"kind", "production"}}), 201);
  kill();
  pass("in_progress");
}

void Spine::gate_9_in_progress() {
  // Left by hand, and only to the stage that follows.
  expect_problem(api().post(path("/transitions"), {{"to", "paid_in_full"}}), 422,
                 "move_not_allowed");
  EXPECT_TRUE(option_for("acceptance").at("allowed").as_bool());
  pass("acceptance");
  EXPECT_EQ(str(invoice_of_kind("final"), "/amount/amount"), "119000.00");
}

void Spine::gate_10_acceptance() {
  expect_closed("paid_in_full", {"document:acceptance:signed"});
  sign_document("acceptance");
  expect_stage("paid_in_full");
  EXPECT_EQ(deal().str("/outcome"), "open");
}

void Spine::gate_11_paid_in_full() {
  yookassa_pays("2f-final", "119000.00", str(invoice_of_kind("final"), "/number"));
  const Answer won = deal();
  EXPECT_EQ(won.str("/outcome"), "won") << won.shown();
  EXPECT_EQ(won.str("/money/balance/amount"), "0.00");
  EXPECT_FALSE(won.str("/closed_at").empty());
  expect_problem(api().post(path("/transitions"), {{"to", "acceptance"}, {"reason", "oops"}}), 409,
                 "deal_closed");
}

void Spine::past_shows_each_stage() {
  for (const Milestone& then : milestones_) {
    for (const std::string& as_of : {std::to_string(then.position), percent_encode(then.at)}) {
      const Answer past = api().read(path("?as_of=" + as_of));
      EXPECT_EQ(past.str("/stage"), then.stage) << "as of " << as_of;
      EXPECT_EQ(past.str("/outcome"), "open") << "as of " << as_of;
      const Answer board = api().read("/v1/board?as_of=" + as_of);
      for (const auto& column : board.items("/columns")) {
        EXPECT_EQ(column.at("count").to_number<int>(), str(column, "/stage") == then.stage ? 1 : 0)
            << str(column, "/stage") << " as of " << as_of;
      }
      const Answer timeline = api().read(path("/timeline?limit=500&as_of=" + as_of));
      EXPECT_LE(timeline.items().at(0).at("position").to_number<std::uint64_t>(), then.position);
    }
  }
  EXPECT_EQ(api().get(path("?as_of=1")).status, 404);  // nobody had heard of it
}

Codes Spine::chain_of(const std::string& event) {
  Codes types;
  for (const auto& step : api().read("/v1/events/" + event + "/why").items("/chain")) {
    types.push_back(str(step, "/type"));
  }
  return types;
}

void Spine::causes_reach_down_to_the_deliveries() {
  std::string paid_move, signed_move, won;
  for (const auto& event : api().read("/v1/events?limit=500&stream=" + deal_).items()) {
    const std::string type = str(event, "/type");
    if (type == "DealWon") won = str(event, "/event_id");
    if (type != "DealStageChanged") continue;
    if (str(event, "/data/to") == "prepayment") paid_move = str(event, "/event_id");
    if (str(event, "/data/to") == "paid_in_full") signed_move = str(event, "/event_id");
  }
  for (const std::string& move : {paid_move, won}) {
    const Codes chain = chain_of(move);
    ASSERT_GE(chain.size(), 3u);
    EXPECT_EQ(chain.back(), "DeliveryReceived");
    EXPECT_THAT(chain, Contains("PaymentReceived"));
  }
  EXPECT_THAT(chain_of(signed_move), Contains("DocumentSigned"));
}

void Spine::timeline_has_every_step() {
  Codes types;
  const Answer timeline = api().read(path("/timeline?limit=500"));
  std::uint64_t newer = UINT64_MAX;
  for (const auto& entry : timeline.items()) {
    types.push_back(str(entry, "/type"));
    EXPECT_FALSE(str(entry, "/summary").empty());
    const auto position = entry.at("position").to_number<std::uint64_t>();
    EXPECT_LT(position, newer) << "newest first";
    newer = position;
  }
  for (const char* type :
       {"DealOpened", "TouchRecorded", "TaskCreated", "DealDetailsChanged", "QuoteDrafted",
        "QuoteSent", "QuoteAccepted", "QuoteApproved", "InvoiceIssued", "DocumentSigned",
        "PaymentAllocated", "AcknowledgementGiven", "DealStageChanged", "DealWon"}) {
    EXPECT_THAT(types, Contains(std::string(type)));
  }
  EXPECT_EQ(std::count(types.begin(), types.end(), "DealStageChanged"), 10);
}

void Spine::offline_commands_agree() {
  EXPECT_EQ(studio_.server.terminate(), 0) << studio_.server.errors();
  const std::string data = studio_.server.data().string();
  const Finished verified = run_dealog({"verify", "--data", data});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  const Finished rebuilt = run_dealog({"rebuild", "--data", data});
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.output << rebuilt.errors;
  EXPECT_THAT(rebuilt.output, ::testing::HasSubstr("equal the old ones"));
}

TEST_F(Spine, ALeadTravelsFromAWebFormToPaidInFullThroughSixKills) {
  connect_sources();
  lead_arrives();
  gate_1_incoming();
  gate_2_classification();
  gate_3_meeting_scheduling();
  gate_4_meeting();
  gate_5_proposal();
  gate_6_negotiation();
  gate_7_invoicing();
  gate_8_prepayment();
  gate_9_in_progress();
  gate_10_acceptance();
  gate_11_paid_in_full();
  EXPECT_GE(kills_, 5);
  EXPECT_EQ(milestones_.size(), 11u);
  past_shows_each_stage();
  causes_reach_down_to_the_deliveries();
  timeline_has_every_step();
  offline_commands_agree();
}

// The first gate in full: a card that somebody wrote by hand, and nothing of the customer known.
TEST_F(Spine, ACardByHandNeedsASourceAContactAndAnAnswer) {
  const Answer opened = must(api().post("/v1/deals", {{"title", "Somebody at the fair"}}), 201);
  deal_ = opened.str("/id");
  expect_closed("classification", {"field:source", "contact_known", "touch:answers_customer"});
  const Answer overridden = must(
      api().post(path("/transitions"),
                 {{"to", "classification"}, {"override", true}, {"reason", "Agreed at the fair"}}),
      200);
  EXPECT_EQ(overridden.str("/stage"), "classification");
  ApiClient seller = studio_.user_with({"read", "write"});
  expect_problem(seller.post(path("/transitions"),
                             {{"to", "meeting"}, {"override", true}, {"reason", "Hurry"}}),
                 403, "right_missing");
}

}  // namespace
}  // namespace dealog::e2e
