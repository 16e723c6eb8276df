// Files that mails bring: with their touch, through every service, gone with their person.
#include <ctime>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "tests/e2e/uploads.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::string mail_with(std::string_view id, std::string_view file, std::string_view content) {
  return fmt::format(
      "From: Lukyan <lukyan@bakery.example>\r\nTo: sales@studio.example\r\nSubject: Papers\r\n"
      "Message-ID: <{0}>\r\nDate: Thu, 5 Mar 2026 12:00:00 +0300\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
      "--x\r\nContent-Type: text/plain\r\n\r\nSee the scan\r\n"
      "--x\r\nContent-Type: application/pdf; name=\"{1}\"\r\n"
      "Content-Disposition: attachment; filename=\"{1}\"\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n{2}\r\n--x--\r\n",
      id, file, to_base64(content));
}

std::string mail_hook(Studio& studio) {
  return must(studio.api().post(
                  "/v1/sources",
                  {{"provider", "rfc5322"},
                   {"name", "Mail"},
                   {"settings",
                    {{"country", "RU"}, {"our_addresses", json::array{"@studio.example"}}}}}),
              201)
      .str("/hook_url");
}

void deliver_mail(Studio& studio, const std::string& hook, const std::string& mail) {
  const Answer taken = studio.api().deliver(hook, "message/rfc822", mail);
  ASSERT_EQ(taken.status, 200) << taken.shown();
}

const json::value& touch_of(const Answer& timeline) {
  for (const auto& entry : timeline.items()) {
    if (str(entry, "/type") == "TouchRecorded") return entry;
  }
  throw std::runtime_error("no touch: " + timeline.shown());
}

TEST(MailFiles, AttachmentsLieWithTheTouchThatBroughtThem) {
  Studio studio;
  const std::string hook = mail_hook(studio);
  deliver_mail(studio, hook, mail_with("1@bakery.example", "scan.pdf", kContent));
  // The same mail through another mailbox is the same touch with the same file.
  deliver_mail(studio, mail_hook(studio), mail_with("1@bakery.example", "scan.pdf", kContent));
  const std::string deal = str(studio.api().read("/v1/deals").items().at(0), "/id");
  const Answer shown = studio.api().read("/v1/deals/" + deal);
  ASSERT_THAT(shown.items("/files"), SizeIs(1)) << shown.shown();
  const std::string file = shown.str("/files/0/id");
  EXPECT_EQ(shown.str("/files/0/actor/kind"), "source");
  EXPECT_EQ(must(studio.api().get("/v1/files/" + file), 200).text, kContent);
  const Answer timeline = studio.api().read("/v1/deals/" + deal + "/timeline");
  const json::value& touch = touch_of(timeline);
  EXPECT_EQ(str(touch, "/data/files/0/id"), file);
  EXPECT_EQ(str(touch, "/data/files/0/name"), "scan.pdf");
  EXPECT_EQ(touch.at_pointer("/data/files/0/bytes").to_number<std::size_t>(),
            std::string_view(kContent).size());
  EXPECT_EQ(str(touch, "/data/touch"), shown.str("/files/0/touch"));
  EXPECT_THAT(files_under(studio.server.data()), SizeIs(1));
}

struct PostedMail {
  const char* provider;
  const char* secret;
  const char* content_type;
  std::string body;
  http::ClientHeaders headers = {};
};

std::string form_of(const std::vector<std::pair<std::string, std::string>>& fields,
                    std::string_view file_field) {
  std::string form;
  for (const auto& [name, value] : fields) {
    form += fmt::format("--b\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", name,
                        value);
  }
  return form + fmt::format(
                    "--b\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"scan.pdf\"\r\n"
                    "Content-Type: application/pdf\r\n\r\n{}\r\n--b--\r\n",
                    file_field, kContent);
}

PostedMail postmark_mail() {
  const json::object mail = {
      {"MessageID", "22c74902"},
      {"From", "lukyan@bakery.example"},
      {"FromFull", {{"Email", "lukyan@bakery.example"}, {"Name", "Lukyan"}}},
      {"ToFull", json::array{json::object{{"Email", "sales@studio.example"}}}},
      {"Subject", "Papers"},
      {"TextBody", "See the scan"},
      {"Attachments",
       json::array{json::object{
           {"Name", "scan.pdf"}, {"ContentType", kPdf}, {"Content", to_base64(kContent)}}}}};
  return {"postmark",
          "hook:pass",
          "application/json",
          json::serialize(mail),
          {{"Authorization", "Basic " + to_base64("hook:pass")}}};
}

PostedMail mailgun_mail() {
  const std::string timestamp = std::to_string(std::time(nullptr));
  const std::string token(50, 't');
  return {"mailgun", "signing-key", "multipart/form-data; boundary=b",
          form_of({{"from", "Lukyan <lukyan@bakery.example>"},
                   {"recipient", "sales@studio.example"},
                   {"subject", "Papers"},
                   {"Message-Id", "<1@bakery.example>"},
                   {"body-plain", "See the scan"},
                   {"timestamp", timestamp},
                   {"token", token},
                   {"signature", to_hex(hmac_sha256("signing-key", timestamp + token))}},
                  "attachment-1")};
}

