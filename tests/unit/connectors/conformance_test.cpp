// Runs a folder of provider samples (body beside a .meta.json) through the connectors. The samples
// belong to their sources and are no part of this tree, hence the environment variable.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

// Schemes whose signature covers every byte of the body.
const std::set<std::string> kSignsWholeBody{
    "cloudpayments",     "robokassa",  "stripe", "typeform", "hub_sha256", "slack_v0",
    "standard_webhooks", "hubspot_v3", "mango",  "twilio",   "twilio_json"};

struct Sample {
  std::string name;
  const Provider* provider = nullptr;
  json::object meta;
  Delivery delivery;
  SourceSettings settings;
};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// The settings that a person would make for how the sample says it is authenticated.
SourceSettings settings_for(const Provider& provider, const json::object& meta) {
  const json::object& auth = meta.at("auth").as_object();
  const std::string scheme = text(auth, "scheme");
  json::object settings;
  if (scheme == "static_header") {
    settings["auth"] = {{"in", "header"}, {"name", text(auth, "header")}};
  } else if (scheme == "path_token") {
    settings["account"] = text(meta, "secret");
  }
  if (scheme.starts_with("rfc9421") || scheme.starts_with("twilio") || scheme == "hubspot_v3") {
    settings["public_url"] = text(meta, "url");
  }
  const json::value& expected = meta.at("expected_normalised");
  if (const auto* person = expected.as_object().if_contains("person");
      person && person->is_object()) {
    if (const auto* assumes = person->as_object().if_contains("assumes")) {
      settings["country"] = assumes->at("region");
    }
  }
  auto parsed = parse_settings(provider.name(), settings, meta.at("secret"));
  // A handshake is not signed, and its sample names no secret; a source has one all the same.
  if (!parsed && meta.at("secret").is_null()) {
    parsed = parse_settings(provider.name(), settings, "of no use here");
  }
  return parsed.value();
}

// The moment that a sample was signed at, so that it is fresh; any moment where none is signed.
Timestamp signed_at(const Delivery& delivery) {
  for (const auto* name : {"webhook-timestamp", "x-slack-request-timestamp", "stripe-signature"}) {
    const std::string* header = delivery.header(name);
    if (!header) continue;
    const auto digits = header->find_first_of("0123456789");
    return Timestamp{std::stoll(header->substr(digits)) * 1'000'000};
  }
  if (const auto* milliseconds = delivery.header("x-hubspot-request-timestamp")) {
    return Timestamp{std::stoll(*milliseconds) * 1'000};
  }
  return Timestamp::parse("2026-03-05T10:00:00Z").value();
}

// What the provider answers when it is asked, not what it sends.
bool is_answer(const json::object& meta) { return text(meta, "method") == "RESPONSE"; }

// An official vector shows how to sign and means nothing.
bool is_vector(const json::object& meta) {
  const json::object& expected = meta.at("expected_normalised").as_object();
  return text(expected, "kind") == "vector";
}

// A key that is told in words: "<Message-ID or sha256(body)>". A message's id has an @.
bool is_pattern(const std::string& key) {
  const auto start = key.find('<');
  return start != key.npos && key.find('@', start) == key.npos;
}

// Signed for real, by a certificate that is not beside it.
bool lacks_its_certificate(const json::object& meta) {
  const json::value* file = meta.at("auth").as_object().if_contains("cert_file");
  return file && file->is_null();
}

Delivery delivery_of(const json::object& meta, const fs::path& folder) {
  Delivery delivery;
  delivery.method = text(meta, "method");
  std::string url = text(meta, "url");
  if (const auto mark = url.find('?'); mark != std::string::npos) {
    delivery.query = url.substr(mark + 1);
    url.resize(mark);
  }
  // The samples stand at /hooks/<provider, or how its name begins>/<suffix>.
  const std::string hooks = "/hooks/";
  if (const auto at = url.find(hooks); at != std::string::npos) {
    const std::string rest = url.substr(at + hooks.size());
    const auto slash = std::min(rest.find('/'), rest.size());
    if (text(meta, "provider").starts_with(rest.substr(0, slash))) {
      delivery.suffix = rest.substr(slash);
    }
  }
  for (const auto& [name, value] : meta.at("headers").as_object()) {
    delivery.headers.emplace_back(name, std::string(value.as_string()));
  }
  if (is_answer(meta)) {
    delivery.method = "POST";
    const bool lead = text(meta, "file").starts_with("graph-lead");
    delivery.suffix = lead ? "/fetched/lead" : "/fetched/deal";
  }
  delivery.body = read(folder / text(meta, "file"));
  delivery.remote_ip = text(meta, "remote_ip");
  delivery.received_at = signed_at(delivery);
  return delivery;
}

std::vector<Sample> samples() {
  std::vector<Sample> out;
  const char* folder = std::getenv("DEALOG_WEBHOOK_SAMPLES");
  if (!folder) return out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    const Provider* provider = find_provider(entry.path().parent_path().filename().string());
    if (!provider || !file.ends_with(".meta.json")) continue;
    const json::object meta = json::parse(read(entry.path())).as_object();
    out.push_back({std::string(provider->name()) + "/" + file, provider, meta,
                   delivery_of(meta, entry.path().parent_path()), settings_for(*provider, meta)});
  }
  return out;
}

