// Mail: raw, and as Mailgun, Postmark and SendGrid hand it over.
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/connectors/mail/header_words.hpp"
#include "libs/connectors/mail/html_text.hpp"
#include "libs/connectors/mail/mail_date.hpp"
#include "libs/connectors/mail/mail_headers.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

using testing_support::post;
using testing_support::settings_of;

const Provider& rfc5322() { return *find_provider("rfc5322"); }

Fact fact_of(const std::string& eml) {
  auto facts = rfc5322().decode(post("message/rfc822", eml), settings_of("rfc5322"));
  if (!facts) throw std::runtime_error(facts.error().code + ": " + facts.error().message);
  return facts->at(0);
}

MailFact mail_of(const std::string& eml) { return std::get<MailFact>(fact_of(eml).content); }

std::string refusal(const std::string& eml) {
  const auto facts = rfc5322().decode(post("message/rfc822", eml), settings_of("rfc5322"));
  return facts ? "accepted" : facts.error().code;
}

const std::string kHead =
    "From: Oleg <oleg@client.example>\r\nTo: sales@studio.example\r\n"
    "Date: Thu, 5 Mar 2026 12:30:00 +0300\r\nMessage-ID: <q1@client.example>\r\n";

TEST(RawMail, ReadsWhoWroteWhatToWhomAndWhen) {
  const Fact fact = fact_of(
      "From: \"Oleg P.\" <Oleg@Client.Example>\r\nTo: a@studio.example, \"B, C\" "
      "<b@studio.example>\r\n"
      "Cc: Team: c@studio.example;\r\nSubject: Site\r\nDate: Thu, 5 Mar 2026 12:30:00 +0300\r\n"
      "Message-ID: <q1@client.example>\r\nIn-Reply-To: <p0@studio.example>\r\n"
      "References: <r1@x>\r\n <p0@studio.example>\r\n\r\nHello\r\n> you wrote\r\n");
  EXPECT_EQ(fact.kind(), "touch.email");
  EXPECT_EQ(fact.external_id, "<q1@client.example>");
  EXPECT_EQ(fact.key, "email:<q1@client.example>");
  EXPECT_EQ(fact.occurred_at->rfc3339(), "2026-03-05T09:30:00.000000Z");
  const auto& mail = std::get<MailFact>(fact.content);
  EXPECT_EQ(mail.person.name, "Oleg P.");
  EXPECT_EQ(mail.person.email, "oleg@client.example");
  EXPECT_EQ(mail.to, (std::vector<std::string>{"a@studio.example", "b@studio.example"}));
  EXPECT_EQ(mail.cc, std::vector<std::string>{"c@studio.example"});
  EXPECT_EQ(mail.text, "Hello\n> you wrote\n");
  EXPECT_EQ(mail.in_reply_to, "<p0@studio.example>");
  EXPECT_EQ(mail.references, (std::vector<std::string>{"<r1@x>", "<p0@studio.example>"}));
  EXPECT_FALSE(mail.automatic);
}

TEST(RawMail, ReadsOldRussianCharsets) {
  const std::string type = "Content-Type: text/plain; charset=";
  EXPECT_EQ(mail_of(kHead + type + "koi8-r\r\n\r\n\xf0\xd2\xc9\xd7\xc5\xd4").text, "Привет");
  EXPECT_EQ(mail_of(kHead + type + "windows-1251\r\n\r\n\xcf\xf0\xe8\xe2\xe5\xf2").text, "Привет");
  EXPECT_EQ(mail_of(kHead + type + "cp866\r\n\r\n\x8f\xe0\xa8\xa2\xa5\xe2").text, "Привет");
  EXPECT_EQ(mail_of(kHead + type + "cp850\r\n\r\npidi\xa2").text, "pidió");
}

