// An order of the web studio over three months, lived through by the real binary over HTTP in
// little more than a minute: its wall clock is moved from outside (libfaketime), all else is real,
// the mail server and the receiver of webhooks too. It is killed on the way. What the regulation
// promises happens by itself, each of it once.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/clock.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/crm.hpp"
#include "tests/support/dealog_process.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Pair;

// Who waits for a timer looks at the clock once a second.
constexpr auto kLooked = 1'200ms;
// Customers are not written to more than a day late.
constexpr std::chrono::hours kLeap{20};

constexpr std::string_view kMoreRules = R"(
  - id: tell_crm
    title: {ru: CRM, en: CRM}
    mode: live
    trigger: {stage_entered: any}
    actions:
      - call_webhook: crm
)";

// With all that is shipped switched on.
std::string web_studio_switched_on() {
  std::ifstream file(web_studio());
  std::stringstream text;
  text << file.rdbuf() << kMoreRules;
  std::string yaml = text.str();
  constexpr std::string_view kOff = "mode: \"off\"";
  for (auto at = yaml.find(kOff); at != std::string::npos; at = yaml.find(kOff, at)) {
    yaml.replace(at, kOff.size(), "mode: live");
  }
  return yaml;
}

// The wall clock of a process, so many seconds ahead of ours: see tests/support/moved_clock.cpp.
class MovedClock {
 public:
  explicit MovedClock(fs::path file) : file_(std::move(file)) { write(); }
  std::vector<std::string> variables() const {
    const char* library = std::getenv("DEALOG_CLOCK_LIBRARY");
    if (library == nullptr) throw std::runtime_error("DEALOG_CLOCK_LIBRARY is missing: use ctest");
    return {std::string("LD_PRELOAD=") + library, "DEALOG_MOVED_CLOCK=" + file_.string()};
  }
  void advance(std::chrono::seconds by) {
    ahead_ += by.count();
    write();
  }
  // To ten in the morning in Moscow on the first Monday of the next March: whatever day it is run
  // on, the same holidays lie ahead.
  void advance_to_march() {
    using namespace std::chrono;
    const sys_seconds today{seconds(now().us / 1'000'000)};
    const auto monday_of = [](year y) { return sys_days(y / March / Monday[1]) + 7h; };
    const year this_year = year_month_day(floor<days>(today)).year();
    const auto ahead = monday_of(this_year) - today;
    advance(ahead > 0s ? ahead : monday_of(this_year + years(1)) - today);
  }
  Timestamp now() const { return SystemClock().now() + Duration(std::chrono::seconds(ahead_)); }

 private:
  // In place: processes have the file mapped.
  void write() {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    if (!file) file.open(file_, std::ios::out | std::ios::binary);
    file.write(reinterpret_cast<const char*>(&ahead_), sizeof(ahead_));
  }
  const fs::path file_;
  std::int64_t ahead_ = 0;
};

json::value rub(std::string_view amount) {
  return json::object{{"amount", amount}, {"currency", "RUB"}};
}

class ThreeMonthsOverHttp : public ::testing::Test {
 protected:
  void SetUp() override {
    clock_.advance_to_march();
    const fs::path config = folder_.path() / "dealog.toml";
    std::ofstream(config) << "[server]\npublic_url = \"https://studio.example\"\n[outbound]\n"
                          << "private_addresses = true\n[mail]\nserver = \"localhost\"\n"
                          << "port = " << post_.port() << "\nsecurity = \"none\"\n"
                          << "from = \"sales@studio.example\"\nfrom_name = \"Студия\"\n";
    server_.emplace(folder_.path() / "data", std::vector<std::string>{"--config", config.string()},
                    clock_.variables());
    server_->start();
    api_.emplace(server_->port(), server_->owner_token());
    must(api().post("/v1/webhook-endpoints",
                    {{"code", "crm"}, {"name", "CRM"}, {"url", crm_.url()}}),
         201);
    must(api().request("PUT", "/v1/pipelines/web-studio", web_studio_switched_on(),
                       {{"Content-Type", "application/yaml"}}),
         200);
    for (const auto* role : {"seller", "supervisor"}) {
      must(api().post("/v1/users", {{"name", role},
                                    {"role", role},
                                    {"time_zone", "Europe/Moscow"},
                                    {"rights", {"read", "write"}}}),
           201);
    }
    must(api().post("/v1/legal-entities", {{"name", "ООО «Студия»"}, {"vat_percent", "20"}}), 201);
  }

  ApiClient& api() { return *api_; }
  std::string path(std::string_view more = "") const {
    return "/v1/deals/" + deal_ + std::string(more);
  }
  Answer deal() { return api().read(path()); }

