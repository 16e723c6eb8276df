#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

using testing_support::form;
using testing_support::json_post;
using testing_support::multipart;
using testing_support::post;
using testing_support::settings_of;

const Provider& generic() { return *find_provider("generic"); }

Fact decode(const Delivery& delivery, const SourceSettings& settings = settings_of("generic")) {
  auto facts = generic().decode(delivery, settings);
  if (!facts) throw std::runtime_error(facts.error().code + ": " + facts.error().message);
  return facts->at(0);
}

LeadFact lead(const Delivery& delivery, const SourceSettings& settings = settings_of("generic")) {
  return std::get<LeadFact>(decode(delivery, settings).content);
}

std::string key(const Delivery& delivery, const SourceSettings& settings = settings_of("generic")) {
  return generic().receive(delivery, settings).delivery_key;
}

TEST(GenericForm, RecognisesFieldsByTheirNames) {
  const LeadFact read = lead(multipart({{"your-name", "Анна"},
                                        {"tel", "+7 916 555-01-77"},
                                        {"email", "a@example.com"},
                                        {"company", "ООО Ромашка"},
                                        {"subject", "Сайт"},
                                        {"message", "Сколько стоит?"},
                                        {"budget", "150 000"},
                                        {"utm_source", "vk"},
                                        {"page", "https://example.com/p"},
                                        {"Удобный мессенджер", "вотсап"},
                                        {"Площадь", "120"},
                                        {"empty", " "}}));
  EXPECT_EQ(read.person.name, "Анна");
  EXPECT_EQ(read.person.phone, "+79165550177");
  EXPECT_EQ(read.person.email, "a@example.com");
  EXPECT_EQ(read.company, "ООО Ромашка");
  EXPECT_EQ(read.title, "Сайт");
  EXPECT_EQ(read.comment, "Сколько стоит?");
  EXPECT_EQ(read.amount->decimal(), "150000.00");
  EXPECT_EQ(read.utm, (NamedTexts{{"utm_source", "vk"}}));
  EXPECT_EQ(read.page, "https://example.com/p");
  EXPECT_EQ(read.messenger_hint, "WhatsApp");
  EXPECT_EQ(read.answers, (NamedTexts{{"Площадь", "120"}}));
}

TEST(GenericForm, RecognisesFieldsInsideAContactObject) {
  const LeadFact read = lead(json_post(
      R"({"contact":{"name":"Анна","tel":"89165550177"},"utm":{"utm_source":"x"},
          "product":{"name":"Сайт"},"topics":["seo","ads"],"urgent":true})"));
  EXPECT_EQ(read.person.name, "Анна");
  EXPECT_EQ(read.person.phone, "+79165550177");
  EXPECT_EQ(read.utm, (NamedTexts{{"utm_source", "x"}}));
  EXPECT_EQ(read.answers,
            (NamedTexts{{"product[name]", "Сайт"}, {"topics", "seo, ads"}, {"urgent", "true"}}));
}

TEST(GenericForm, IsKnownByItsIdInEveryEncoding) {
  const SourceSettings settings = settings_of("generic", R"({"account":"site-9"})");
  EXPECT_EQ(key(form("name=A&_id=f-12"), settings), "form:site-9:f-12");
  EXPECT_EQ(key(multipart({{"_id", "f-12"}, {"name", "A"}}), settings), "form:site-9:f-12");
  EXPECT_EQ(key(json_post(R"({"_id":"f-12"})"), settings), "form:site-9:f-12");
  EXPECT_EQ(key(form("_id=f-12")), "form:f-12");
}

