// Deals of amoCRM and HubSpot from their announcement to their end there, with the APIs as they
// document them: keys, ids instead of people, and "too many requests".
#include <fstream>
#include <map>
#include <mutex>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/http/server.hpp"
#include "tests/e2e/studio.hpp"
#include "tests/support/eventually.hpp"

namespace dealog::e2e {
namespace {

using ::testing::ElementsAre;
using Fields = std::vector<std::pair<std::string, std::string>>;

// Answers what lies at a path, the very first request with 429. Thread: any.
class FakeApi {
 public:
  FakeApi() {
    http::Router router;
    router.add(http::Method::kGet, "/{path...}",
               http::PlainHandler([this](const http::Request& request) { return reply(request); }));
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0, .access_log = false},
                                  std::move(router))
                  .value();
  }
  std::string url() const { return server_->url(); }
  void holds(const std::string& path, json::object thing) {
    const std::scoped_lock lock(mutex_);
    things_[path] = std::move(thing);
  }
  int answered() const { return answered_; }
  int put_off() const { return put_off_; }

 private:
  Result<http::Response> reply(const http::Request& request) {
    const std::scoped_lock lock(mutex_);
    if (request.headers.get("Authorization") != "Bearer t-1") {
      return http::Response::json(401, {{"title", "Unauthorized"}});
    }
    const std::string path = "/" + std::string(request.param("path"));
    const auto found = things_.find(path);
    if (found == things_.end()) return http::Response::json(404, {{"title", "Not found"}});
    if (put_off_ == 0) {
      ++put_off_;
      return http::Response::json(429, {{"policyName", "TEN_SECONDLY_ROLLING"}})
          .with("Retry-After", "1");
    }
    ++answered_;
    return http::Response::json(200, found->second);
  }

  std::mutex mutex_;
  std::map<std::string, json::object> things_;  // guarded by mutex_
  std::atomic<int> answered_ = 0, put_off_ = 0;
  std::unique_ptr<http::Server> server_;
};

class CrmStory : public ::testing::Test {
 protected:
  CrmStory() : server_(folder_.path() / "data", {"--config", config()}) {
    server_.start();
    api_.emplace(server_.port(), server_.owner_token());
  }
  std::string config() {
    const auto file = folder_.path() / "dealog.toml";
    std::ofstream(file) << "[outbound]\nprivate_addresses = true\n";
    return file.string();
  }
  void connect(std::string_view provider, const json::value& secret, json::object stages) {
    const Answer source = must(api_->post("/v1/sources", {{"provider", provider},
                                                          {"name", provider},
                                                          {"secret", secret},
                                                          {"settings",
                                                           {{"api_url", crm_.url()},
                                                            {"country", "RU"},
                                                            {"currency", "RUB"},
                                                            {"stages", std::move(stages)}}}}),
                               201);
    source_ = source.str("/id");
    hook_ = source.str("/hook_url");
  }
  // The only deal, once what the fetcher does on its own is done.
  Answer eventually(const std::function<bool(const Answer&)>& holds) {
    Answer deal;
    const auto holds_now = [&] {
      const Answer deals = api_->read("/v1/deals");
      if (deals.items().size() != 1) return false;
      deal = api_->read("/v1/deals/" + str(deals.items().at(0), "/id"));
      return holds(deal);
    };
    // Who was put off waits for ten seconds before he asks again.
    const bool held = testing_support::eventually(holds_now, std::chrono::seconds(40));
    if (held) return deal;
    throw std::runtime_error("the deal did not come to that: " + deal.shown() +
                             api_->read("/v1/sources/" + source_ + "/deliveries").shown() +
                             api_->read("/v1/sources/" + source_ + "/fetches").shown());
  }
  Answer with_person_and_company() {
    return eventually([](const Answer& deal) {
      return !deal.items("/participants").empty() && !deal.body.at_pointer("/company").is_null();
    });
  }
  std::vector<std::string> reported_stages(const std::string& deal) {
    std::vector<std::string> stages;
    const Answer timeline = api_->read("/v1/deals/" + deal + "/timeline?limit=200");
    for (const auto& entry : timeline.items()) {
      if (str(entry, "/type") == "DealStageReported") stages.push_back(str(entry, "/data/to"));
    }
    std::ranges::reverse(stages);
    return stages;
  }