  // Until nothing more comes of what is due now.
  void settle() {
    for (std::int64_t before = -1, now = position(); before != now; now = position()) {
      before = now;
      std::this_thread::sleep_for(kLooked);
    }
  }
  std::int64_t position() { return must(api().get("/v1/log/head"), 200).number("/position"); }
  void pass(std::chrono::seconds time, std::chrono::seconds leap = kLeap) {
    for (; time > 0s; time -= std::min(time, leap)) {
      clock_.advance(std::min(time, leap));
      settle();
    }
  }
  // With nothing on its way: what a kill does to a mail that is being sent, kill_at_each_point_test
  // looks at.
  void kill() {
    settle();
    server_->kill_and_restart();
    api_->move_to(server_->port());
    api().read("/v1/deals");
  }

  void touch(std::string_view kind, std::string_view direction, std::string_view outcome) {
    must(api().post(path("/touches"),
                    {{"kind", kind}, {"direction", direction}, {"outcome", outcome}}),
         201);
  }
  // Rules that a stage sets off find the deal in it still.
  void move(std::string_view to, json::object fields = {}) {
    must(api().post(path("/transitions"), {{"to", to}, {"fields", std::move(fields)}}), 200);
    deal();
  }
  // Somebody did what he was told.
  void complete(std::string_view kind) {
    const Answer shown = deal();
    for (const auto& task : shown.items("/tasks")) {
      if (str(task, "/kind") != kind || str(task, "/status") != "open") continue;
      must(api().post("/v1/tasks/" + str(task, "/id") + "/complete"), 200);
    }
  }
  void sign(std::string_view kind) {
    const auto id =
        must(api().post(path("/documents"), {{"kind", kind}, {"title", "Paper"}}), 201).str("/id");
    must(api().post("/v1/documents/" + id + "/sign"), 200);
  }
  void pay_last_invoice() {
    const Answer shown = deal();
    const auto& invoices = shown.items("/invoices");
    const json::value& invoice = invoices.at(invoices.size() - 1);
    must(api().post("/v1/payments", {{"provider", "bank"},
                                     {"external_id", str(invoice, "/number")},
                                     {"amount", invoice.at("amount")},
                                     {"received_at", clock_.now().rfc3339()},
                                     {"invoice", str(invoice, "/number")}}),
         201);
    settle();
  }

  void lead_to_meeting();
  void meeting_to_quote();
  void quote_to_prepayment();
  void work_to_won();

  // Events of a type, as /v1/events shows them.
  std::vector<json::value> events(std::string_view type) {
    const Answer page = must(api().get(fmt::format("/v1/events?limit=500&type={}", type)), 200);
    return {page.items().begin(), page.items().end()};
  }
  std::map<std::string, int> mails_planned() {
    std::map<std::string, int> counts;
    const Answer page = api().read("/v1/effects?limit=200&deal=" + deal_);
    for (const auto& effect : page.items()) {
      if (str(effect, "/channel") == "mail") ++counts[str(effect, "/rule/code")];
    }
    return counts;
  }
  std::map<std::string, int> automatic_tasks() {
    std::map<std::string, int> counts;
    for (const auto& event : events("TaskCreated")) {
      if (event.at("data").as_object().contains("automatic")) ++counts[str(event, "/data/kind")];
    }
    return counts;
  }
  // Their Message-IDs.
  std::set<std::string> mails_received(int* count) const {
    std::set<std::string> ids;
    for (*count = 0;; ++*count) {
      const std::string text = post_.received(*count + 1);
      if (text.empty()) return ids;
      const auto at = text.find("Message-Id: <");
      ids.insert(text.substr(at, text.find('@', at) - at));
    }
  }
  void expect_each_of_it_once();

  testing_support::TempFolder folder_;
  MovedClock clock_{folder_.path() / "clock"};
  const testing_support::MailServer post_{"accept"};
  testing_support::Crm crm_;
  std::optional<DealogProcess> server_;
  std::optional<ApiClient> api_;
  std::string deal_;
};

void ThreeMonthsOverHttp::lead_to_meeting() {
  const json::object settings{{"country", "RU"},
                              {"time_zone", "Europe/Moscow"},
                              {"currency", "RUB"},
                              {"pipeline", "web-studio"},
                              {"auth", {{"in", "header"}, {"name", "X-Api-Key"}}}};
  const auto hook = must(api().post("/v1/sources", {{"provider", "tilda"},
                                                    {"name", "Site"},
                                                    {"secret", "form-key"},
                                                    {"settings", settings}}),
                         201)
                        .str("/hook_url");
  must(api().deliver(hook, "application/x-www-form-urlencoded",
                     "Name=%D0%90%D0%BD%D0%BD%D0%B0&Phone=%2B79161234567&Email=anna%40example.com&"
                     "formid=form1&formname=Site&tranid=1%3A1",
                     {{"X-Api-Key", "form-key"}}),
       200);
  settle();
  const Answer deals = api().read("/v1/deals");
  ASSERT_EQ(deals.items().size(), 1U) << deals.shown();
  deal_ = str(deals.items().at(0), "/id");
  pass(20min);
  EXPECT_EQ(events("NotificationRaised").size(), 2U) << "nobody has answered";
  kill();
  touch("call", "out", "connected");
  complete("classify");
  move("classification");
  move("meeting_scheduling", {{"amount", rub("300000.00")}, {"work_type", "corporate_site"}});
  complete("call");
  must(api().post(path("/tasks"), {{"kind", "meeting"},
                                   {"title", "Встреча"},
                                   {"assignee", deal().str("/owner")},
                                   {"participants", json::array{deal().at("/person")}},
                                   {"due_at", (clock_.now() + Duration(48h)).rfc3339()},
                                   {"place", "Офис"},
                                   {"note", "Бриф"}}),
       201);
  move("meeting");
}