// Amounts by value: "10" is "10.00".
bool same_amount(std::string a, std::string b) {
  for (auto* amount : {&a, &b}) {
    if (amount->find('.') == std::string::npos) continue;
    while (amount->ends_with('0')) amount->pop_back();
    if (amount->ends_with('.')) amount->pop_back();
  }
  return a == b;
}

// The wall clock of `zone` at an instant that is written as RFC 3339.
std::string local_time(const json::value& instant, const std::string& zone) {
  const Timestamp at = Timestamp::parse(std::string_view(instant.as_string())).value();
  const auto offset = std::chrono::seconds(utc_offset_s(at, zone).value());
  return (at + offset).rfc3339().substr(0, std::string_view("2020-08-27T11:09:40").size());
}

// Some samples tell only the wall clock; the zone is the source's.
json::value with_local_time(const json::object& actual, json::value expected,
                            const std::string& zone) {
  json::object& fields = expected.as_object();
  const json::value* local = fields.if_contains("occurred_at_local");
  if (!local) return expected;
  EXPECT_EQ(local_time(actual.at("occurred_at"), zone), local->as_string());
  fields.erase("occurred_at_local");
  fields.erase("occurred_at");
  return expected;
}

// Every member of `expected` is in `actual`; what is null may be absent.
void expect_contains(const json::value& actual, const json::value& expected,
                     const std::string& pointer) {
  if (expected.is_object()) {
    ASSERT_TRUE(actual.is_object()) << pointer;
    for (const auto& [key, value] : expected.as_object()) {
      const std::string own = pointer + "/" + std::string(key);
      // Words for the reader.
      if (key == "note" || key == "dedupe" || key == "assumes") continue;
      if (key == "needs_enrichment") {
        EXPECT_TRUE(actual.as_object().contains(key)) << own;
        continue;
      }
      const json::value* found = actual.as_object().if_contains(key);
      if (value.is_null() && (!found || found->is_null())) continue;
      ASSERT_TRUE(found) << own << " is missing";
      if (key == "amount" || key == "net_amount") {
        EXPECT_TRUE(same_amount(std::string(found->as_string()), std::string(value.as_string())))
            << own << ": " << json::serialize(*found);
      } else {
        expect_contains(*found, value, own);
      }
    }
    return;
  }
  EXPECT_EQ(actual, expected) << pointer << ": " << json::serialize(actual);
}

// What is expected of each fact, in order. A file of many rows tells of some only: `payments`, the
// fourth of `rows` as `row4`, `first_entry` of its `first_statement`.
void expect_facts(const std::vector<Fact>& facts, const json::object& expected,
                  const std::string& zone) {
  const auto payments = std::count_if(facts.begin(), facts.end(),
                                      [](const Fact& fact) { return fact.kind() == "payment"; });
  const auto expect_nth = [&](std::int64_t nth, const json::value& fact) {
    ASSERT_LT(nth, std::ssize(facts));
    const json::object actual = normalised(facts[static_cast<std::size_t>(nth)]);
    expect_contains(actual, with_local_time(actual, fact, zone), "");
  };
  if (const auto* count = expected.if_contains("payments_in")) {
    EXPECT_EQ(payments, count->as_int64());
  } else if (const auto* listed = expected.if_contains("payments")) {
    ASSERT_EQ(payments, std::ssize(listed->as_array()));
    auto at = facts.begin();
    for (const auto& payment : listed->as_array()) {
      at = std::find_if(at, facts.end(), [](const Fact& f) { return f.kind() == "payment"; });
      expect_contains(normalised(*at++), payment, "");
    }
  } else if (const auto* statement = expected.if_contains("first_statement")) {
    expect_nth(0, statement->at("first_entry"));
  } else if (const auto* rows = expected.if_contains("rows")) {
    ASSERT_EQ(std::ssize(facts), rows->as_int64());
    for (std::int64_t row = 1; row <= std::ssize(facts); ++row) {
      const auto* one = expected.if_contains(fmt::format("row{}", row));
      if (one) expect_nth(row - 1, *one);
    }
  } else {
    ASSERT_EQ(facts.size(), 1u);
    expect_contains(normalised(facts.front()), expected, "");
  }
}

class Conformance : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::getenv("DEALOG_WEBHOOK_SAMPLES")) {
      GTEST_SKIP() << "DEALOG_WEBHOOK_SAMPLES names no folder of provider samples";
    }
    samples_ = samples();
    ASSERT_FALSE(samples_.empty()) << "the folder holds no sample of a provider we know";
  }
  std::vector<Sample> samples_;
};

TEST_F(Conformance, EverySampleIsVerified) {
  for (const auto& sample : samples_) {
    if (is_answer(sample.meta)) continue;
    const Verdict verdict = sample.provider->verify(sample.delivery, sample.settings);
    EXPECT_TRUE(verdict.ok()) << sample.name << ": " << verdict.reason;
  }
}

