// What an operator, a browser and a subscriber see: health, figures, documentation, the stream of
// events, signals and exit codes.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"
#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(Operations, HealthFiguresAndDocumentationNeedNoToken) {
  Studio studio;
  ApiClient anybody(studio.server.port(), "");
  EXPECT_EQ(must(anybody.get("/healthz"), 200).str("/status"), "ok");
  const Answer ready = must(anybody.get("/readyz"), 200);
  EXPECT_EQ(ready.str("/status"), "ok");
  EXPECT_GT(ready.number("/position"), 0);
  must(anybody.get("/v1/deals", {{"Authorization", "Bearer " + studio.server.owner_token()}}), 200);
  const Answer metrics = must(anybody.get("/metrics"), 200);
  for (const char* name :
       {"dealog_http_", "# TYPE", "append", "group", "lag_events", "lag_seconds"}) {
    EXPECT_THAT(metrics.text, HasSubstr(name));
  }
  EXPECT_THAT(metrics.text, HasSubstr("/v1/deals"));
  const Answer docs = must(anybody.get("/docs"), 200);
  EXPECT_TRUE(docs.headers.get("Content-Type").starts_with("text/html"));
  EXPECT_THAT(docs.text, HasSubstr("<html"));
  must(anybody.get("/docs/docs.js"), 200);
  must(anybody.get("/docs/docs.css"), 200);
}

// A path of the document with ids that fit and name nothing.
std::string with_ids(std::string path) {
  for (;;) {
    const auto open = path.find('{'), close = path.find('}');
    if (open == std::string::npos) return path;
    path.replace(open, close - open + 1, "none");
  }
}

// What the document promises is there, and what it does not name is not.
TEST(Operations, TheDocumentedRoutesAreThoseThatAreServed) {
  Studio studio;
  const Answer document = must(studio.api().get("/openapi.json"), 200);
  EXPECT_TRUE(document.str("/openapi").starts_with("3."));
  int operations = 0;
  for (const auto& [path, methods] : document.at("/paths").as_object()) {
    if (std::string_view(path).starts_with("/hooks/")) continue;  // any method: its own tests
    for (const char* method : {"get", "post", "put", "patch", "delete"}) {
      std::string verb(method);
      for (char& letter : verb) letter = static_cast<char>(letter - 'a' + 'A');
      const Answer answer = studio.api().request(verb, with_ids(std::string(path)), "");
      const bool documented = methods.as_object().contains(method);
      const bool routed = answer.status != 405 &&
                          !(answer.status == 404 && answer.str("/code") == "no_such_address");
      EXPECT_EQ(routed, documented) << answer.shown();
      EXPECT_NE(answer.status, 500) << answer.shown();
      operations += documented ? 1 : 0;
      if (!documented) continue;
      // Its answer is one that the document lists.
      const auto& responses = methods.at(method).at("responses").as_object();
      EXPECT_TRUE(responses.contains(std::to_string(answer.status)) ||
                  (answer.status >= 400 && responses.contains("default")))
          << answer.shown();
    }
  }
  EXPECT_GT(operations, 60);
}

TEST(Operations, EventsStreamAsTheyAreWrittenAndResume) {
  Studio studio;
  const auto head = studio.api().head();
  const std::string auth = "Bearer " + studio.server.owner_token();
  http::Client stream("127.0.0.1", studio.server.port(), std::chrono::seconds(10));
  const auto opened =
      stream.open_stream("GET", "/v1/events?after=" + std::to_string(head),
                         {{"Authorization", auth}, {"Accept", "text/event-stream"}});
  ASSERT_TRUE(opened) << opened.error().message;
  ASSERT_EQ(opened->status, 200);
  EXPECT_TRUE(opened->header("Content-Type").starts_with("text/event-stream"));
  const Answer deal = must(studio.api().post("/v1/deals", {{"title", "Later"}}), 201);
  const auto wait_for = [](http::Client& client, const std::string& text) {
    std::string seen;
    while (seen.find(text) == std::string::npos) {
      auto piece = client.read_piece();
      if (!piece || !*piece) return "nothing more after: " + seen;
      seen += **piece;
    }
    return seen;
  };
  const std::string seen = wait_for(stream, "\n\n");
  EXPECT_THAT(seen, HasSubstr("event: DealOpened"));
  EXPECT_THAT(seen, HasSubstr(deal.str("/id")));
  EXPECT_THAT(seen, HasSubstr("id: " + std::to_string(head + 1)));
  stream.close();
  const Answer second = must(studio.api().post("/v1/deals", {{"title", "Meanwhile"}}), 201);
  http::Client again("127.0.0.1", studio.server.port(), std::chrono::seconds(10));
  ASSERT_TRUE(again.open_stream("GET", "/v1/events",
                                {{"Authorization", auth},
                                 {"Accept", "text/event-stream"},
                                 {"Last-Event-ID", std::to_string(deal.position())}}));
  const std::string resumed = wait_for(again, second.str("/id"));
  EXPECT_EQ(resumed.find(deal.str("/id")), std::string::npos) << "what was seen comes not again";
  // An open stream does not keep the server from stopping.
  EXPECT_EQ(studio.server.terminate(), 0) << studio.server.errors();
}

