// A deal of another CRM from its announcement to its end there: asked for, moved, closed, deleted;
// here one deal that tells the same story.
#include <fstream>
#include <mutex>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"
#include "libs/http/server.hpp"
#include "tests/e2e/studio.hpp"
#include "tests/support/eventually.hpp"

namespace dealog::e2e {
namespace {

using ::testing::ElementsAre;

// Answers what its deal is at the moment, as Pipedrive and Bitrix24 document it. Thread: any.
class FakeCrm {
 public:
  FakeCrm() {
    http::Router router;
    const auto on = [&](std::string_view path, std::string_view key_header,
                        std::function<json::object()> answer) {
      router.add(http::Method::kGet, path,
                 http::PlainHandler([this, key_header = std::string(key_header),
                                     answer](const http::Request& request) {
                   const bool known =
                       key_header.empty() || request.headers.get(key_header) == "t-1";
                   return reply(known, answer);
                 }));
    };
    on("/api/v2/deals/46", "x-api-token", [this] { return pipedrive_deal(); });
    on("/api/v2/persons/12", "x-api-token", [] {
      return json::object{
          {"success", true},
          {"data",
           {{"id", 12},
            {"name", "Vera Orlova"},
            {"phones", json::array{json::object{{"value", "+79165550177"}, {"primary", true}}}}}}};
    });
    on("/rest/1/abc/crm.deal.get.json", "", [this] { return bitrix_deal(); });
    on("/rest/1/abc/crm.contact.get.json", "", [] {
      return json::object{{"result",
                           {{"ID", "5"},
                            {"NAME", "Vera"},
                            {"LAST_NAME", "Orlova"},
                            {"DATE_MODIFY", "2026-03-05T13:00:00+03:00"},
                            {"PHONE", json::array{json::object{{"VALUE", "+79165550177"}}}}}}};
    });
    server_ = http::Server::start({.address = "127.0.0.1", .port = 0, .access_log = false},
                                  std::move(router))
                  .value();
  }
  std::string url() const { return server_->url(); }
  void stands_at(std::string stage, std::string changed_at) {
    const std::scoped_lock lock(mutex_);
    stage_ = std::move(stage);
    changed_at_ = std::move(changed_at);
  }
  int asked() const { return asked_; }

 private:
  Result<http::Response> reply(bool known, const std::function<json::object()>& answer) {
    ++asked_;
    if (!known) return http::Response::json(401, {{"success", false}});
    return http::Response::json(200, answer());
  }
  json::object pipedrive_deal() {
    const std::scoped_lock lock(mutex_);
    return {{"success", true},
            {"data",
             {{"id", 46},
              {"title", "Site"},
              {"status", "open"},
              {"stage_id", std::stoi(stage_)},
              {"pipeline_id", 1},
              {"value", 100000},
              {"currency", "RUB"},
              {"person_id", 12},
              {"add_time", "2026-03-05T10:00:00Z"},
              {"update_time", changed_at_}}}};
  }
  json::object bitrix_deal() {
    const std::scoped_lock lock(mutex_);
    return {{"result",
             {{"ID", "46"},
              {"TITLE", "Site"},
              {"CATEGORY_ID", "0"},
              {"STAGE_ID", stage_},
              {"OPPORTUNITY", "100000"},
              {"CURRENCY_ID", "RUB"},
              {"CONTACT_ID", "5"},
              {"DATE_CREATE", "2026-03-05T13:00:00+03:00"},
              {"DATE_MODIFY", changed_at_}}}};
  }