TEST_F(Conformance, EverySampleHasItsDeliveryKey) {
  for (const auto& sample : samples_) {
    const Reception reception = sample.provider->receive(sample.delivery, sample.settings);
    if (is_vector(sample.meta)) continue;
    if (is_pattern(text(sample.meta, "dedupe_key"))) continue;
    EXPECT_FALSE(reception.malformed) << sample.name;
    if (sample.meta.at("dedupe_key").is_null()) {
      EXPECT_NE(reception.kind, Reception::Kind::kStore) << sample.name;
    } else {
      EXPECT_EQ(reception.kind, Reception::Kind::kStore) << sample.name;
      // "… per row" is about facts: a file has rows of many calls.
      if (text(sample.meta, "dedupe_key").ends_with(" per row")) continue;
      EXPECT_EQ(reception.delivery_key, text(sample.meta, "dedupe_key")) << sample.name;
    }
  }
}

TEST_F(Conformance, EverySampleIsAnsweredAsItsProviderExpects) {
  for (const auto& sample : samples_) {
    const json::object& expected = sample.meta.at("expected_response").as_object();
    if (is_vector(sample.meta)) continue;
    const Reception reception = sample.provider->receive(sample.delivery, sample.settings);
    for (const Outcome outcome : {Outcome::kAccepted, Outcome::kDuplicate}) {
      const Answer answer =
          reception.kind == Reception::Kind::kChallenge
              ? reception.challenge
              : sample.provider->answer(sample.delivery, sample.settings, outcome);
      EXPECT_EQ(answer.status, expected.at("status").as_int64()) << sample.name;
      if (expected.contains("body")) EXPECT_EQ(answer.body, text(expected, "body")) << sample.name;
      const json::value* headers = expected.if_contains("headers");
      if (!headers) continue;
      for (const auto& [name, value] : headers->as_object()) {
        const std::pair<std::string, std::string> header{name, value.as_string()};
        EXPECT_EQ(std::ranges::count(answer.headers, header), 1) << sample.name << ", " << name;
      }
    }
  }
}

TEST_F(Conformance, EverySampleDecodesToWhatItMeans) {
  for (const auto& sample : samples_) {
    if (is_vector(sample.meta)) continue;
    const auto facts = sample.provider->decode(sample.delivery, sample.settings);
    if (lacks_its_certificate(sample.meta)) {
      EXPECT_EQ(facts.error().code, "certificate_missing") << sample.name;
      continue;
    }
    ASSERT_TRUE(facts) << sample.name << ": " << facts.error().message;
    SCOPED_TRACE(sample.name);
    expect_facts(*facts, sample.meta.at("expected_normalised").as_object(),
                 sample.settings.time_zone);
  }
}

TEST_F(Conformance, EveryKeyedSampleIsRefusedWhenOneByteOfTheKeyChanges) {
  int keyed = 0;
  for (auto& sample : samples_) {
    if (sample.settings.auth.in != KeyPlace::In::kHeader) continue;
    for (auto& [name, value] : sample.delivery.headers) {
      if (name != sample.settings.auth.name) continue;
      for (std::size_t i = 0; i < value.size(); ++i) {
        const char kept = std::exchange(value[i], static_cast<char>(value[i] ^ 1));
        EXPECT_EQ(sample.provider->verify(sample.delivery, sample.settings).status(), 401)
            << sample.name << ", byte " << i;
        value[i] = kept;
        ++keyed;
      }
    }
  }
  EXPECT_GT(keyed, 0);
}

// Every 7th byte, and all of the short ones.
TEST_F(Conformance, EverySignedBodyIsRefusedWhenOneByteChanges) {
  int changed = 0;
  for (auto& sample : samples_) {
    const std::string scheme = text(sample.meta.at("auth").as_object(), "scheme");
    if (!kSignsWholeBody.contains(scheme)) continue;
    for (std::size_t i = 0; i < sample.delivery.body.size();
         i += sample.delivery.body.size() / 40 + 1) {
      char& byte = sample.delivery.body[i];
      const char kept = std::exchange(byte, static_cast<char>(byte ^ 1));
      EXPECT_EQ(sample.provider->verify(sample.delivery, sample.settings).status(), 401)
          << sample.name << ", byte " << i;
      byte = kept;
      ++changed;
    }
  }
  EXPECT_GT(changed, 0);
}

TEST_F(Conformance, EverySampleOfAnUnsignedProviderIsRefusedFromElsewhere) {
  int checked = 0;
  for (auto& sample : samples_) {
    const json::object& auth = sample.meta.at("auth").as_object();
    if (text(auth, "scheme") != "ip_allowlist") continue;
    sample.delivery.remote_ip = "203.0.113.7";
    EXPECT_EQ(sample.provider->verify(sample.delivery, sample.settings).status(), 403);
    ++checked;
  }
  EXPECT_GT(checked, 0);
}

}  // namespace
}  // namespace dealog::connectors