TEST(GenericForm, WithoutAnIdIsKnownByItsContentInEveryEncoding) {
  const std::string expected = key(form("name=%D0%90&text=a%0D%0Ab&topic=x&topic=y&hp_field="));
  EXPECT_TRUE(expected.starts_with("form:sha256:"));
  EXPECT_EQ(key(multipart({{"text", "a\r\nb"}, {"name", "А"}, {"topic", "x"}, {"topic", "y"}})),
            expected);
  EXPECT_EQ(key(json_post(R"({"name":"А","text":"a\nb","topic":["x","y"]})")), expected);
  EXPECT_EQ(key(form("_charset_=windows-1251&name=%C0&text=a%0Ab&topic=x&topic=y")), expected);
  EXPECT_NE(key(form("name=%D0%90&text=a%0D%0Ab&topic=y&topic=x")), expected);
  EXPECT_EQ(decode(form("name=A")).key, decode(multipart({{"name", "A"}})).key);
}

TEST(GenericForm, WithTheSameContentOnAnotherDayIsAnotherLead) {
  Delivery today = form("name=A"), later = form("name=A");
  later.received_at = today.received_at + std::chrono::hours(1);
  EXPECT_EQ(key(today), key(later));
  later.received_at = today.received_at + std::chrono::hours(24);
  EXPECT_NE(key(today), key(later));
}

TEST(GenericForm, TellsFilesApart) {
  const auto upload = [](const std::string& content) {
    return post(
        "multipart/form-data; boundary=B",
        "--B\r\nContent-Disposition: form-data; name=\"brief\"; filename=\"тз.pdf\"\r\n\r\n" +
            content + "\r\n--B--\r\n");
  };
  EXPECT_NE(key(upload("one")), key(upload("two")));
  EXPECT_EQ(lead(upload("one")).answers, (NamedTexts{{"brief", "тз.pdf"}}));
}

TEST(GenericForm, CaughtInTheHoneypotIsIgnored) {
  EXPECT_EQ(decode(form("name=Bot&hp_field=http%3A%2F%2Fspam")).kind(), "ignore");
  EXPECT_EQ(std::get<IgnoreFact>(decode(form("name=Bot&_gotcha=1")).content).reason, "honeypot");
  const SourceSettings own = settings_of("generic", R"({"honeypot":"fax"})");
  EXPECT_EQ(decode(form("name=Bot&fax=1"), own).kind(), "ignore");
  EXPECT_EQ(decode(form("name=A&fax=&hp_field=x"), own).kind(), "lead");
  EXPECT_EQ(decode(form("name=A&hp_field=")).kind(), "lead");
}

