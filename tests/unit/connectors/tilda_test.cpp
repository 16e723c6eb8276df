#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

using testing_support::form;
using testing_support::json_post;
using testing_support::settings_of;

const Provider& tilda() { return *find_provider("tilda"); }

std::string encoded(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string body;
  for (const auto& [name, value] : fields) {
    body += (body.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
  }
  return body;
}

Fact decode(const Delivery& delivery, const SourceSettings& settings = settings_of("tilda")) {
  auto facts = tilda().decode(delivery, settings);
  if (!facts) throw std::runtime_error(facts.error().code + ": " + facts.error().message);
  return facts->at(0);
}

LeadFact lead(const Delivery& delivery, const SourceSettings& settings = settings_of("tilda")) {
  return std::get<LeadFact>(decode(delivery, settings).content);
}

TEST(Tilda, ReadsAFormWithRussianFieldNames) {
  const Delivery delivery = form(encoded({{"ФИО", " Смирнова Ольга "},
                                          {"Телефон", "8 (916) 555-01-77"},
                                          {"ПОЧТА", "Olga@Example.RU "},
                                          {"Комментарий", "Нужен лендинг"},
                                          {"Какой_у_вас_бюджет", "до 300 тысяч"},
                                          {"formid", "form71"},
                                          {"tranid", "801:555"}}));
  const Fact fact = decode(delivery);
  EXPECT_EQ(fact.kind(), "lead");
  EXPECT_EQ(fact.external_id, "801:555");
  EXPECT_EQ(fact.key, "lead:tilda:801:555");
  EXPECT_EQ(fact.occurred_at, std::nullopt);
  const auto& content = std::get<LeadFact>(fact.content);
  EXPECT_EQ(content.person.name, "Смирнова Ольга");
  EXPECT_EQ(content.person.phone, "+79165550177");
  EXPECT_EQ(content.person.phone_raw, "8 (916) 555-01-77");
  EXPECT_TRUE(content.person.phone_valid);
  EXPECT_TRUE(content.person.phone_mobile);
  EXPECT_EQ(content.person.email, "olga@example.ru");
  EXPECT_EQ(content.comment, "Нужен лендинг");
  EXPECT_EQ(content.form_id, "form71");
  EXPECT_EQ(content.answers, (NamedTexts{{"Какой_у_вас_бюджет", "до 300 тысяч"}}));
  EXPECT_EQ(tilda().receive(delivery, settings_of("tilda")).delivery_key, "tilda:801:555");
}

TEST(Tilda, ReadsEnglishNamesInAnyCaseAndSeveralFields) {
  const LeadFact read =
      lead(form("NAME=Ivan&last_name=Petrov&phone=%2B79165550177&E-mail=i%40x.ru"
                "&Phone_2=%2B74957397000&Comments=one&Textarea=two&tranid=1:1"));
  EXPECT_EQ(read.person.name, "Ivan Petrov");
  EXPECT_EQ(read.person.phone, "+79165550177");
  EXPECT_EQ(read.person.email, "i@x.ru");
  EXPECT_EQ(read.comment, "one\ntwo");
  EXPECT_EQ(read.answers, (NamedTexts{{"Phone_2", "+74957397000"}}));
}

TEST(Tilda, KeepsAPhoneThatIsNoneAsTyped) {
  const LeadFact read = lead(form("Name=A&Phone=%D0%B7%D0%B2%D0%BE%D0%BD%D0%B8%D1%82%D0%B5+12"));
  EXPECT_EQ(read.person.phone_raw, "звоните 12");
  EXPECT_EQ(read.person.phone, "+12");
  EXPECT_FALSE(read.person.phone_valid);
}

TEST(Tilda, TakesCampaignMarksFromTheCookieAndPrefersThoseOfTheVisit) {
  const std::string cookies =
      "tildauid=1.2; TILDAUTM=utm_source%3Dold%7C%7C%7Cutm_medium%3Dcpc%7C%7C%7Cutm_campaign%3D"
      "%25D0%25B2%25D0%25B5%25D1%2581%25D0%25BD%25D0%25B0%7C%7C%7C; utm_term=elsewhere";
  const LeadFact read = lead(form(
      encoded({{"Name", "A"}, {"utm_source", "yandex"}, {"COOKIES", cookies}, {"tranid", "1:2"}})));
  EXPECT_EQ(
      read.utm,
      (NamedTexts{{"utm_source", "yandex"}, {"utm_medium", "cpc"}, {"utm_campaign", "весна"}}));
  EXPECT_TRUE(read.answers.empty());
}

TEST(Tilda, ReadsAnOrderWhoseTotalIsNotTheSumOfItsLines) {
  const Delivery delivery = form(encoded({{"Name", "Анна"},
                                          {"payment[orderid]", "1204"},
                                          {"payment[amount]", "3300.5"},
                                          {"payment[products][0][name]", "Футболка"},
                                          {"payment[products][0][quantity]", "2"},
                                          {"payment[products][0][price]", "1500"},
                                          {"payment[products][0][amount]", "3000"},
                                          {"payment[products][0][sku]", "TS-1"},
                                          {"payment[products][0][options][0][option]", "Цвет"},
                                          {"payment[products][0][options][0][variant]", "синий"},
                                          {"payment[products][7][name]", "Доставка"},
                                          {"payment[promocode]", "SPRING"}}));
  const Fact fact = decode(delivery);
  EXPECT_EQ(fact.external_id, "1204");
  const auto& order = std::get<LeadFact>(fact.content);
  EXPECT_EQ(order.amount->decimal(), "3300.50");
  EXPECT_EQ(order.amount->currency.code(), "RUB");
  EXPECT_EQ(order.order_id, "1204");
  ASSERT_EQ(order.lines.size(), 2u);
  EXPECT_EQ(order.lines[0].title, "Футболка");
  EXPECT_EQ(order.lines[0].quantity, "2");
  EXPECT_EQ(order.lines[0].unit_price->decimal(), "1500.00");
  EXPECT_EQ(order.lines[0].amount->decimal(), "3000.00");
  EXPECT_EQ(order.lines[0].options, "Цвет: синий");
  EXPECT_EQ(order.lines[1].title, "Доставка");
  EXPECT_EQ(order.lines[1].amount, std::nullopt);
  EXPECT_EQ(order.answers, (NamedTexts{{"payment[promocode]", "SPRING"}}));
  EXPECT_EQ(tilda().receive(delivery, settings_of("tilda")).delivery_key, "tilda:order:1204");
}

TEST(Tilda, ReadsTheSameOrderFromJsonAndFromJsonInsideAField) {
  const std::string payment = R"({"orderid":1204,"amount":"500","products":["Чашка x 1"]})";
  for (const Delivery& delivery : {json_post(R"({"Name":"A","payment":)" + payment + "}"),
                                   form(encoded({{"Name", "A"}, {"payment", payment}}))}) {
    const LeadFact order = lead(delivery);
    EXPECT_EQ(order.amount->decimal(), "500.00");
    EXPECT_EQ(order.order_id, "1204");
    ASSERT_EQ(order.lines.size(), 1u);
    EXPECT_EQ(order.lines[0].title, "Чашка x 1");
  }
}

TEST(Tilda, WithoutAnyIdKnowsTheSameContentAgain) {
  const auto key = [](const std::string& body) {
    return tilda().receive(form(body), settings_of("tilda")).delivery_key;
  };
  EXPECT_EQ(key("Name=A&Phone=1"), key("Phone=1&Name=A"));
  EXPECT_NE(key("Name=A&Phone=1"), key("Name=A&Phone=2"));
  EXPECT_TRUE(key("Name=A").starts_with("tilda:sha256:"));
}

TEST(Tilda, AnswersTheCheckOnSavingAndStoresNothing) {
  for (const Delivery& ping : {form("test=test"), json_post(R"({"test":"test"})")}) {
    EXPECT_EQ(tilda().receive(ping, settings_of("tilda")).kind, Reception::Kind::kPing);
    const Answer answer = tilda().answer(ping, settings_of("tilda"), Outcome::kPing);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "ok");
    EXPECT_EQ(decode(ping).kind(), "ignore");
  }
  EXPECT_EQ(tilda().receive(form("test=test&Name=A"), settings_of("tilda")).kind,
            Reception::Kind::kStore);
}

