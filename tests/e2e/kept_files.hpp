// A server with a source whose provider keeps recordings and attachments, and what providers post.
#pragma once

#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/e2e/fake_providers.hpp"
#include "tests/e2e/uploads.hpp"
#include "tests/support/eventually.hpp"

namespace dealog::e2e {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Post {
  std::string suffix;
  std::string content_type;
  std::string body;
  http::ClientHeaders headers = {};
};

inline constexpr const char* kForm = "application/x-www-form-urlencoded";
inline constexpr const char* kJson = "application/json";

class KeptFiles : public ::testing::Test {
 protected:
  explicit KeptFiles(bool private_addresses = true)
      : server_(folder_.path() / "data", {"--config", config(private_addresses)}) {
    server_.start();
    api_.emplace(server_.port(), server_.owner_token());
  }

  std::string config(bool private_addresses) {
    const auto file = folder_.path() / "dealog.toml";
    std::ofstream(file) << "[outbound]\nprivate_addresses = "
                        << (private_addresses ? "true" : "false") << "\n";
    return file.string();
  }
  std::string connect(std::string_view provider, const json::value& secret,
                      json::object settings = {}) {
    settings["api_url"] = providers_.url();
    settings["country"] = "RU";
    json::object source{{"provider", provider}, {"name", provider}, {"settings", settings}};
    if (!secret.is_null()) source["secret"] = secret;
    const Answer made = must(api_->post("/v1/sources", source), 201);
    source_ = made.str("/id");
    return made.str("/hook_url");
  }
  void deliver(const std::string& hook, const Post& post) {
    const Answer taken =
        api_->deliver(hook + post.suffix, post.content_type, post.body, post.headers);
    ASSERT_LT(taken.status, 300) << taken.shown();
  }
  // The fetcher works on its own.
  Answer deal_with_files(std::size_t files) {
    const std::string deal = "/v1/deals/" + str(api_->read("/v1/deals").items().at(0), "/id");
    Answer shown;
    const bool there = testing_support::eventually([&] {
      shown = api_->read(deal);
      return shown.items("/files").size() == files;
    });
    EXPECT_TRUE(there) << api_->read(fetches("waiting")).shown()
                       << api_->read("/v1/sources/" + source_ + "/deliveries").shown();
    return shown;
  }
  // Of the only one that waits, once it was tried.
  std::string code_of_waiting() {
    Answer waiting;
    EXPECT_TRUE(testing_support::eventually([&] {
      waiting = api_->read_until(fetches("waiting"), 1);
      return waiting.number("/items/0/attempts") > 0;
    }));
    return waiting.str("/items/0/code");
  }
  std::string fetches(std::string_view status) const {
    return fmt::format("/v1/sources/{}/fetches?status={}", source_, status);
  }
  std::string content_of(const Answer& deal) {
    return must(api_->get("/v1/files/" + deal.str("/files/0/id")), 200).text;
  }

  // ---- what each provider posts ----

  Post mango(std::string suffix, const json::object& event) {
    const std::string text = json::serialize(event);
    const std::string sign = to_hex(sha256("mango-key" + text + "mango-salt"));
    return {std::move(suffix), kForm,
            form_encoded({{"vpbx_api_key", "mango-key"}, {"sign", sign}, {"json", text}})};
  }
  Post mango_summary(std::string_view call = "E1") {
    return mango("/events/summary", {{"entry_id", call},
                                     {"call_direction", 1},
                                     {"from", {{"number", "79161112233"}}},
                                     {"to", {{"extension", "104"}}},
                                     {"line_number", "74950001122"},
                                     {"create_time", 1772709791},
                                     {"talk_time", 1772709800},
                                     {"end_time", 1772709860},
                                     {"entry_result", 1}});
  }
  Post mango_recording(std::string_view recording = "MToxMA==", std::string_view call = "E1") {
    return mango("/events/record/added",
                 {{"entry_id", call}, {"recording_id", recording}, {"timestamp", 1772709990}});
  }
  std::string connect_mango() { return connect("mango-office", "mango-key:mango-salt"); }

  Post zadarma(Fields fields, const std::string& signed_text) {
    return {"",
            kForm,
            form_encoded(fields),
            {{"Signature", to_base64(to_hex(hmac_sha1("zd-secret", signed_text)))}}};
  }

  testing_support::TempFolder folder_;
  FakeProviders providers_;
  DealogProcess server_;
  std::optional<ApiClient> api_;
  std::string source_;
};

}  // namespace dealog::e2e
