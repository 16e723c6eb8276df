// Typeform, JotForm and Google Forms.
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::json_post;
using testing_support::multipart;
using testing_support::settings_of;

Fact decode(std::string_view provider, const Delivery& delivery) {
  auto facts = find_provider(provider)->decode(delivery, settings_of(provider));
  if (!facts) throw std::runtime_error(facts.error().code + " " + facts.error().message);
  return facts->at(0);
}

std::string answer_to(const LeadFact& lead, std::string_view question) {
  for (const auto& [name, value] : lead.answers) {
    if (name == question) return value;
  }
  return "";
}

json::object field(std::string_view id, std::string_view title) {
  return {{"id", id}, {"title", title}, {"ref", "ref_" + std::string(id)}};
}

json::object response() {
  return {{"form_id", "Fm1"},
          {"token", "tok-17"},
          {"submitted_at", "2026-03-05T09:15:00Z"},
          {"hidden", {{"utm_source", "yandex"}, {"manager", "anna"}}},
          {"definition",
           {{"title", "Site brief"},
            {"fields",
             {field("n", "What's your name?"), field("e", "Where do we write?"),
              field("p", "Where do we call?"), field("c", "Kind of site"), field("m", "Needs"),
              field("b", "Ready to start?")}}}},
          {"answers",
           {{{"type", "text"}, {"text", "Пётр Ильин"}, {"field", {{"id", "n"}}}},
            {{"type", "email"}, {"email", "Petr@Example.com"}, {"field", {{"id", "e"}}}},
            {{"type", "phone_number"}, {"phone_number", "+79165550177"}, {"field", {{"id", "p"}}}},
            {{"type", "choice"}, {"choice", {{"label", "Shop"}}}, {"field", {{"id", "c"}}}},
            {{"type", "choices"},
             {"choices", {{"labels", {"Design", "Texts"}}, {"other", "SEO"}}},
             {"field", {{"id", "m"}}}},
            {{"type", "boolean"}, {"boolean", true}, {"field", {{"id", "b"}}}}}}};
}

Delivery typeform_post(const json::object& form_response) {
  return json_post(json::serialize(json::object{
      {"event_id", "ev1"}, {"event_type", "form_response"}, {"form_response", form_response}}));
}

TEST(Typeform, ReadsAnswersByTheirTypesAndQuestions) {
  const Fact fact = decode("typeform", typeform_post(response()));
  EXPECT_EQ(fact.external_id, "tok-17");
  EXPECT_EQ(fact.occurred_at->rfc3339(), "2026-03-05T09:15:00.000000Z");
  const auto& lead = std::get<LeadFact>(fact.content);
  EXPECT_EQ(lead.person.name, "Пётр Ильин");
  EXPECT_EQ(lead.person.email, "petr@example.com");
  EXPECT_EQ(lead.person.phone, "+79165550177");
  EXPECT_EQ(lead.form_id, "Fm1");
  EXPECT_EQ(lead.title, "Site brief");
  EXPECT_EQ(answer_to(lead, "Kind of site"), "Shop");
  EXPECT_EQ(answer_to(lead, "Needs"), "Design, Texts, SEO");
  EXPECT_EQ(answer_to(lead, "Ready to start?"), "true");
  EXPECT_EQ(answer_to(lead, "manager"), "anna");
  EXPECT_EQ(lead.utm, (NamedTexts{{"utm_source", "yandex"}}));
}

TEST(Typeform, CountsAPaymentInTheCurrencyOfItsQuestion) {
  json::object paid = response();
  paid.at("definition")
      .at("fields")
      .as_array()
      .push_back({{"id", "pay"}, {"title", "Deposit"}, {"properties", {{"currency", "EUR"}}}});
  paid.at("answers").as_array().push_back({{"type", "payment"},
                                           {"payment", {{"amount", "150.50"}, {"success", true}}},
                                           {"field", {{"id", "pay"}}}});
  const auto lead = std::get<LeadFact>(decode("typeform", typeform_post(paid)).content);
  EXPECT_EQ(lead.amount, Money::parse("150.50", "EUR").value());
}

TEST(Typeform, KnowsAResponseByItsTokenHoweverManyHooksTellIt) {
  const auto key = [](const Delivery& delivery) {
    return find_provider("typeform")->receive(delivery, settings_of("typeform")).delivery_key;
  };
  Delivery second = typeform_post(response());
  second.body.replace(second.body.find("ev1"), 3, "ev2");
  EXPECT_EQ(key(typeform_post(response())), "typeform:tok-17");
  EXPECT_EQ(key(second), "typeform:tok-17");
}

TEST(Typeform, RefusesWhenOneByteChanges) {
  const auto settings = settings_of("typeform", "{}", "tf-secret");
  Delivery good = typeform_post(response());
  const Provider& typeform = *find_provider("typeform");
  EXPECT_EQ(typeform.verify(good, settings).reason, "signature_missing");
  good.headers.emplace_back("Typeform-Signature",
                            "sha256=" + to_base64(hmac_sha256("tf-secret", good.body)));
  EXPECT_TRUE(typeform.verify(good, settings).ok());
  for (std::size_t i = 0; i < good.body.size(); i += 11) {
    Delivery changed = good;
    changed.body[i] = static_cast<char>(changed.body[i] ^ 1);
    EXPECT_EQ(typeform.verify(changed, settings).status(), 401) << i;
  }
}