TEST(Tilda, IsRefusedWhenOneByteOfTheKeyInAHeaderChanges) {
  const SourceSettings settings =
      settings_of("tilda", R"({"auth":{"in":"header","name":"X-My-Key"}})", "s3cret-key");
  Delivery delivery = form("Name=A");
  EXPECT_EQ(tilda().verify(delivery, settings).reason, "key_missing");
  delivery.headers.emplace_back("x-my-key", "s3cret-key");
  EXPECT_TRUE(tilda().verify(delivery, settings).ok());
  for (std::size_t i = 0; i < 10; ++i) {
    Delivery changed = delivery;
    changed.headers.back().second[i] ^= 1;
    const Verdict verdict = tilda().verify(changed, settings);
    EXPECT_EQ(verdict.status(), 401);
    EXPECT_EQ(verdict.reason, "key_wrong");
  }
  for (const char* key : {"", "s3cret-ke", "s3cret-key1"}) {
    delivery.headers.back().second = key;
    EXPECT_EQ(tilda().verify(delivery, settings).status(), 401) << key;
  }
}

TEST(Tilda, TakesTheKeyAsAFieldAndNeverKeepsIt) {
  const SourceSettings settings =
      settings_of("tilda", R"({"auth":{"in":"field","name":"ключ"}})", "k-77");
  const Delivery delivery = form(encoded({{"Name", "A"}, {"ключ", "k-77"}, {"tranid", "1:3"}}));
  EXPECT_TRUE(tilda().verify(delivery, settings).ok());
  EXPECT_FALSE(tilda().verify(form(encoded({{"Name", "A"}, {"ключ", "k-78"}})), settings).ok());
  EXPECT_FALSE(tilda().verify(form("Name=A"), settings).ok());
  EXPECT_EQ(tilda().verify(json_post("{"), settings).reason, "body_unreadable");
  EXPECT_EQ(boost::json::serialize(normalised(decode(delivery, settings))).find("k-77"),
            std::string::npos);
  const Delivery ping = form(encoded({{"test", "test"}, {"ключ", "k-77"}}));
  EXPECT_EQ(tilda().receive(ping, settings).kind, Reception::Kind::kPing);
}

