// Who may see a person, what an erasure leaves, and what lies on the disk.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"
#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;

// Found nowhere else, so that looking for them proves something.
constexpr const char* kName = "Zykov-Quasar Lukyan";
constexpr const char* kPhone = "+79161239876";
constexpr const char* kEmail = "quasar.lukyan@example.org";
constexpr const char* kNote = "Noteworthy: likes green";

struct Known {
  std::string person, deal;
};

Known somebody_known(Studio& studio) {
  const Answer opened =
      must(studio.api().post("/v1/deals",
                             {{"title", "Site"},
                              {"source", "fair"},
                              {"person", {{"name", kName}, {"phone", kPhone}, {"email", kEmail}}}}),
           201);
  must(studio.api().post("/v1/deals/" + opened.str("/id") + "/touches",
                         {{"kind", "call"},
                          {"direction", "out"},
                          {"outcome", "connected"},
                          {"note", kNote},
                          {"person", opened.str("/person")}}),
       201);
  return {opened.str("/person"), opened.str("/id")};
}

// What a seller wrote about the deal is the deal's (its own key) and stays when a person goes.
bool mentions_the_person(const std::string& text) {
  for (const char* secret : {kName, "Quasar", "quasar", "zykov", "9161239876"}) {
    if (text.find(secret) != std::string::npos) return true;
  }
  return false;
}

// Everything that can be read of the person and the deal.
std::vector<std::string> reads_of(const Known& known, const std::string& as_of = "") {
  std::vector<std::string> reads;
  const std::string then = as_of.empty() ? "" : "&as_of=" + as_of;
  reads.push_back("/v1/deals/" + known.deal + (as_of.empty() ? "" : "?as_of=" + as_of));
  reads.push_back("/v1/deals/" + known.deal + "/timeline?limit=500" + then);
  reads.push_back("/v1/people/" + known.person + "/timeline?limit=500" + then);
  reads.push_back("/v1/board?limit=50" + then);
  if (as_of.empty()) {
    reads.push_back("/v1/deals");
    reads.push_back("/v1/people/" + known.person);
    reads.push_back("/v1/people");
    reads.push_back("/v1/events?limit=500");
    reads.push_back("/v1/tasks");
  }
  return reads;
}

TEST(Privacy, WithoutTheRightPersonalFieldsComeMasked) {
  Studio studio;
  const Known known = somebody_known(studio);
  const std::string token = studio.token_with({"read"});
  ApiClient stranger(studio.server.port(), token);
  for (const std::string& target : reads_of(known)) {
    const Answer shown = studio.api().read(target);
    const Answer masked = must(stranger.get(target), 200);
    EXPECT_FALSE(mentions_the_person(masked.text)) << masked.shown();
    EXPECT_EQ(shown.text.empty(), masked.text.empty());
  }
  const Answer person = must(stranger.get("/v1/people/" + known.person), 200);
  EXPECT_TRUE(person.at("/name/masked").as_bool()) << person.shown();
  EXPECT_TRUE(person.at("/contacts/masked").as_bool()) << person.shown();
  const Answer events = must(stranger.get("/v1/events?limit=500&type=PersonRegistered"), 200);
  EXPECT_NE(events.text.find(R"({"masked":true})"), std::string::npos) << events.shown();
  expect_problem(stranger.post("/v1/deals", {{"title", "x"}}), 403, "right_missing");
  expect_problem(stranger.post("/v1/people/" + known.person + "/erase"), 403, "right_missing");
  expect_problem(stranger.post("/v1/users", {{"name", "x"}}), 403, "right_missing");
}

// A search must not tell what a reading hides.
TEST(Privacy, WithoutTheRightNobodyIsFoundByWhatIsMasked) {
  Studio studio;
  somebody_known(studio);
  ApiClient stranger(studio.server.port(), studio.token_with({"read"}));
  const std::string by_phone = "/v1/people?q=" + percent_encode(kPhone);
  EXPECT_EQ(studio.api().read(by_phone).items().size(), 1u);
  // A masked answer would still tell whose phone that is, and a title is sealed as well.
  for (const std::string& list : {"/v1/people", "/v1/companies", "/v1/deals"}) {
    const Answer found = stranger.get(list + "?q=" + percent_encode(kPhone));
    expect_problem(found, 403, "right_missing");
    EXPECT_FALSE(mentions_the_person(found.text)) << found.shown();
  }
}

TEST(Privacy, EverySpellingFindsThePerson) {
  Studio studio;
  const Known known = somebody_known(studio);
  for (const char* q :
       {"8 (916) 123-98-76", "9161239876", "QUASAR.Lukyan@example.org", "zykov-quasar", "lukyan"}) {
    const Answer found = studio.api().read("/v1/people?q=" + percent_encode(q));
    ASSERT_EQ(found.items().size(), 1u) << q;
    EXPECT_EQ(str(found.items().at(0), "/id"), known.person);
  }
  const Answer taken = studio.api().post("/v1/people", {{"name", "Other"}, {"phone", kPhone}});
  expect_problem(taken, 409, "person_exists");
  EXPECT_NE(taken.text.find(known.person), std::string::npos) << taken.shown();
}

std::string all_bytes_under(const fs::path& folder) {
  std::string bytes;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    bytes += text.str();
  }
  return bytes;
}