TEST(Typeform, SaysWhatIsMissing) {
  json::object without = response();
  without.erase("submitted_at");
  const auto settings = settings_of("typeform");
  const Provider& typeform = *find_provider("typeform");
  EXPECT_EQ(typeform.decode(typeform_post(without), settings).error().code, "field_missing");
  EXPECT_EQ(typeform.decode(json_post("{}"), settings).error().code, "field_missing");
}

constexpr std::string_view kRaw = R"({"slug":"submit/9001","submitDate":"1772702100000",
  "q3_fullName":{"first":"Anna","last":"Orlova"},"q4_email4":"Anna@Example.com",
  "q5_phoneNumber":{"area":"916","phone":"5550177"},"q6_message":"Call me",
  "q7_date":{"month":"03","day":"09","year":"2026"},"q8_services":["Shop","Logo"],
  "q9_address":{"addr_line1":"Lenina 1","city":"Omsk","postal":"644000"},
  "q10_utm_source":"google","event_id":"x","path":"/submit/9001"})";

Delivery jotform_post(std::string_view raw = kRaw) {
  return multipart({{"formID", "9001"},
                    {"submissionID", "5500112233"},
                    {"formTitle", "Brief"},
                    {"pretty", "Name:Anna"},
                    {"rawRequest", std::string(raw)}});
}

TEST(JotForm, ReadsCompoundFields) {
  const Fact fact = decode("jotform", jotform_post());
  EXPECT_EQ(fact.external_id, "5500112233");
  EXPECT_EQ(fact.occurred_at->us, 1'772'702'100'000'000);
  const auto& lead = std::get<LeadFact>(fact.content);
  EXPECT_EQ(lead.person.name, "Anna Orlova");
  EXPECT_EQ(lead.person.email, "anna@example.com");
  EXPECT_EQ(lead.person.phone, "+79165550177");
  EXPECT_EQ(lead.comment, "Call me");
  EXPECT_EQ(lead.form_id, "9001");
  EXPECT_EQ(answer_to(lead, "date"), "2026-03-09");
  EXPECT_EQ(answer_to(lead, "services"), "Shop, Logo");
  EXPECT_EQ(answer_to(lead, "address"), "Lenina 1, Omsk, 644000");
  EXPECT_EQ(lead.utm, (NamedTexts{{"utm_source", "google"}}));
}

TEST(JotForm, ReadsWholeNamesAndNumbers) {
  const Fact fact = decode("jotform", jotform_post(R"({"q1_name":"Oleg","q2_phone":{"full":
      "+7 (916) 555-01-77"}})"));
  EXPECT_EQ(std::get<LeadFact>(fact.content).person.name, "Oleg");
  EXPECT_EQ(std::get<LeadFact>(fact.content).person.phone, "+79165550177");
}

TEST(JotForm, KnowsASubmissionByItsNumberAndKeepsWhatItCannotRead) {
  const Provider& jotform = *find_provider("jotform");
  const auto settings = settings_of("jotform");
  EXPECT_EQ(jotform.receive(jotform_post(), settings).delivery_key, "jotform:5500112233");
  const auto broken = jotform.receive(jotform_post("{"), settings);
  EXPECT_EQ(broken.malformed->code, "malformed_json");
  EXPECT_EQ(broken.kind, Reception::Kind::kStore);
}

TEST(JotForm, MayDemandAKeyInAHiddenField) {
  const auto settings =
      settings_of("jotform", R"({"auth":{"in":"field","name":"key"}})", "hidden-key");
  const Provider& jotform = *find_provider("jotform");
  const std::string with_key = R"({"q1_name":"Oleg","q2_key":"hidden-key"})";
  EXPECT_TRUE(jotform.verify(jotform_post(with_key), settings).ok());
  EXPECT_EQ(jotform.verify(jotform_post(R"({"q2_key":"hidden-kez"})"), settings).status(), 401);
  EXPECT_EQ(jotform.verify(jotform_post(), settings).reason, "key_missing");
}

TEST(GoogleForms, ReadsWhatTheScriptSends) {
  Delivery delivery = json_post(
      R"({"sheetId":"1AbC","row":17,"formTitle":"Заявка","submittedAt":"2026-03-05T09:00:00Z",
          "namedValues":{"Отметка времени":["05.03.2026 12:00:00"],"Ваше имя":["Ольга"],
          "Телефон":["8 916 555-01-77"],"Что нужно":["Сайт","Логотип"]}})");
  const Fact fact = decode("google-forms", delivery);
  EXPECT_EQ(fact.external_id, "1AbC:17");
  EXPECT_EQ(fact.occurred_at->rfc3339(), "2026-03-05T09:00:00.000000Z");
  const auto& lead = std::get<LeadFact>(fact.content);
  EXPECT_EQ(lead.person.name, "Ольга");
  EXPECT_EQ(lead.person.phone, "+79165550177");
  EXPECT_EQ(lead.title, "Заявка");
  EXPECT_EQ(answer_to(lead, "Что нужно"), "Сайт, Логотип");
  EXPECT_EQ(lead.answers.size(), 1u);
  const auto settings = settings_of("google-forms", "{}", "script-secret");
  const Provider& forms = *find_provider("google-forms");
  EXPECT_EQ(forms.receive(delivery, settings).delivery_key, "google-forms:1AbC:17");
  EXPECT_EQ(forms.verify(delivery, settings).status(), 401);
  delivery.headers.emplace_back("X-Dealog-Signature",
                                "sha256=" + to_hex(hmac_sha256("script-secret", delivery.body)));
  EXPECT_TRUE(forms.verify(delivery, settings).ok());
  delivery.body[3] ^= 1;
  EXPECT_EQ(forms.verify(delivery, settings).status(), 401);
}

}  // namespace
}  // namespace dealog::connectors