TEST(RawMail, GuessesTheCharsetThatNobodyTold) {
  const std::string ours = "\xc4\xee\xe1\xf0\xfb\xe9 \xe4\xe5\xed\xfc";
  const std::string koi = "\xe4\xcf\xc2\xd2\xd9\xca \xc4\xc5\xce\xd8";
  EXPECT_EQ(mail_of(kHead + "Subject: " + ours + "\r\n\r\n" + ours).text, "Добрый день");
  EXPECT_EQ(mail_of(kHead + "Subject: " + ours + "\r\n\r\nx").subject, "Добрый день");
  EXPECT_EQ(mail_of(kHead + "Subject: " + koi + "\r\n\r\n" + koi).subject, "Добрый день");
  EXPECT_EQ(mail_of(kHead + "\r\n" + koi).text, "Добрый день");
  EXPECT_EQ(mail_of(kHead + "\r\ncaf\xe9 \xe0 Paris").text, "café à Paris");
  // It says UTF-8 and is not.
  EXPECT_EQ(mail_of(kHead + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + ours).text,
            "Добрый день");
}

TEST(RawMail, ReadsEncodedWordsWholeAndBroken) {
  using mail::decode_words;
  EXPECT_EQ(decode_words("=?koi8-r?B?8NLJ18XU?="), "Привет");
  EXPECT_EQ(decode_words("=?win-1251?Q?=CF=F0=E8?="), "При");
  EXPECT_EQ(decode_words("Re: =?utf-8?Q?=D0=9F?= x"), "Re: П x");
  EXPECT_EQ(decode_words("=?utf-8?Q?=D0?=\r\n =?utf-8?Q?=9F=D1=80?="), "Пр") << "split character";
  EXPECT_EQ(decode_words("=?utf-8?Q?a?= =?koi8-r?B?8NLJ?="), "aПри");
  EXPECT_EQ(decode_words("=?utf-8?Q?abc def_=D0=9F?="), "abc def П") << "blank inside";
  EXPECT_EQ(decode_words("=?utf-8?B?0J/RgNC4"), "При") << "no end";
  EXPECT_EQ(decode_words("=?utf-8?B?0J/RgA?="), "Пр") << "no padding";
  EXPECT_EQ(decode_words("=?utf-8*ru?Q?=D0=9F?="), "П");
  EXPECT_EQ(decode_words("=?x-nobody-knows?Q?abc?="), "abc");
  EXPECT_EQ(decode_words("2 =? 3"), "2 =? 3");
  EXPECT_EQ(decode_words("a\r\n\tb"), "a b");
}

TEST(RawMail, ReadsAddressesAsTheyAreWritten) {
  using mail::Mailbox;
  const auto one = [](std::string_view raw) {
    const auto all = mail::parse_mailboxes(raw);
    return all.size() == 1 ? all[0] : Mailbox{std::to_string(all.size()), ""};
  };
  EXPECT_EQ(one("=?utf-8?q?Op=C3=A9ra?= de test <s@example.com>"),
            (Mailbox{"Opéra de test", "s@example.com"}));
  EXPECT_EQ(one("=?utf-8?B?0J/RgNC4LCDRjw==?= <a@b.example>"), (Mailbox{"При, я", "a@b.example"}));
  EXPECT_EQ(one("\"=?utf-8?B?0J/RgNC4?=\" <a@b.example>"), (Mailbox{"При", "a@b.example"}));
  EXPECT_EQ(one("a@b.example (Ivan)"), (Mailbox{"Ivan", "a@b.example"}));
  EXPECT_EQ(one("Ivan a@b.example").address, "a@b.example");
  EXPECT_EQ(one("\xc8\xe2\xe0\xed <a@b.example>"), (Mailbox{"Иван", "a@b.example"}));
  EXPECT_TRUE(mail::parse_mailboxes("undisclosed-recipients:;").empty());
}