void ThreeMonthsOverHttp::meeting_to_quote() {
  pass(48h);
  touch("meeting", "out", "held");
  complete("meeting");
  const auto company =
      must(api().post("/v1/companies", {{"name", "ООО «Заказчик»"}, {"tax_id", "7707083893"}}), 201)
          .str("/id");
  must(api().patch(
           path(),
           {{"company", company},
            {"custom",
             {{"brief_goal", "Заявки"},
              {"brief_audience", "Соседи"},
              {"brief_scope", "Пять страниц"},
              {"brief_deadline", (clock_.now() + Duration(24h * 120)).rfc3339().substr(0, 10)}}}}),
       200);
  move("proposal");
  const auto drafted = deal().items("/quotes");
  ASSERT_EQ(drafted.size(), 1U) << "nothing was drafted";
  EXPECT_EQ(str(drafted.at(0), "/state"), "draft");
  EXPECT_EQ(str(drafted.at(0), "/total/amount"), "300000.00");
  pass(2h);
  complete("check_quote");  // the rule sends it
  kill();
  EXPECT_EQ(events("QuoteSent").size(), 1U);
}

void ThreeMonthsOverHttp::quote_to_prepayment() {
  pass(24h * 9);  // nothing is heard: seller and supervisor are told what to do
  touch("call", "in", "connected");
  complete("follow_up");
  move("negotiation");
  pass(24h);
  const Answer shown = deal();
  must(api().post("/v1/quotes/" + str(shown.items("/quotes").at(0), "/id") + "/accept"), 200);
  EXPECT_EQ(deal().items("/invoices").size(), 1U) << "issued by itself";
  sign("contract");
  complete("agree_terms");
  move("invoicing");
  kill();
  pass(24h * 14);  // the invoice is overdue
  pay_last_invoice();
  EXPECT_EQ(deal().str("/stage"), "prepayment") << "moved by the money";
}

void ThreeMonthsOverHttp::work_to_won() {
  must(api().post(path("/acknowledgements"), {{"kind", "production"}}), 201);
  move("in_progress");
  pass(24h * 35, 24h * 7);
  move("acceptance");
  EXPECT_EQ(deal().items("/invoices").size(), 2U) << "the final one is issued by itself";
  pass(24h * 2);
  sign("acceptance");
  EXPECT_EQ(deal().str("/stage"), "paid_in_full") << "moved by the signature";
  pass(24h);
  pay_last_invoice();
  kill();
  EXPECT_EQ(deal().str("/outcome"), "won");
  pass(24h * 2);
  pass(24h * 23, 24h * 6);
}

void ThreeMonthsOverHttp::expect_each_of_it_once() {
  EXPECT_THAT(mails_planned(), ElementsAre(Pair("invoice_reminder", 1), Pair("invoices_by_mail", 2),
                                           Pair("quote_by_mail", 1), Pair("thanks_by_mail", 1)));
  int mails = 0;
  EXPECT_EQ(mails_received(&mails).size(), 5U);
  EXPECT_EQ(mails, 5);
  // Each of the eleven stages was told of; a call that a kill cut off comes again under its key.
  const auto calls = crm_.keys();
  EXPECT_EQ(std::set(calls.begin(), calls.end()).size(), 11U);
  EXPECT_TRUE(api().read("/v1/dead-letters").items().empty());
  EXPECT_TRUE(events("EffectFailed").empty());
  const auto tasks = automatic_tasks();
  for (const char* kind : {"classify", "check_quote", "agree_terms", "repeat_sale", "message"}) {
    EXPECT_EQ(tasks.contains(kind) ? tasks.at(kind) : 0, 1) << kind;
  }
  // The plan of a sent quote, and what the silence about it asked for.
  EXPECT_EQ(tasks.contains("follow_up") ? tasks.at("follow_up") : 0, 2);
  EXPECT_EQ(events("DocumentIssued").size(), 3U) << "a quote, two invoices";
}

TEST_F(ThreeMonthsOverHttp, EverythingThatIsPromisedHappensOnce) {
  const Timestamp began = clock_.now();
  lead_to_meeting();
  meeting_to_quote();
  quote_to_prepayment();
  work_to_won();
  EXPECT_GT(clock_.now(), began + Duration(24h * 87));
  expect_each_of_it_once();
  // Built anew, the views ask for nothing that was done.
  const auto head = position();
  ASSERT_EQ(server_->terminate(), 0);
  fs::remove_all(server_->data() / "views");
  server_->start();
  api_->move_to(server_->port());
  settle();
  EXPECT_EQ(position(), head);
  expect_each_of_it_once();
}

}  // namespace
}  // namespace dealog::e2e