  testing_support::TempFolder folder_;
  FakeApi crm_;
  DealogProcess server_;
  std::optional<ApiClient> api_;
  std::string source_, hook_;
};

TEST_F(CrmStory, ADealOfAmoCrmIsOneDealHereWithItsPersonAndCompany) {
  connect("amocrm", {{"api", "t-1"}}, {{"9/31", "classification"}, {"9/32", "negotiation"}});
  crm_.holds("/api/v4/leads/501",
             {{"id", 501},
              {"name", "Site"},
              {"price", 120000},
              {"pipeline_id", 9},
              {"status_id", 31},
              {"created_at", 1772704800},
              {"updated_at", 1772704800},
              {"account_id", 777},
              {"_embedded",
               {{"contacts", json::array{json::object{{"id", 88}, {"is_main", true}}}},
                {"companies", json::array{json::object{{"id", 7}}}}}}});
  crm_.holds("/api/v4/contacts/88",
             {{"id", 88},
              {"name", "Vera Orlova"},
              {"updated_at", 1772704800},
              {"custom_fields_values",
               json::array{json::object{
                   {"field_code", "PHONE"},
                   {"values", json::array{json::object{{"value", "+79165550177"}}}}}}}});
  crm_.holds("/api/v4/companies/7",
             {{"id", 7},
              {"name", "Bakery"},
              {"updated_at", 1772704800},
              {"custom_fields_values",
               json::array{
                   json::object{{"field_name", "ИНН"},
                                {"values", json::array{json::object{{"value", "7701234567"}}}}}}}});
  const auto tell = [&](const std::string& action, Fields fields) {
    Fields body{{"account[id]", "777"}};
    for (auto& [name, value] : fields) {
      body.emplace_back("leads[" + action + "][0][" + name + "]", value);
    }
    for (int copy = 0; copy < 2; ++copy) {
      must(api_->deliver(hook_, "application/x-www-form-urlencoded", form_encoded(body)), 200);
    }
  };
  const auto move = [&](const std::string& from, const std::string& to, int at) {
    tell("status", {{"id", "501"},
                    {"pipeline_id", "9"},
                    {"old_status_id", from},
                    {"status_id", to},
                    {"last_modified", std::to_string(at)}});
  };
  tell("add", {{"id", "501"},
               {"name", "Site"},
               {"pipeline_id", "9"},
               {"status_id", "31"},
               {"date_create", "1772704800"},
               {"last_modified", "1772704800"}});
  const Answer opened = with_person_and_company();
  EXPECT_EQ(opened.str("/stage"), "classification");
  EXPECT_EQ(opened.str("/amount/amount"), "120000.00");
  const Answer company = api_->read("/v1/companies/" + opened.str("/company"));
  EXPECT_EQ(company.str("/name"), "Bakery");
  EXPECT_EQ(company.str("/tax_id"), "7701234567");
  EXPECT_EQ(api_->read("/v1/companies").items().size(), 1u);
  EXPECT_EQ(api_->read("/v1/people").items().size(), 1u);
  EXPECT_EQ(crm_.put_off(), 1) << "and was asked for again";
  EXPECT_EQ(crm_.answered(), 3) << "the deal, its person, its company: once each";

  move("31", "32", 1772791200);
  eventually([](const Answer& deal) { return deal.str("/stage") == "negotiation"; });
  move("32", "31", 1772750000);  // older news that comes late
  move("32", "142", 1772877600);
  const Answer won = eventually([](const Answer& deal) { return deal.str("/outcome") == "won"; });
  tell("delete", {{"id", "501"}});
  EXPECT_THAT(reported_stages(won.str("/id")), ElementsAre("classification", "negotiation"));
  EXPECT_EQ(api_->read("/v1/deals").items().size(), 1u);
  EXPECT_EQ(api_->read("/v1/sources/" + source_ + "/deliveries?state=quarantined").items().size(),
            0u);
}

