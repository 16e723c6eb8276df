// Signature schemes that a generic source may choose.
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/ed25519.hpp"
#include "libs/base/encoding.hpp"
#include "libs/connectors/signature/digest.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

using testing_support::json_post;
using testing_support::settings_of;

// Received at 2026-03-05T10:00:00Z.
constexpr std::string_view kNow = "1772704800";
constexpr std::string_view kBody = R"({"name":"Test","phone":"+79165550177"})";

const Provider& generic() { return *find_provider("generic"); }

SourceSettings with_scheme(const std::string& signature,
                           const boost::json::value& secret = "topsecret",
                           const std::string& more = "") {
  return settings_of("generic", R"({"signature":)" + signature + more + "}", secret);
}

Delivery signed_with(std::vector<std::pair<std::string, std::string>> headers) {
  Delivery delivery = json_post(std::string(kBody));
  for (auto& header : headers) delivery.headers.push_back(std::move(header));
  return delivery;
}

void expect_guarded(const Delivery& good, const SourceSettings& settings) {
  const Verdict verdict = generic().verify(good, settings);
  EXPECT_TRUE(verdict.ok()) << verdict.reason;
  for (std::size_t i = 0; i < good.body.size(); ++i) {
    Delivery changed = good;
    changed.body[i] = static_cast<char>(changed.body[i] ^ 1);
    EXPECT_EQ(generic().verify(changed, settings).status(), 401) << i;
  }
}

TEST(SignatureScheme, GithubSignsTheBody) {
  expect_guarded(
      signed_with({{"X-Hub-Signature-256", "sha256=" + to_hex(hmac_sha256("topsecret", kBody))}}),
      with_scheme(R"({"scheme":"github"})"));
}

TEST(SignatureScheme, SlackSignsTheTimeToo) {
  const auto post = [](std::string_view time) {
    const std::string text = "v0:" + std::string(time) + ":" + std::string(kBody);
    return signed_with({{"X-Slack-Request-Timestamp", std::string(time)},
                        {"X-Slack-Signature", "v0=" + to_hex(hmac_sha256("topsecret", text))}});
  };
  const auto settings = with_scheme(R"({"scheme":"slack"})");
  expect_guarded(post(kNow), settings);
  EXPECT_EQ(generic().verify(post("1772704400"), settings).reason, "timestamp_out_of_range");
  EXPECT_EQ(generic().verify(post("1772704400x"), settings).reason, "timestamp_out_of_range");
}

TEST(SignatureScheme, StandardWebhooksSignsIdAndTime) {
  const std::string key = "0123456789abcdef0123456789abcdef";
  const std::string text = "msg_1." + std::string(kNow) + "." + std::string(kBody);
  const auto post = [&](const std::string& signature) {
    return signed_with({{"webhook-id", "msg_1"},
                        {"webhook-timestamp", std::string(kNow)},
                        {"webhook-signature", signature}});
  };
  const std::string right = "v1," + to_base64(hmac_sha256(key, text));
  const auto settings = with_scheme(R"({"scheme":"standard-webhooks"})",
                                    boost::json::string("whsec_" + to_base64(key)));
  expect_guarded(post("v1,AAAA " + right + " v2,x"), settings);
  EXPECT_EQ(generic().verify(post("v1a," + right.substr(3)), settings).status(), 401);
}

TEST(SignatureScheme, StandardWebhooksKnowsPublicKeys) {
  const std::string seed(32, 'k');
  const std::string text = "msg_1." + std::string(kNow) + "." + std::string(kBody);
  const auto settings =
      with_scheme(R"({"scheme":"standard-webhooks"})",
                  boost::json::string("whpk_" + to_base64(ed25519_public_key(seed))));
  expect_guarded(signed_with({{"webhook-id", "msg_1"},
                              {"webhook-timestamp", std::string(kNow)},
                              {"webhook-signature", "v1a," + to_base64(ed25519_sign(seed, text))}}),
                 settings);
}

TEST(SignatureScheme, AnOldKeyWorksWhileItIsBeingChanged) {
  const auto settings = with_scheme(R"({"scheme":"github"})",
                                    boost::json::object{{"", "new"}, {"previous", "topsecret"}});
  expect_guarded(
      signed_with({{"X-Hub-Signature-256", "sha256=" + to_hex(hmac_sha256("topsecret", kBody))}}),
      settings);
}

TEST(SignatureScheme, ABodySignatureMayUseOtherDigests) {
  const auto settings =
      with_scheme(R"({"header":"X-Sign","algorithm":"sha512","encoding":"base64"})");
  expect_guarded(signed_with({{"X-Sign", to_base64(hmac(Hash::kSha512, "topsecret", kBody))}}),
                 settings);
}

std::string digest_header() { return "sha-256=:" + to_base64(sha256(kBody)) + ":"; }