TEST(Tilda, WithASecretAndNoPlaceLooksIntoTheUsualHeader) {
  const SourceSettings settings = settings_of("tilda", "{}", "k");
  Delivery delivery = form("Name=A");
  EXPECT_FALSE(tilda().verify(delivery, settings).ok());
  delivery.headers.emplace_back("X-Api-Key", "k");
  EXPECT_TRUE(tilda().verify(delivery, settings).ok());
}

TEST(Tilda, SaysWhatIsWrongWithADelivery) {
  const auto code = [](const Delivery& delivery) {
    const auto facts = tilda().decode(delivery, settings_of("tilda"));
    return facts ? "accepted" : facts.error().code;
  };
  EXPECT_EQ(code(form("formid=form1&COOKIES=a%3Db")), "lead_empty");
  EXPECT_EQ(code(form("Name=A&payment[amount]=-5")), "invalid_amount");
  EXPECT_EQ(code(form("Name=A&payment[amount]=9999999999999999")), "amount_out_of_range");
  EXPECT_EQ(code(form("Name=A&payment[amount]=5&payment[currency]=DOGE")), "unknown_currency");
  EXPECT_EQ(code(form("Name=%FF")), "invalid_text");
  EXPECT_EQ(code(json_post("[1]")), "not_a_form");
  EXPECT_EQ(code(json_post(R"({"Name":)")), "malformed_json");
}

TEST(Tilda, StoresWhatItCannotReadUnderItsContent) {
  const Reception reception = tilda().receive(json_post("{\"a\":"), settings_of("tilda"));
  EXPECT_EQ(reception.kind, Reception::Kind::kStore);
  EXPECT_TRUE(reception.delivery_key.starts_with("tilda:sha256:"));
  ASSERT_TRUE(reception.malformed);
  EXPECT_EQ(reception.malformed->code, "malformed_json");
}

}  // namespace
}  // namespace dealog::connectors