  std::mutex mutex_;
  std::string stage_, changed_at_;  // guarded by mutex_
  std::atomic<int> asked_ = 0;
  std::unique_ptr<http::Server> server_;
};

class CrmChain : public ::testing::Test {
 protected:
  CrmChain() : server_(folder_.path() / "data", {"--config", config()}) {
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
  // Until what the fetcher does on its own is done.
  Answer eventually(const std::function<bool(const Answer&)>& holds) {
    Answer deal;
    const bool held = testing_support::eventually([&] {
      const Answer deals = api_->read("/v1/deals");
      if (deals.items().size() != 1) return false;
      deal = api_->read("/v1/deals/" + str(deals.items().at(0), "/id"));
      return holds(deal);
    });
    if (held) return deal;
    throw std::runtime_error("the deal did not come to that: " + deal.shown() +
                             api_->read("/v1/sources/" + source_ + "/deliveries").shown());
  }
  Answer at_stage(std::string_view stage) {
    return eventually([&](const Answer& deal) { return deal.str("/stage") == stage; });
  }
  std::vector<std::string> reported_stages(const std::string& deal) {
    std::vector<std::string> stages;
    const Answer timeline = api_->read("/v1/deals/" + deal + "/timeline?limit=200");
    for (const auto& entry : timeline.items()) {
      if (str(entry, "/type") == "DealStageReported") stages.push_back(str(entry, "/data/to"));
      EXPECT_NE(str(entry, "/type"), "DealStageChanged") << "not judged by us";
    }
    std::ranges::reverse(stages);
    return stages;
  }

  testing_support::TempFolder folder_;
  FakeCrm crm_;
  DealogProcess server_;
  std::optional<ApiClient> api_;
  std::string source_, hook_;
};

struct Change {
  std::string id, action, at, stage, previous, status = "open";
};

TEST_F(CrmChain, ADealOfPipedriveIsOneDealHereThroughAllOfItsLife) {
  connect("pipedrive", {{"", "dealog:pass"}, {"api", "t-1"}},
          {{"1/3", "classification"}, {"1/4", "negotiation"}});
  const auto tell = [&](const Change& change) {
    const std::string deal = fmt::format(
        R"({{"id":46,"title":"Site","status":"{}","stage_id":{},"pipeline_id":1,"value":100000,)"
        R"("currency":"RUB","person_id":12}})",
        change.status, change.stage);
    const std::string body = fmt::format(
        R"({{"meta":{{"action":"{}","entity":"deal","company_id":"5","entity_id":"46","id":"{}",)"
        R"("timestamp":"{}","user_id":"9","version":"2.0","webhook_id":"1"}},"data":{},)"
        R"("previous":{}}})",
        change.action, change.id, change.at, change.action == "delete" ? "null" : deal,
        change.previous);
    for (int copy = 0; copy < 2; ++copy) {
      must(api_->deliver(hook_, "application/json", body,
                         {{"Authorization", "Basic " + to_base64("dealog:pass")}}),
           200);
    }
  };
  crm_.stands_at("3", "2026-03-05T10:00:00Z");
  tell({"e-1", "create", "2026-03-05T10:00:00.250Z", "3", "null"});
  const Answer opened =
      eventually([](const Answer& deal) { return !deal.items("/participants").empty(); });
  EXPECT_EQ(opened.str("/stage"), "classification");
  EXPECT_EQ(opened.str("/title"), "Site");
  const Answer people = api_->read("/v1/people");
  ASSERT_EQ(people.items().size(), 1u) << people.shown();
  EXPECT_EQ(str(people.items().at(0), "/name"), "Vera Orlova");
  EXPECT_EQ(crm_.asked(), 2) << "the deal and its person, once each";

  tell({"e-2", "change", "2026-03-06T10:00:00Z", "4", R"({"stage_id":3})"});
  at_stage("negotiation");
  // Older news that comes late changes nothing.
  tell({"e-0", "change", "2026-03-05T11:00:00Z", "3", R"({"stage_id":4})"});
  tell({"e-3", "change", "2026-03-07T10:00:00Z", "4", R"({"status":"open"})", "won"});
  const Answer won = eventually([](const Answer& deal) { return deal.str("/outcome") == "won"; });
  tell({"e-4", "delete", "2026-03-08T10:00:00Z", "4", "{}"});
  const Answer ignored = api_->read("/v1/sources/" + source_ + "/deliveries?state=ignored");
  EXPECT_EQ(ignored.str("/items/0/code"), "deal_deleted") << ignored.shown();
  const Answer after = api_->read("/v1/deals/" + opened.str("/id"));
  EXPECT_EQ(after.str("/outcome"), "won") << "what is deleted there stays here";
  EXPECT_EQ(api_->read("/v1/deals").items().size(), 1u);
  EXPECT_THAT(reported_stages(won.str("/id")), ElementsAre("classification", "negotiation"));
}

TEST_F(CrmChain, ADealOfBitrix24IsAskedForAtEachOfItsAnnouncements) {
  connect("bitrix24", {{"", "app-token"}, {"api", "1/abc"}},
          {{"0/NEW", "incoming"}, {"0/PREPARATION", "classification"}});
  const auto announce = [&](std::string_view event, int ts) {
    const std::string body = form_encoded({{"event", std::string(event)},
                                           {"data[FIELDS][ID]", "46"},
                                           {"ts", std::to_string(ts)},
                                           {"auth[domain]", "studio.bitrix24.ru"},
                                           {"auth[application_token]", "app-token"}});
    for (int copy = 0; copy < 2; ++copy) {
      must(api_->deliver(hook_, "application/x-www-form-urlencoded", body), 200);
    }
  };
  crm_.stands_at("NEW", "2026-03-05T13:00:00+03:00");
  announce("ONCRMDEALADD", 1772704800);
  const Answer opened =
      eventually([](const Answer& deal) { return !deal.items("/participants").empty(); });
  EXPECT_EQ(opened.str("/stage"), "incoming");
  crm_.stands_at("PREPARATION", "2026-03-06T13:00:00+03:00");
  announce("ONCRMDEALUPDATE", 1772791200);
  at_stage("classification");
  crm_.stands_at("LOSE", "2026-03-07T13:00:00+03:00");
  announce("ONCRMDEALUPDATE", 1772877600);
  eventually([](const Answer& deal) { return deal.str("/outcome") == "lost"; });
  announce("ONCRMDEALDELETE", 1772964000);
  const Answer ignored = api_->read("/v1/sources/" + source_ + "/deliveries?state=ignored");
  EXPECT_EQ(ignored.str("/items/0/code"), "deal_deleted") << ignored.shown();
  EXPECT_EQ(api_->read("/v1/deals").items().size(), 1u);
  EXPECT_EQ(crm_.asked(), 4) << "the deal thrice, its contact once";
}

}  // namespace
}  // namespace dealog::e2e