TEST(RawMail, ReadsDatesWithOddZones) {
  const auto at = [](std::string_view text) {
    const auto time = mail::parse_mail_date(text, "Europe/Moscow");
    return time ? time->rfc3339().substr(0, 19) : "none";
  };
  EXPECT_EQ(at("Thu, 5 Mar 2026 12:30:00 +0300 (MSK)"), "2026-03-05T09:30:00");
  EXPECT_EQ(at("5 Mar 26 12:30 EST"), "2026-03-05T17:30:00");
  EXPECT_EQ(at("Thu, 5 Mar 2026 12:30:00 UTC"), "2026-03-05T12:30:00");
  EXPECT_EQ(at("Thu, 5 Mar 2026 12:30:00 MSK"), "2026-03-05T09:30:00");
  EXPECT_EQ(at("Thu, 5 Mar 2026 12:30:00 +03:00"), "2026-03-05T09:30:00");
  EXPECT_EQ(at("Thu, 5 Mar 2026 12:30:00 GMT+0300"), "2026-03-05T09:30:00");
  EXPECT_EQ(at("Thu,5 Mar 2026 12:30:00 -0000"), "2026-03-05T12:30:00");
  EXPECT_EQ(at("Thu Mar  5 12:30:00 2026"), "2026-03-05T09:30:00") << "the source's zone";
  EXPECT_EQ(at("2026-03-05T12:30:00Z"), "2026-03-05T12:30:00");
  EXPECT_EQ(at("5-Mar-2026 12:30:00 +0545"), "2026-03-05T06:45:00");
  EXPECT_EQ(at("Thu, 5 Mar 2026 12:30:00 XYZ"), "2026-03-05T12:30:00");
  EXPECT_EQ(at("Thu, 31 Feb 2026 12:30:00 +0300"), "none");
  EXPECT_EQ(at("Thu, 5 Mar 2026 24:30:00 +0300"), "none");
  EXPECT_EQ(at("yesterday"), "none");
  EXPECT_EQ(at(""), "none");
}

TEST(RawMail, MakesTextOfHtml) {
  EXPECT_EQ(
      mail::html_to_text("<html><head><title>t</title><style>b{}</style></head><body><p>A&nbsp;"
                         "&laquo;b&raquo;</p><script>1<2</script><div>c<br>d</div>"
                         "<ul><li>e</li></ul><blockquote>old</blockquote></body>"),
      "A «b»\n\nc\nd\n- e\nold");
  EXPECT_EQ(mail::html_to_text("2 < 3 &amp; &#1055;&#x41; &nosuch; <a title='x>y'>z</a>"),
            "2 < 3 & ПA &nosuch; z");
  EXPECT_EQ(
      mail_of(kHead + "Content-Type: text/html\r\n\r\n<meta charset=koi8-r><b>\xf0\xd2\xc9</b>")
          .text,
      "При");
}

TEST(RawMail, TakesPartsApart) {
  const std::string eml =
      kHead +
      "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n"
      "--out\r\nContent-Type: multipart/related; boundary=rel\r\n\r\n"
      "--rel\r\nContent-Type: multipart/alternative; boundary=alt\r\n\r\n"
      "--alt\r\nContent-Type: text/plain\r\n\r\nPlain\r\n--alt\r\nContent-Type: text/html\r\n\r\n"
      "<b>Rich</b>\r\n--alt--\r\n"
      "--rel\r\nContent-Type: image/png; name=\"l.png\"\r\nContent-ID: <logo@x>\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n--rel--\r\n"
      "--out\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment;\r\n"
      " filename*=utf-8''%D0%A2%D0%97.pdf\r\n\r\nPDF\r\n"
      "--out\r\nContent-Type: text/plain; name=\"=?utf-8?B?0LAudHh0?=\"\r\n\r\nnot the text\r\n"
      "--out\r\nContent-Type: message/rfc822\r\n\r\nSubject: Old\r\nFrom: "
      "x@y.example\r\n\r\ninner\r\n"
      "--out--\r\n";
  const MailFact mail = mail_of(eml);
  EXPECT_EQ(mail.text, "Plain");
  ASSERT_EQ(mail.attachments.size(), 4u);
  EXPECT_EQ(mail.attachments[0].content_id, "logo@x");
  EXPECT_EQ(mail.attachments[0].bytes, "\x89PNG");
  EXPECT_EQ(mail.attachments[0].size, 4u);
  EXPECT_EQ(mail.attachments[1].name, "ТЗ.pdf");
  EXPECT_EQ(mail.attachments[2].name, "а.txt");
  EXPECT_EQ(mail.attachments[3].name, "Old.eml");
  EXPECT_EQ(mail.attachments[3].content_type, "message/rfc822");
  EXPECT_NE(mail.attachments[3].bytes.find("inner"), std::string::npos);
}

TEST(RawMail, TakesTheHtmlWhereThePlainPartIsEmpty) {
  EXPECT_EQ(mail_of(kHead + "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
                            "--b\r\nContent-Type: text/plain\r\n\r\n \r\n"
                            "--b\r\nContent-Type: text/html\r\n\r\n<p>Rich</p>\r\n--b--")
                .text,
            "Rich");
}