TEST(GenericForm, SendsABrowserOnAndAScriptJson) {
  const SourceSettings settings =
      settings_of("generic", R"({"thank_you_url":"https://site.ru/thanks"})");
  Delivery delivery = form("name=A");
  for (const Outcome outcome : {Outcome::kAccepted, Outcome::kDuplicate}) {
    const Answer answer = generic().answer(delivery, settings, outcome);
    EXPECT_EQ(answer.status, 303);
    EXPECT_EQ(answer.headers.back(),
              (std::pair<std::string, std::string>{"Location", "https://site.ru/thanks"}));
  }
  delivery.headers.emplace_back("Accept", "application/json");
  EXPECT_EQ(generic().answer(delivery, settings, Outcome::kAccepted).status, 200);
  EXPECT_EQ(generic().answer(delivery, settings, Outcome::kAccepted).body, R"({"status":"ok"})");
  EXPECT_EQ(generic().answer(json_post("{}"), settings, Outcome::kAccepted).status, 200);
  delivery.headers.back().second = "text/html,application/xhtml+xml,application/json;q=0.9";
  EXPECT_EQ(generic().answer(delivery, settings, Outcome::kAccepted).status, 303);
}

TEST(GenericForm, WithoutAThankYouPageSendsABrowserBackToWhereItWas) {
  Delivery delivery = form("name=A");
  EXPECT_EQ(
      generic().answer(delivery, settings_of("generic"), Outcome::kAccepted).headers.back().second,
      "/");
  delivery.headers.emplace_back("Referer", "javascript:alert(1)");
  EXPECT_EQ(
      generic().answer(delivery, settings_of("generic"), Outcome::kAccepted).headers.back().second,
      "/");
  delivery.headers.back().second = "https://site.ru/form";
  EXPECT_EQ(
      generic().answer(delivery, settings_of("generic"), Outcome::kAccepted).headers.back().second,
      "https://site.ru/form");
}

TEST(GenericForm, AnswersTheQuestionThatABrowserAsksBeforeAScriptPosts) {
  const SourceSettings settings = settings_of(
      "generic", R"({"origins":["https://site.ru"],"auth":{"in":"header","name":"X-Key"}})", "k");
  Delivery question;
  question.method = "OPTIONS";
  question.headers = {{"Origin", "https://site.ru"}};
  EXPECT_TRUE(generic().verify(question, settings).ok());
  const Reception reception = generic().receive(question, settings);
  EXPECT_EQ(reception.kind, Reception::Kind::kChallenge);
  EXPECT_EQ(reception.challenge.status, 204);
  EXPECT_EQ(
      reception.challenge.headers.front(),
      (std::pair<std::string, std::string>{"Access-Control-Allow-Origin", "https://site.ru"}));
  question.headers.back().second = "https://elsewhere.ru";
  EXPECT_EQ(generic().verify(question, settings).status(), 403);
}

TEST(GenericForm, NeedsNoKeyUnlessOneIsSet) {
  EXPECT_TRUE(generic().verify(form("name=A"), settings_of("generic", "{}", "label")).ok());
}

TEST(GenericForm, IsRefusedWhenOneByteOfBodySignatureOrKeyChanges) {
  for (const bool hex : {true, false}) {
    const SourceSettings settings = settings_of(
        "generic",
        std::string(R"({"signature":{"header":"X-Signature","prefix":"sha256=","encoding":")") +
            (hex ? "hex" : "base64") + "\"}}",
        "whsec");
    Delivery delivery = form("name=A&_id=1");
    EXPECT_EQ(generic().verify(delivery, settings).reason, "signature_missing");
    const std::string mac = hmac_sha256("whsec", delivery.body);
    const std::string signature = "sha256=" + (hex ? to_hex(mac) : to_base64(mac));
    delivery.headers.emplace_back("X-Signature", signature);
    ASSERT_TRUE(generic().verify(delivery, settings).ok());
    for (std::size_t i = 0; i < signature.size(); ++i) {
      for (const int bit : {1, 2, 4, 32}) {
        Delivery changed = delivery;
        changed.headers.back().second[i] = static_cast<char>(signature[i] ^ bit);
        EXPECT_EQ(generic().verify(changed, settings).status(), 401)
            << hex << " " << i << " " << bit;
      }
    }
    for (std::size_t i = 0; i < delivery.body.size(); ++i) {
      Delivery changed = delivery;
      changed.body[i] ^= 1;
      EXPECT_EQ(generic().verify(changed, settings).status(), 401) << i;
    }
    SourceSettings other = settings;
    other.secrets[""] = "whsed";
    EXPECT_FALSE(generic().verify(delivery, other).ok());
  }
}

TEST(GenericForm, TakesAKeyAsABearerToken) {
  const SourceSettings settings =
      settings_of("generic", R"({"auth":{"in":"header","name":"Authorization"}})", "tok");
  Delivery delivery = form("name=A");
  delivery.headers.emplace_back("Authorization", "Bearer tok");
  EXPECT_TRUE(generic().verify(delivery, settings).ok());
  delivery.headers.back().second = "Bearer tox";
  EXPECT_FALSE(generic().verify(delivery, settings).ok());
}

TEST(Mapping, PutsFieldsWhereItSays) {
  const SourceSettings settings = settings_of("generic", R"({"currency":"EUR","fields":{
      "name": "who.full",
      "phone": ["who.mobile", "who.tel"],
      "email": {"path": "mail", "transforms": ["trim", "email"]},
      "amount": {"path": "order.total_cents", "transforms": ["money_minor"]},
      "currency": "order.cur",
      "occurred_at": {"path": "sent",
                      "transforms": [{"date": "%d.%m.%Y %H:%M", "zone": "Asia/Omsk"}]},
      "title": {"first_of": ["subject", "topic"], "constant": "Заявка с сайта"},
      "external_id": "order.no",
      "utm_source": {"constant": "landing"},
      "answers.Город": {"path": "[\"Ваш город\"]", "transforms": ["lower"]}}})");
  const Delivery delivery = json_post(
      R"({"who":{"full":"Анна","tel":"89165550177"},"mail":" A@X.RU ","Ваш город":"ОМСК",
          "order":{"no":77,"total_cents":12345,"cur":"USD"},"sent":"05.03.2026 12:00",
          "name":"not this","utm_medium":"cpc"})");
  const Fact fact = decode(delivery, settings);
  EXPECT_EQ(fact.external_id, "77");
  EXPECT_EQ(key(delivery, settings), "form:77");
  EXPECT_EQ(fact.occurred_at->rfc3339(), "2026-03-05T06:00:00.000000Z");
  const auto& read = std::get<LeadFact>(fact.content);
  EXPECT_EQ(read.person.name, "Анна");
  EXPECT_EQ(read.person.phone, "+79165550177");
  EXPECT_EQ(read.person.email, "a@x.ru");
  EXPECT_EQ(read.amount, Money::parse("123.45", "USD").value());
  EXPECT_EQ(read.title, "Заявка с сайта");
  EXPECT_EQ(read.utm, (NamedTexts{{"utm_source", "landing"}, {"utm_medium", "cpc"}}));
  EXPECT_EQ(read.answers, (NamedTexts{{"Город", "омск"}, {"name", "not this"}}));
}