TEST(Operations, TheLogIsReadInPagesAndAsLines) {
  Studio studio;
  for (int i = 0; i < 5; ++i) must(studio.api().post("/v1/deals", {{"title", "x"}}), 201);
  const auto head = studio.api().head();
  std::uint64_t after = 0, expected = 1;
  while (after < head) {
    const Answer page =
        must(studio.api().get("/v1/events?limit=3&after=" + std::to_string(after)), 200);
    ASSERT_FALSE(page.items().empty());
    for (const auto& event : page.items()) {
      after = event.at("position").to_number<std::uint64_t>();
      EXPECT_EQ(after, expected++) << "positions have no gaps";
      for (const char* member : {"/event_id", "/stream", "/version", "/type", "/occurred_at",
                                 "/recorded_at", "/actor/kind", "/correlation_id", "/data"}) {
        EXPECT_TRUE(has(event, member)) << member << " of " << json::serialize(event);
      }
    }
  }
  const Answer lines =
      must(studio.api().get("/v1/events?limit=4", {{"Accept", "application/x-ndjson"}}), 200);
  EXPECT_EQ(std::count(lines.text.begin(), lines.text.end(), '\n'), 4);
  EXPECT_TRUE(lines.headers.get("Content-Type").starts_with("application/x-ndjson"));
}

// Person, deal and task are one append: no past shows a part of it.
TEST(Operations, APastInsideOfAnAppendShowsTheWholeOfIt) {
  Studio studio;
  const std::uint64_t before = studio.api().head();
  const Answer opened =
      must(studio.api().post("/v1/deals", {{"title", "Site"}, {"person", {{"name", "Ada"}}}}), 201);
  ASSERT_GT(studio.api().head(), before + 1);
  const auto past = [&](std::uint64_t position) {
    return studio.api().get("/v1/deals/" + opened.str("/id") +
                            "?as_of=" + std::to_string(position));
  };
  EXPECT_EQ(past(before).status, 404);
  EXPECT_EQ(past(before + 1).text, past(studio.api().head()).text);
}

TEST(Operations, ARegulationIsPublishedThroughTheApiAndJudgesFromThenOn) {
  Studio studio;
  std::ifstream file(web_studio());
  std::string yaml((std::istreambuf_iterator<char>(file)), {});
  const http::ClientHeaders type{{"Content-Type", "application/yaml"}};
  const Answer before = must(studio.api().get("/v1/pipelines/web-studio"), 200);
  const Answer sound = studio.api().request("POST", "/v1/pipelines/web-studio/check", yaml, type);
  EXPECT_EQ(sound.status, 200) << sound.shown();
  std::string broken = yaml;
  broken.replace(broken.find("- field: amount"), 15, "- field: colour");
  const auto head = studio.api().head();
  const Answer refused = studio.api().request("PUT", "/v1/pipelines/web-studio", broken, type);
  EXPECT_TRUE(refused.status == 400 || refused.status == 422) << refused.shown();
  EXPECT_EQ(studio.api().head(), head);
  std::string changed = yaml;
  changed.replace(changed.find("prepayment: 50 %"), 16, "prepayment: 30 %");
  const Answer published = studio.api().request("PUT", "/v1/pipelines/web-studio", changed, type);
  EXPECT_EQ(published.status, 200) << published.shown();
  const Answer after = must(studio.api().get("/v1/pipelines/web-studio"), 200);
  EXPECT_EQ(after.number("/version"), before.number("/version") + 1);
}

TEST(Operations, SigtermIsGracefulAndTheNextStartKnowsEverything) {
  Studio studio;
  const Answer deal = must(studio.api().post("/v1/deals", {{"title", "Kept"}}), 201);
  EXPECT_EQ(studio.restart_gracefully(), 0) << studio.server.errors();
  EXPECT_EQ(studio.api().read("/v1/deals/" + deal.str("/id")).str("/title"), "Kept");
  const auto mode = fs::status(studio.server.data() / "owner-token").permissions();
  EXPECT_EQ(mode & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write);
}

TEST(Operations, ASecondProcessOnTheSameFolderIsRefused) {
  Studio studio;
  const std::string data = studio.server.data().string();
  const Finished second = run_dealog({"serve", "--data", data, "--listen", "127.0.0.1:0"});
  EXPECT_EQ(second.exit_code, 1) << second.errors;
  EXPECT_THAT(second.errors, HasSubstr(data));
  EXPECT_THAT(second.errors, HasSubstr("another dealog is using"));
  EXPECT_THAT(second.errors, HasSubstr("pid "));
  for (const char* command : {"verify", "rebuild", "token"}) {
    const Finished offline = run_dealog({command, "--data", data});
    EXPECT_EQ(offline.exit_code, 1) << command << ": " << offline.output << offline.errors;
    EXPECT_FALSE(offline.errors.empty()) << command;
  }
  must(studio.api().get("/v1/deals"), 200);  // unharmed
}