TEST(RawMail, KnowsWhatAProgramWrote) {
  for (const auto* mark :
       {"Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <n.example>",
        "Return-Path: <>", "Content-Type: multipart/report; boundary=x", "X-Autoreply: yes"}) {
    EXPECT_TRUE(mail_of(kHead + mark + "\r\n\r\nx").automatic) << mark;
  }
  EXPECT_TRUE(mail_of("From: MAILER-DAEMON@x.example\r\n\r\nx").automatic);
  EXPECT_FALSE(
      mail_of(kHead + "Auto-Submitted: no\r\nReturn-Path: <a@b.example>\r\n\r\nx").automatic);
}

TEST(RawMail, IsKnownByItsContentWithoutAMessageId) {
  const std::string eml = "From: a@b.example\r\nSubject: x\r\n\r\ny";
  const Fact fact = fact_of(eml);
  EXPECT_TRUE(fact.external_id.starts_with("sha256:"));
  EXPECT_FALSE(fact.occurred_at);
  const auto reception = rfc5322().receive(post("message/rfc822", eml), settings_of("rfc5322"));
  EXPECT_EQ(reception.delivery_key, "email:" + fact.external_id);
  const auto form =
      post("multipart/form-data; boundary=b",
           "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.eml\"\r\n\r\n" + eml +
               "\r\n--b--\r\n");
  EXPECT_EQ(rfc5322().receive(form, settings_of("rfc5322")).delivery_key, reception.delivery_key);
}

TEST(RawMail, RefusesWhatIsNoneOrHasNoEnd) {
  EXPECT_EQ(refusal("hello"), "not_a_mail");
  EXPECT_EQ(refusal(""), "not_a_mail");
  std::string deep = kHead;
  for (int i = 0; i < 60; ++i) {
    const std::string b = "b" + std::to_string(i);
    deep += "Content-Type: multipart/mixed; boundary=" + b + "\r\n\r\n--" + b + "\r\n";
  }
  EXPECT_EQ(refusal(deep), "mail_too_deep");
  std::string many = kHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (std::size_t i = 0; i <= kMailParts; ++i) many += "--b\r\n\r\n\r\n";
  EXPECT_EQ(refusal(many), "too_many_mail_parts");
  for (std::size_t i = 0; i <= kMailDashLines; ++i) many += "\n--";
  EXPECT_EQ(refusal(many), "too_many_mail_parts");
  std::string fields = kHead;
  for (std::size_t i = 0; i <= kMailFieldLines; ++i) fields += "a:\n";
  EXPECT_EQ(refusal(fields), "too_many_mail_parts");
}

Delivery mailgun_form(const std::string& fields) {
  // HMAC-SHA256 of "1772709791" "tok-1" with the key "mg-key".
  return post("application/x-www-form-urlencoded",
              "token=older&timestamp=1772709791&token=tok-1&" + fields +
                  "&signature=19dec5eea58ec4d9d2e54bd9ed9e6ed9ec2e1dc0ef0bd50e06a0cd8efaeaa71b");
}