TEST_F(CrmStory, ADealOfHubSpotIsAskedForByTheIdsOfItsEvents) {
  connect("hubspot", {{"", "app-secret"}, {"api", "t-1"}},
          {{"default/1001", "classification"}, {"default/1002", "negotiation"}});
  const auto deal_at = [&](const std::string& stage, const std::string& changed_at) {
    const auto of = [](const char* id) {
      return json::object{{"results", json::array{json::object{{"id", id}}}}};
    };
    crm_.holds("/crm/v3/objects/deals/46",
               {{"id", "46"},
                {"createdAt", "2026-03-05T10:00:00.000Z"},
                {"updatedAt", changed_at},
                {"properties",
                 {{"dealname", "Site"},
                  {"amount", "120000"},
                  {"pipeline", "default"},
                  {"dealstage", stage},
                  {"hs_is_closed", "false"}}},
                {"associations", {{"contacts", of("12")}, {"companies", of("5")}}}});
  };
  crm_.holds(
      "/crm/v3/objects/contacts/12",
      {{"id", "12"},
       {"updatedAt", "2026-03-05T10:00:00.000Z"},
       {"properties", {{"firstname", "Vera"}, {"lastname", "Orlova"}, {"phone", "+79165550177"}}}});
  crm_.holds("/crm/v3/objects/companies/5", {{"id", "5"},
                                             {"updatedAt", "2026-03-05T10:00:00.000Z"},
                                             {"properties", {{"name", "Bakery"}}}});
  int number = 0;
  const auto tell = [&](const std::string& type, const std::string& at, json::object more) {
    json::object event{
        {"eventId", ++number},      {"subscriptionId", 1},
        {"portalId", 62},           {"occurredAt", Timestamp::parse(at).value().us / 1000},
        {"subscriptionType", type}, {"objectId", 46}};
    for (auto& [name, value] : more) event[name] = value;
    for (int attempt = 0; attempt < 2; ++attempt) {
      event["attemptNumber"] = attempt;
      const std::string body = json::serialize(json::array{event});
      must(api_->deliver(hook_, "application/json", body,
                         {{"X-HubSpot-Signature", to_hex(sha256("app-secret" + body))},
                          {"X-HubSpot-Signature-Version", "v1"}}),
           200);
    }
  };
  const auto moved = [&](const std::string& stage, const std::string& at) {
    tell("deal.propertyChange", at, {{"propertyName", "dealstage"}, {"propertyValue", stage}});
  };
  deal_at("1001", "2026-03-05T10:00:00.000Z");
  tell("deal.creation", "2026-03-05T10:00:00Z", {});
  const Answer opened = with_person_and_company();
  EXPECT_EQ(opened.str("/stage"), "classification");
  EXPECT_EQ(str(api_->read("/v1/people").items().at(0), "/name"), "Vera Orlova");
  EXPECT_EQ(api_->read("/v1/companies/" + opened.str("/company")).str("/name"), "Bakery");
  EXPECT_EQ(crm_.put_off(), 1);

  deal_at("1002", "2026-03-06T10:00:00.000Z");
  moved("1002", "2026-03-06T10:00:00Z");
  eventually([](const Answer& deal) { return deal.str("/stage") == "negotiation"; });
  moved("closedwon", "2026-03-07T10:00:00Z");
  const Answer won = eventually([](const Answer& deal) { return deal.str("/outcome") == "won"; });
  // Told late, and asked for: the deal has been won since.
  moved("closedlost", "2026-03-06T12:00:00Z");
  tell("deal.deletion", "2026-03-08T10:00:00Z", {});
  const Answer after = api_->read("/v1/deals/" + won.str("/id"));
  EXPECT_EQ(after.str("/outcome"), "won");
  EXPECT_THAT(reported_stages(won.str("/id")), ElementsAre("classification", "negotiation"));
  EXPECT_EQ(api_->read("/v1/people").items().size(), 1u);
  EXPECT_EQ(api_->read("/v1/companies").items().size(), 1u);
  EXPECT_EQ(api_->read("/v1/deals").items().size(), 1u);
}

}  // namespace
}  // namespace dealog::e2e