TEST(Operations, AnUnknownCommandSaysWhichThereAre) {
  const Finished bogus = run_dealog({"bogus"});
  EXPECT_EQ(bogus.exit_code, 2);
  EXPECT_THAT(bogus.errors, HasSubstr("'bogus'"));
  for (const char* name : {"serve", "verify", "rebuild", "check", "token", "demo"}) {
    EXPECT_THAT(bogus.errors, HasSubstr(name));
  }
}

TEST(Operations, ABusyPortIsNamed) {
  Studio studio;
  const testing_support::TempFolder other;
  const std::string address = "127.0.0.1:" + std::to_string(studio.server.port());
  const Finished busy = run_dealog({"serve", "--data", (other.path() / "data").string(),
                                    "--regulation", web_studio().string(), "--listen", address});
  EXPECT_EQ(busy.exit_code, 1);
  EXPECT_THAT(busy.errors, HasSubstr("cannot listen"));
  EXPECT_THAT(busy.errors, HasSubstr(std::to_string(studio.server.port())));
}

TEST(Operations, AWrongFolderOrFileIsNamed) {
  const testing_support::TempFolder folder;
  const std::string file = (folder.path() / "file").string();
  std::ofstream(file) << "no folder";
  const Finished no_folder = run_dealog({"serve", "--data", file, "--listen", "127.0.0.1:0"});
  EXPECT_EQ(no_folder.exit_code, 1);
  EXPECT_THAT(no_folder.errors, HasSubstr(file));
  const Finished no_log = run_dealog({"verify", "--data", (folder.path() / "nothing").string()});
  EXPECT_EQ(no_log.exit_code, 1);
  EXPECT_THAT(no_log.errors, HasSubstr("nothing"));
  EXPECT_FALSE(fs::exists(folder.path() / "nothing")) << "looking must not make a folder";
  const Finished no_yaml = run_dealog({"check", (folder.path() / "none.yaml").string()});
  EXPECT_EQ(no_yaml.exit_code, 1);
  EXPECT_THAT(no_yaml.errors, HasSubstr("none.yaml"));
  EXPECT_EQ(run_dealog({"check", web_studio().string()}).exit_code, 0);
  const Finished bad_listen = run_dealog(
      {"serve", "--data", (folder.path() / "data").string(), "--listen", "nowhere:http"});
  EXPECT_EQ(bad_listen.exit_code, 2) << bad_listen.errors;
  EXPECT_FALSE(fs::exists(folder.path() / "data"));
}

TEST(Operations, WrongUseIsExitCodeTwo) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"fly"},
                                                    {"serve"},
                                                    {"serve", "--data"},
                                                    {"verify", "--data", "x", "--nonsense"},
                                                    {"check"}}) {
    EXPECT_EQ(run_dealog(arguments).exit_code, 2);
  }
  // Values are judged before anything is looked at: a supervisor tries all but this again.
  const testing_support::TempFolder folder;
  const std::string some = (folder.path() / "some").string();
  const std::string settings = (folder.path() / "settings.toml").string();
  std::ofstream(settings) << "[server]\nlisten_on = \"127.0.0.1:0\"\n";
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"serve", "--data", some, "--listen", "foo"},
        {"serve", "--data", some, "--config", settings},
        {"prune", "--data", some, "--before", "foo"},
        {"archive", some, "--data", some, "--until", "foo"},
        {"archive", some, "--verify", "--until", "5"},
        {"archive", some, "--verify", "--key", "garbage"},
        {"archive", some, "--data", some, "--key", "garbage"},
        {"archive", some, "--import", some, "--drop"},
        {"backup", some, "--check", "--keep", "3"},
        {"backup", some, "--check", "--key", "garbage"},
        {"backup", some, "--data", some, "--key", "garbage"},
        {"restore", some, some, "--to", "yesterday"},
        {"restore", some, some, "--key", "garbage"},
        {"verify", "--data", some, "--key", "garbage"}}) {
    const Finished wrong = run_dealog(arguments);
    EXPECT_EQ(wrong.exit_code, 2) << arguments.front() << " " << arguments.back() << wrong.errors;
    EXPECT_FALSE(wrong.errors.empty());
    EXPECT_FALSE(fs::exists(some)) << arguments.front();
  }
  const Finished help = run_dealog({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.output, HasSubstr("serve"));
  EXPECT_EQ(run_dealog({"--version"}).exit_code, 0);
}

}  // namespace
}  // namespace dealog::e2e