TEST(Mailgun, SignsTimestampAndTokenTheLastOfThem) {
  const auto& mailgun = *find_provider("mailgun");
  const auto settings = settings_of("mailgun", "{}", "mg-key");
  const auto fields =
      testing_support::multipart({{"token", "theirs"},
                                  {"token", "tok-1"},
                                  {"timestamp", "1772709791"},
                                  {"sender", "a@b.example"},
                                  {"signature", to_hex(hmac_sha256("mg-key", "1772709791tok-1"))}});
  EXPECT_TRUE(mailgun.verify(fields, settings).ok());
  EXPECT_EQ(mailgun.receive(fields, settings).delivery_key, "mailgun:tok-1");
  EXPECT_EQ(mailgun.verify(mailgun_form("sender=a"), settings).status(), 401);
  EXPECT_THROW(settings_of("mailgun"), std::runtime_error);
  auto late = settings_of("mailgun", R"({"tolerance_s": 300})", "mg-key");
  auto delivery = fields;
  delivery.received_at = Timestamp{1'772'709'791'000'000} + std::chrono::minutes(6);
  EXPECT_EQ(mailgun.verify(delivery, late).reason, "timestamp_out_of_range");
  delivery.received_at = Timestamp{1'772'709'791'000'000} + std::chrono::minutes(4);
  EXPECT_TRUE(mailgun.verify(delivery, late).ok());
}

TEST(Mailgun, ReadsAParsedMailWithFiles) {
  const auto& mailgun = *find_provider("mailgun");
  const auto settings = settings_of("mailgun", "{}", "mg-key");
  auto delivery = post(
      "multipart/form-data; boundary=b",
      "--b\r\nContent-Disposition: form-data; name=\"message-headers\"\r\n\r\n"
      R"([["From","Oleg <oleg@client.example>"],["To","s@studio.example"],)"
      R"(["Date","Thu, 5 Mar 2026 12:30:00 +0300"],["Message-Id","<m7@client.example>"],)"
      R"(["Subject","Site"],["In-Reply-To","<m6@studio.example>"]])"
      "\r\n--b\r\nContent-Disposition: form-data; name=\"body-plain\"\r\n\r\n\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"body-html\"\r\n\r\n<p>Привет</p>\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"content-id-map\"\r\n\r\n"
      R"({"":"", "":"x", "<pic@1>":"attachment-1"})"
      "\r\n--b\r\nContent-Disposition: form-data; name=\"attachment-1\"; filename=\"a.png\"\r\n"
      "Content-Type: image/png\r\n\r\nPNG\r\n--b--\r\n");
  const auto facts = mailgun.decode(delivery, settings).value();
  EXPECT_EQ(facts[0].external_id, "<m7@client.example>");
  const auto& mail = std::get<MailFact>(facts[0].content);
  EXPECT_EQ(mail.text, "Привет");
  EXPECT_EQ(mail.person.email, "oleg@client.example");
  EXPECT_EQ(mail.in_reply_to, "<m6@studio.example>");
  ASSERT_EQ(mail.attachments.size(), 1u);
  EXPECT_EQ(mail.attachments[0].content_id, "pic@1");
  EXPECT_EQ(mail.attachments[0].bytes, "PNG");
  EXPECT_EQ(mailgun.answer(delivery, settings, Outcome::kDuplicate).status, 200);
}

TEST(Mailgun, RefusesForGoodWhatIsNoMail) {
  const auto& mailgun = *find_provider("mailgun");
  const auto settings = settings_of("mailgun", "{}", "mg-key");
  const auto delivery = mailgun_form("x=1");
  EXPECT_EQ(mailgun.answer(delivery, settings, Outcome::kAccepted).status, 406);
  EXPECT_EQ(mailgun.decode(delivery, settings).error().code, "field_missing");
  const auto event = testing_support::json_post(
      R"({"signature":{"timestamp":"1","token":"t9","signature":"x"},"event-data":{}})");
  EXPECT_EQ(mailgun.receive(event, settings).delivery_key, "mailgun:t9");
  EXPECT_EQ(mailgun.decode(event, settings).value()[0].kind(), "ignore");
}

TEST(Mailgun, FetchesAMailThatIsOnlyStored) {
  const auto& mailgun = *find_provider("mailgun");
  const boost::json::object secret{{"", "mg-key"}, {"api", "key-9"}};
  const auto settings = settings_of("mailgun", "{}", secret);
  const std::string url = "https://storage-eu.api.mailgun.net/v3/domains/mg.example/messages/AAE1";
  const auto event = testing_support::json_post(
      R"({"signature":{"timestamp":"1","token":"t9","signature":"x"},"event-data":{"event":"stored",
          "timestamp":1772709791.25,"storage":{"url":")" +
      url + R"(","key":"AAE1"},"message":{"headers":{"message-id":"m8@client.example",
          "from":"Oleg <oleg@client.example>","to":"s@studio.example","subject":"Site"}}}})");
  const Fact told = mailgun.decode(event, settings).value().at(0);
  ASSERT_TRUE(told.fetch);
  EXPECT_EQ(told.external_id, "<m8@client.example>");
  EXPECT_EQ(told.occurred_at->rfc3339(), "2026-03-05T11:23:11.000000Z");
  const auto request = mailgun.ask(*told.fetch, settings).value();
  EXPECT_EQ(request.url, url);
  EXPECT_EQ(request.headers.at(0).second, "Basic " + to_base64("api:key-9"));
  auto answer = testing_support::json_post(
      R"({"From":"Oleg <oleg@client.example>","recipients":"s@studio.example","Subject":"Site",
          "message-headers":[["Message-Id","<m8@client.example>"],["From","oleg@client.example"],
          ["Date","Thu, 5 Mar 2026 12:30:00 +0300"]],"body-plain":"Привет","attachments":[
          {"url":"https://storage-eu.api.mailgun.net/a/0","name":"a.pdf","size":7,
           "content-type":"application/pdf"}]})");
  answer.suffix = "/fetched/mail";
  const Fact fetched = mailgun.decode(answer, settings).value().at(0);
  EXPECT_EQ(fetched.key, told.key);
  const auto& mail = std::get<MailFact>(fetched.content);
  EXPECT_EQ(mail.text, "Привет");
  EXPECT_EQ(mail.person.email, "oleg@client.example");
  ASSERT_EQ(mail.attachments.size(), 1u);
  EXPECT_EQ(mail.attachments[0].name, "a.pdf");
  // The same of a route that stores and tells only where.
  const auto route =
      mailgun_form("sender=oleg%40client.example&message-url=" + percent_encode(url));
  EXPECT_EQ(mailgun.decode(route, settings).value().at(0).fetch->id, url);
  const auto elsewhere =
      mailgun_form("sender=a%40b.example&message-url=https%3A%2F%2Fevil.example");
  EXPECT_FALSE(mailgun.decode(elsewhere, settings).value().at(0).fetch);
  EXPECT_EQ(mailgun.ask({"mail", "https://evil.example/x", ""}, settings).error().code,
            "address_not_theirs");
  const auto keyless = settings_of("mailgun", "{}", "mg-key");
  EXPECT_FALSE(mailgun.decode(route, keyless).value().at(0).fetch);
}