// A message signed as RFC 9421 has it; `covered` with the lines that they stand for.
Delivery message(const std::vector<std::pair<std::string, std::string>>& covered,
                 const std::string& parameters, const std::string& seed = "") {
  std::string names, base;
  for (const auto& [name, value] : covered) {
    names += (names.empty() ? "" : " ") + name;
    base += name + ": " + value + "\n";
  }
  const std::string input = "(" + names + ")" + parameters;
  base += "\"@signature-params\": " + input;
  const std::string mac = seed.empty() ? hmac_sha256("topsecret", base) : ed25519_sign(seed, base);
  Delivery delivery = signed_with({{"Host", "crm.example.com"},
                                   {"Content-Digest", digest_header()},
                                   {"Signature-Input", "sig1=" + input},
                                   {"Signature", "sig1=:" + to_base64(mac) + ":"}});
  delivery.path = "/hooks/src_1/token";
  delivery.query = "a=1&b=two%20words";
  return delivery;
}

std::vector<std::pair<std::string, std::string>> whole_request() {
  return {{"\"@method\"", "POST"},
          {"\"@authority\"", "crm.example.com"},
          {"\"@path\"", "/hooks/src_1/token"},
          {"\"@query\"", "?a=1&b=two%20words"},
          {"\"@query-param\";name=\"b\"", "two%20words"},
          {"\"@target-uri\"", "https://crm.example.com/hooks/src_1/token?a=1&b=two%20words"},
          {"\"content-digest\"", digest_header()}};
}

TEST(MessageSignature, CoversTheWholeRequest) {
  const auto settings =
      with_scheme(R"({"scheme":"rfc9421","covers":["content-digest","@method"]})");
  expect_guarded(message(whole_request(), ";created=1772704700;keyid=\"k\";alg=\"hmac-sha256\""),
                 settings);
  Delivery other_path = message(whole_request(), ";created=1772704700");
  other_path.path = "/hooks/src_2/token";
  EXPECT_EQ(generic().verify(other_path, settings).reason, "signature_wrong");
}

TEST(MessageSignature, DemandsWhatTheSourceSaysMustBeCovered) {
  const auto settings = with_scheme(R"({"scheme":"rfc9421","covers":["content-digest"]})");
  EXPECT_EQ(generic().verify(message({{"\"@method\"", "POST"}}, ";created=1"), settings).reason,
            "component_not_covered");
}

TEST(MessageSignature, HoldsTheDigestAgainstTheBody) {
  const auto settings = with_scheme(R"({"scheme":"rfc9421"})");
  Delivery delivery = message({{"\"@method\"", "POST"}}, ";created=1772704700");
  EXPECT_TRUE(generic().verify(delivery, settings).ok());
  delivery.body += " ";
  EXPECT_EQ(generic().verify(delivery, settings).reason, "digest_wrong");
  std::erase_if(delivery.headers, [](const auto& h) { return h.first == "Content-Digest"; });
  EXPECT_EQ(generic().verify(delivery, settings).reason, "digest_missing");
}

TEST(MessageSignature, KnowsPublicKeysAndNeverTakesOneForAShared) {
  const std::string seed(32, 's');
  const std::string key = "ed25519:" + to_base64(ed25519_public_key(seed));
  const auto settings = with_scheme(R"({"scheme":"rfc9421"})", boost::json::string(key));
  EXPECT_TRUE(generic().verify(message(whole_request(), ";alg=\"ed25519\"", seed), settings).ok());
  Delivery forged = message({{"\"@method\"", "POST"}}, "");
  const std::string base = "\"@method\": POST\n\"@signature-params\": (\"@method\")";
  forged.headers.back().second = "sig1=:" + to_base64(hmac_sha256(key, base)) + ":";
  EXPECT_EQ(generic().verify(forged, settings).status(), 401);
}

TEST(MessageSignature, ExpiresAndGrowsOld) {
  const auto settings =
      with_scheme(R"({"scheme":"rfc9421"})", "topsecret", R"(,"tolerance_s":300)");
  const auto reason = [&](const std::string& parameters) {
    return generic().verify(message({{"\"@method\"", "POST"}}, parameters), settings).reason;
  };
  EXPECT_EQ(reason(";created=1772704700"), "");
  EXPECT_EQ(reason(";created=1772704400"), "timestamp_out_of_range");
  EXPECT_EQ(reason(";created=1772704700;expires=1772704750"), "timestamp_out_of_range");
  EXPECT_EQ(reason(";created=1772704700;expires=1772704900"), "");
}

TEST(MessageSignature, SurvivesNonsense) {
  const auto settings = with_scheme(R"({"scheme":"rfc9421"})");
  for (const char* input : {"sig1", "sig1=", "sig1=(", "sig1=()", "sig1=(\"", "sig1=(\"@x\")",
                            "sig1=(\"@method\" \"@method\")", "=,=;;", "sig1=(\"a\";sf)"}) {
    Delivery delivery = message({{"\"@method\"", "POST"}}, "");
    for (auto& [name, value] : delivery.headers) {
      if (name == "Signature-Input") value = input;
    }
    EXPECT_EQ(generic().verify(delivery, settings).status(), 401) << input;
  }
}

}  // namespace
}  // namespace dealog::connectors