PostedMail sendgrid_mail() {
  return {"sendgrid", "", "multipart/form-data; boundary=b",
          form_of({{"headers", "Message-ID: <2@bakery.example>\n"},
                   {"from", "Lukyan <lukyan@bakery.example>"},
                   {"to", "sales@studio.example"},
                   {"subject", "Papers"},
                   {"text", "See the scan"}},
                  "attachment1")};
}

TEST(MailFiles, EveryServiceThatBringsMailBringsItsFiles) {
  Studio studio;
  std::size_t files = 0;
  for (const auto& mail : {postmark_mail(), mailgun_mail(), sendgrid_mail()}) {
    json::object source = {{"provider", mail.provider}, {"name", mail.provider}};
    if (*mail.secret != '\0') source["secret"] = mail.secret;
    const std::string hook = must(studio.api().post("/v1/sources", source), 201).str("/hook_url");
    const Answer taken = studio.api().deliver(hook, mail.content_type, mail.body, mail.headers);
    ASSERT_EQ(taken.status, 200) << mail.provider << taken.shown();
    const std::string deal = str(studio.api().read("/v1/deals").items().at(0), "/id");
    const auto listed = studio.api().read("/v1/deals/" + deal);
    ASSERT_THAT(listed.items("/files"), SizeIs(++files)) << mail.provider << listed.shown();
    const auto& last = listed.items("/files").back();
    EXPECT_EQ(str(last, "/name"), "scan.pdf") << mail.provider;
    EXPECT_EQ(must(studio.api().get("/v1/files/" + str(last, "/id")), 200).text, kContent);
  }
}

TEST(MailFiles, AMailThatOpensNothingLeavesNoFile) {
  Studio studio;
  const Answer source = must(
      studio.api().post(
          "/v1/sources",
          {{"provider", "rfc5322"}, {"name", "Mail"}, {"settings", {{"newcomers", "ignore"}}}}),
      201);
  deliver_mail(studio, source.str("/hook_url"), mail_with("1@b.example", "a.pdf", kContent));
  EXPECT_TRUE(studio.api().read("/v1/deals").items().empty());
  EXPECT_THAT(files_under(studio.server.data()), SizeIs(0));
}

TEST(MailFiles, GoWithThePersonWhoIsErased) {
  Studio studio;
  deliver_mail(studio, mail_hook(studio), mail_with("1@bakery.example", "quasar.pdf", kContent));
  const std::string deal = str(studio.api().read("/v1/deals").items().at(0), "/id");
  const std::string own =
      must(upload(studio.api(), deal, "ours.pdf", "what we wrote"), 201).str("/id");
  const Answer shown = studio.api().read("/v1/deals/" + deal);
  const std::string file = shown.str("/files/0/id");
  const std::string person = shown.str("/files/0/person");
  const std::string past = std::to_string(studio.api().head());
  ASSERT_EQ(studio.api().post("/v1/people/" + person + "/erase").status, 204);
  const auto expect_gone = [&] {
    expect_problem(studio.api().get("/v1/files/" + file), 404, "file_erased");
    for (const std::string& as_of : {std::string(), "?as_of=" + past}) {
      const Answer after = must(studio.api().get("/v1/deals/" + deal + as_of), 200);
      EXPECT_TRUE(after.at("/files/0/name/erased").as_bool()) << after.shown();
      EXPECT_THAT(after.text, Not(HasSubstr("quasar")));
    }
    EXPECT_EQ(must(studio.api().get("/v1/files/" + own), 200).text, "what we wrote");
    EXPECT_THAT(files_under(studio.server.data()), SizeIs(1));
  };
  studio.api().read("/v1/deals");
  expect_gone();
  studio.kill_and_restart();
  expect_gone();
  ASSERT_EQ(studio.server.terminate(), 0);
  const Finished verified = run_dealog({"verify", "--data", studio.server.data().string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  EXPECT_THAT(verified.output, HasSubstr("checked 2 files, 1 of them erased"));
}

TEST(MailFiles, AnUploadedFileGoesWithThePersonItIsAbout) {
  Studio studio;
  const std::string deal = open_deal(studio.api());
  const std::string person =
      must(studio.api().post("/v1/people", {{"name", "Olga"}, {"email", "o@b.example"}}), 201)
          .str("/id");
  const Answer file =
      must(upload(studio.api(), deal, "a.pdf", kContent, {}, "&person=" + person), 201);
  EXPECT_EQ(file.str("/person"), person);
  ASSERT_EQ(studio.api().post("/v1/people/" + person + "/erase").status, 204);
  expect_problem(studio.api().get("/v1/files/" + file.str("/id")), 404, "file_erased");
  EXPECT_THAT(files_under(studio.server.data()), SizeIs(0));
}

}  // namespace
}  // namespace dealog::e2e