TEST(Mailgun, ReadsARawMailAtAMimeAddress) {
  const auto& mailgun = *find_provider("mailgun");
  const auto settings = settings_of("mailgun", "{}", "mg-key");
  const auto delivery = testing_support::multipart(
      {{"token", "tok-2"}, {"body-mime", kHead + "Subject: Raw\r\n\r\nBody\r\n"}});
  EXPECT_EQ(mailgun.receive(delivery, settings).delivery_key, "mailgun:tok-2:mime");
  const auto facts = mailgun.decode(delivery, settings).value();
  EXPECT_EQ(std::get<MailFact>(facts[0].content).subject, "Raw");
}

TEST(Postmark, ReadsAMailAsJson) {
  const auto& postmark = *find_provider("postmark");
  const auto settings = settings_of("postmark", "{}", "hook:pass");
  auto delivery = testing_support::json_post(
      R"({"FromFull":{"Email":"Oleg@Client.example","Name":"Олег"},
          "ToFull":[{"Email":"s@studio.example"}],
          "CcFull":[],"Subject":"Сайт","MessageID":"pm-1",
          "Date":"Thu, 5 Mar 2026 12:30:00 +0300",
          "TextBody":"","HtmlBody":"<div>Текст</div>",
          "Headers":[{"Name":"Message-Id","Value":"<p1@client.example>"},
                     {"Name":"References","Value":"<p0@client.example>"}],
          "Attachments":[{"Name":"a.txt","Content":"SGk=","ContentType":"text/plain",
                          "ContentLength":2,"ContentID":"<i1>"}]})");
  delivery.headers.emplace_back("Authorization", "Basic " + to_base64("hook:pass"));
  EXPECT_TRUE(postmark.verify(delivery, settings).ok());
  EXPECT_EQ(postmark.receive(delivery, settings).delivery_key, "postmark:pm-1");
  const auto facts = postmark.decode(delivery, settings).value();
  EXPECT_EQ(facts[0].external_id, "<p1@client.example>");
  EXPECT_EQ(facts[0].occurred_at->rfc3339(), "2026-03-05T09:30:00.000000Z");
  const auto& mail = std::get<MailFact>(facts[0].content);
  EXPECT_EQ(mail.person.name, "Олег");
  EXPECT_EQ(mail.provider_message_id, "pm-1");
  EXPECT_EQ(mail.text, "Текст");
  EXPECT_EQ(mail.attachments[0].bytes, "Hi");
  EXPECT_EQ(mail.attachments[0].content_id, "i1");
  EXPECT_EQ(mail.references.size(), 1u);
  delivery.headers.back().second = "Basic " + to_base64("hook:pasS");
  EXPECT_EQ(postmark.verify(delivery, settings).status(), 401);
  delivery.headers.pop_back();
  EXPECT_EQ(postmark.verify(delivery, settings).reason, "key_missing");
}