TEST(Mapping, MakesNewsOfADealOfADeliveryThatGivesASignal) {
  const SourceSettings settings = settings_of("generic", R"({"fields":{
      "signal": "event", "deal": "dealog.deal", "email": "customer.email"}})");
  const auto lead = [&](const std::string& body) {
    return std::get<LeadFact>(decode(json_post(body), settings).content);
  };
  const LeadFact named = lead(R"({"event":"order.Shipped","dealog":{"deal":"deal_01"}})");
  EXPECT_EQ(named.signal, "order_shipped");
  EXPECT_EQ(named.deal, "deal_01");
  const LeadFact by_person = lead(R"({"event":"paid","customer":{"email":"a@x.ru"}})");
  EXPECT_EQ(by_person.signal, "paid");
  EXPECT_EQ(by_person.person.email, "a@x.ru");
  EXPECT_TRUE(lead(R"({"customer":{"email":"a@x.ru"}})").signal.empty());
}

TEST(Mapping, SaysWhichFieldItCouldNotRead) {
  const SourceSettings settings = settings_of("generic", R"({"fields":{"name":"n",
      "amount":{"path":"sum","transforms":["money"]},
      "occurred_at":{"path":"at","transforms":[{"date":"iso"}]}}})");
  const auto refusal = [&](const std::string& body) {
    const auto facts = generic().decode(form(body), settings);
    return facts ? Error{} : facts.error();
  };
  EXPECT_EQ(refusal("n=A&sum=lots").code, "invalid_amount");
  EXPECT_NE(refusal("n=A&sum=lots").message.find("amount"), std::string::npos);
  EXPECT_EQ(refusal("n=A&at=soon").code, "invalid_time");
  EXPECT_EQ(refusal("n=A").code, "");
}

TEST(GenericForm, SaysWhatIsWrongWithADelivery) {
  const auto code = [](const Delivery& delivery) {
    const auto facts = generic().decode(delivery, settings_of("generic"));
    return facts ? "accepted" : facts.error().code;
  };
  EXPECT_EQ(code(form("_id=1&hp_field=")), "lead_empty");
  EXPECT_EQ(code(json_post("[]")), "not_a_form");
  EXPECT_EQ(code(json_post(std::string(10'000, '['))), "json_too_deep");
  EXPECT_EQ(code(post("application/xml", "<a/>")), "unsupported_media_type");
  EXPECT_EQ(code(post("multipart/form-data; boundary=B", "--B\r\nContent-Dis")),
            "truncated_multipart");
}

}  // namespace
}  // namespace dealog::connectors