void expect_erased(ApiClient& api, const Known& known, const std::string& past) {
  for (const std::string& as_of : {std::string(), past}) {
    for (const std::string& target : reads_of(known, as_of)) {
      const Answer answer = must(api.get(target), 200);
      EXPECT_FALSE(mentions_the_person(answer.text)) << answer.shown();
    }
  }
  const Answer person = must(api.get("/v1/people/" + known.person), 200);
  EXPECT_TRUE(person.at("/erased").as_bool()) << person.shown();
  EXPECT_TRUE(person.at("/name/erased").as_bool()) << person.shown();
  EXPECT_TRUE(must(api.get("/v1/people?q=" + percent_encode(kPhone)), 200).items().empty());
}

TEST(Privacy, AnErasedPersonIsErasedEverywhereInEveryPastAndAfterARebuild) {
  Studio studio;
  const Known known = somebody_known(studio);
  const std::string past = std::to_string(studio.api().head());
  EXPECT_TRUE(mentions_the_person(studio.api().read("/v1/people/" + known.person).text));
  EXPECT_EQ(studio.api().post("/v1/people/" + known.person + "/erase").status, 204);
  studio.api().read("/v1/deals");
  expect_erased(studio.api(), known, past);
  expect_problem(studio.api().post("/v1/people/" + known.person + "/erase"), 409, "person_erased");
  studio.kill_and_restart();
  expect_erased(studio.api(), known, past);
  ASSERT_EQ(studio.server.terminate(), 0);
  EXPECT_FALSE(mentions_the_person(all_bytes_under(studio.server.data())))
      << "words for the search are gone from the files as well";
  const Finished rebuilt = run_dealog({"rebuild", "--data", studio.server.data().string()});
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.output << rebuilt.errors;
  studio.server.start();
  studio.api().move_to(studio.server.port());
  studio.api().read("/v1/deals");
  expect_erased(studio.api(), known, past);
  // The number is free again, for a new person.
  const Answer again =
      must(studio.api().post("/v1/people", {{"name", "N"}, {"phone", kPhone}}), 201);
  EXPECT_NE(again.str("/id"), known.person);
}

// A lead's delivery holds the person in the raw body, in what was read from it, and in the title.
TEST(Privacy, TheDeliveryOfAnErasedPersonIsErasedToo) {
  Studio studio;
  const std::string hook = studio.tilda_hook();
  const Answer taken = studio.api().deliver(hook, "application/x-www-form-urlencoded",
                                            form_encoded({{"Name", kName},
                                                          {"Phone", kPhone},
                                                          {"Email", kEmail},
                                                          {"Comments", kNote},
                                                          {"tranid", "5:5"}}),
                                            Studio::tilda_key());
  const std::string delivery =
      "/v1/deliveries/" + std::string(taken.headers.get("Dealog-Delivery"));
  const Answer before = studio.api().read(delivery);
  EXPECT_TRUE(mentions_the_person(before.text)) << before.shown();
  const Known known{before.str("/results/0/person"), before.str("/results/0/deal")};
  const std::string past = std::to_string(studio.api().head());
  const std::string touches = "/v1/events?type=TouchRecorded";
  EXPECT_NE(studio.api().read(touches).text.find(kNote), std::string::npos);
  ASSERT_EQ(studio.api().post("/v1/people/" + known.person + "/erase").status, 204);
  const Answer after = studio.api().read(delivery);
  EXPECT_FALSE(mentions_the_person(after.text)) << after.shown();
  EXPECT_EQ(studio.api().read(touches).text.find(kNote), std::string::npos)
      << "what the customer typed goes with the customer";
  expect_erased(studio.api(), known, past);
}

TEST(Privacy, TheDiskAndTheServicesOwnLogHoldNobodyInClear) {
  Studio studio;
  const Known known = somebody_known(studio);
  studio.api().deliver(studio.tilda_hook(), "application/x-www-form-urlencoded",
                       form_encoded({{"Name", kName}, {"Phone", kPhone}, {"tranid", "9:9"}}),
                       Studio::tilda_key());
  studio.api().read("/v1/people?q=" + percent_encode(kPhone));
  const std::string owner = studio.server.owner_token();
  ASSERT_EQ(studio.server.terminate(), 0);
  const std::string log = all_bytes_under(studio.server.data() / "log");
  EXPECT_NE(log.find(known.deal.substr(5, 8)), std::string::npos)
      << "the streams are to be found in the files, or looking for a name proves nothing";
  EXPECT_FALSE(mentions_the_person(log));
  EXPECT_EQ(log.find(kNote), std::string::npos);
  EXPECT_EQ(log.find(owner), std::string::npos);
  EXPECT_FALSE(mentions_the_person(studio.server.errors()));
  EXPECT_EQ(studio.server.errors().find(owner), std::string::npos);
}

TEST(Privacy, ARevokedTokenOpensNothing) {
  Studio studio;
  const Answer issued =
      must(studio.api().post("/v1/tokens", {{"rights", json::array{"read"}}, {"label", "x"}}), 201);
  ApiClient bearer(studio.server.port(), issued.str("/token"));
  must(bearer.get("/v1/deals"), 200);
  EXPECT_EQ(studio.api().del("/v1/tokens/" + issued.str("/id")).status, 204);
  expect_problem(bearer.get("/v1/deals"), 401, "invalid_token");
  studio.kill_and_restart();
  bearer.move_to(studio.server.port());
  expect_problem(bearer.get("/v1/deals"), 401, "invalid_token");
}

}  // namespace
}  // namespace dealog::e2e