TEST(Postmark, NeedsALoginOrItsNetworks) {
  EXPECT_THROW(settings_of("postmark"), std::runtime_error);
  const auto settings = settings_of("postmark", R"({"networks":"provider"})");
  auto delivery = testing_support::json_post("{}");
  delivery.remote_ip = "203.0.113.9";
  EXPECT_EQ(find_provider("postmark")->verify(delivery, settings).status(), 403);
  delivery.remote_ip = "50.31.156.6";
  EXPECT_TRUE(find_provider("postmark")->verify(delivery, settings).ok());
}

TEST(Postmark, PassesByReportsAndNamesABadAttachment) {
  const auto& postmark = *find_provider("postmark");
  const auto settings = settings_of("postmark", "{}", "a:b");
  const auto bounce = testing_support::json_post(R"({"RecordType":"Bounce","MessageID":"m"})");
  EXPECT_EQ(postmark.decode(bounce, settings).value()[0].kind(), "ignore");
  const auto broken = testing_support::json_post(
      R"({"From":"a@b.example","Attachments":[{"Name":"a","Content":"?"}]})");
  EXPECT_EQ(postmark.decode(broken, settings).error().message,
            "Attachments[0].Content is not base64");
}

TEST(SendGrid, ReadsEveryFieldInItsOwnCharset) {
  const auto& sendgrid = *find_provider("sendgrid");
  const auto settings = settings_of("sendgrid");
  const auto delivery = testing_support::multipart(
      {{"headers", "Date: Thu, 5 Mar 2026 12:30:00 +0300\nMessage-ID: <s1@client.example>\n"},
       {"from", "\xef\xcc\xc5\xc7 <oleg@client.example>"},
       {"to", "s@studio.example"},
       {"subject", "\xd1\xe0\xe9\xf2"},
       {"text", "\x91\xa0\xa9\xe2\r\n"},
       {"dkim", "{@client.example : pass}"},
       {"charsets", R"({"from":"koi8-r","subject":"windows-1251","text":"ibm866"})"}});
  EXPECT_EQ(sendgrid.receive(delivery, settings).delivery_key, "sendgrid:<s1@client.example>");
  const auto facts = sendgrid.decode(delivery, settings).value();
  const auto& mail = std::get<MailFact>(facts[0].content);
  EXPECT_EQ(mail.person.name, "Олег");
  EXPECT_EQ(mail.subject, "Сайт");
  EXPECT_EQ(mail.text, "Сайт\n");
  EXPECT_EQ(facts[0].occurred_at->rfc3339(), "2026-03-05T09:30:00.000000Z");
}

TEST(SendGrid, ReadsARawMailAndFilesWithTheirInfo) {
  const auto& sendgrid = *find_provider("sendgrid");
  const auto settings = settings_of("sendgrid");
  const auto raw = testing_support::multipart({{"email", kHead + "Subject: Raw\r\n\r\nBody"}});
  EXPECT_EQ(std::get<MailFact>(sendgrid.decode(raw, settings).value()[0].content).subject, "Raw");
  const auto parsed =
      post("multipart/form-data; boundary=b",
           "--b\r\nContent-Disposition: form-data; name=\"from\"\r\n\r\na@b.example\r\n"
           "--b\r\nContent-Disposition: form-data; name=\"attachment-info\"\r\n\r\n"
           R"({"attachment1":{"filename":"тз.pdf","type":"application/pdf","content-id":"c1"}})"
           "\r\n--b\r\nContent-Disposition: form-data; name=\"attachment1\"; "
           "filename=\"x\"\r\n\r\nPDF\r\n"
           "--b--\r\n");
  const auto facts = sendgrid.decode(parsed, settings).value();
  const auto& mail = std::get<MailFact>(facts[0].content);
  EXPECT_EQ(mail.attachments[0].name, "тз.pdf");
  EXPECT_EQ(mail.attachments[0].content_id, "c1");
  EXPECT_TRUE(facts[0].external_id.starts_with("sha256:"));
}

}  // namespace
}  // namespace dealog::connectors
