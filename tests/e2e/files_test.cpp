// Files that lie with deals: uploaded, brought by mails, erased, backed up, and what a kill leaves.
#include <fstream>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"
#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kPdf = "application/pdf";
// Found nowhere else, so that looking for it proves something.
constexpr const char* kContent = "%PDF-1.7 passport of Zykov-Quasar";

std::string open_deal(ApiClient& api) {
  return must(api.post("/v1/deals", {{"title", "Site"}, {"source", "fair"}}), 201).str("/id");
}

Answer upload(ApiClient& api, const std::string& deal, std::string_view name,
              std::string_view content, http::ClientHeaders headers = {},
              const std::string& more = "") {
  headers.emplace_back("Content-Type", kPdf);
  return api.request("POST", "/v1/deals/" + deal + "/files?name=" + percent_encode(name) + more,
                     content, std::move(headers));
}

std::vector<fs::path> files_under(const fs::path& data) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(data / "files")) {
    if (entry.is_regular_file()) found.push_back(entry.path());
  }
  return found;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string bytes_under(const fs::path& folder) {
  std::string bytes;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += bytes_of(entry.path());
  }
  return bytes;
}

TEST(Files, AnUploadedFileIsListedWithItsDealAndGivenBack) {
  Studio studio;
  const std::string deal = open_deal(studio.api());
  const std::string before = std::to_string(studio.api().head());
  const Answer file = must(upload(studio.api(), deal, "Скан паспорта.pdf", kContent), 201);
  EXPECT_EQ(file.str("/name"), "Скан паспорта.pdf");
  EXPECT_EQ(file.str("/media_type"), kPdf);
  EXPECT_EQ(file.number("/bytes"), static_cast<std::int64_t>(std::string_view(kContent).size()));
  EXPECT_GT(file.position(), 0u);

  const Answer shown = studio.api().read("/v1/deals/" + deal);
  ASSERT_THAT(shown.items("/files"), SizeIs(1));
  EXPECT_EQ(shown.str("/files/0/id"), file.str("/id"));
  EXPECT_EQ(shown.str("/files/0/name"), "Скан паспорта.pdf");
  EXPECT_EQ(shown.str("/files/0/actor/kind"), "user");
  EXPECT_TRUE(studio.api().read("/v1/deals/" + deal + "?as_of=" + before).items("/files").empty());
  EXPECT_THAT(studio.api().read("/v1/deals/" + deal + "/timeline").text, HasSubstr("FileAttached"));

  const std::string target = "/v1/files/" + file.str("/id");
  const Answer content = must(studio.api().get(target), 200);
  EXPECT_EQ(content.text, kContent);
  EXPECT_EQ(content.headers.get("Content-Type"), kPdf);
  EXPECT_EQ(content.headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(std::string(content.headers.get("Content-Security-Policy")), HasSubstr("sandbox"));
  EXPECT_THAT(std::string(content.headers.get("Content-Disposition")),
              HasSubstr("attachment; filename=\"____"));
  EXPECT_THAT(std::string(content.headers.get("Content-Disposition")),
              HasSubstr("filename*=UTF-8''" + percent_encode("Скан паспорта.pdf")));
  const Answer part = must(studio.api().get(target, {{"Range", "bytes=1-3"}}), 206);
  EXPECT_EQ(part.text, "PDF");
  must(studio.api().get(target, {{"If-None-Match", content.etag()}}), 304);
  EXPECT_EQ(bytes_under(studio.server.data()).find("Zykov-Quasar"), std::string::npos)
      << "neither log nor views nor files hold it in clear";
}

TEST(Files, AFormBringsOneFile) {
  Studio studio;
  const std::string deal = open_deal(studio.api());
  const auto form = [](std::string_view parts) {
    return fmt::format(
        "--b\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\nhi\r\n{}--b--\r\n", parts);
  };
  const std::string one =
      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\scans\\page.html\"\r\n"
      "Content-Type: text/html; charset=utf-8\r\n\r\n<script>alert(1)</script>\r\n";
  const auto post = [&](const std::string& body) {
    return studio.api().request("POST", "/v1/deals/" + deal + "/files", body,
                                {{"Content-Type", "multipart/form-data; boundary=b"}});
  };
  const Answer file = must(post(form(one)), 201);
  EXPECT_EQ(file.str("/name"), "page.html");
  const Answer content = must(studio.api().get("/v1/files/" + file.str("/id")), 200);
  EXPECT_EQ(content.text, "<script>alert(1)</script>");
  EXPECT_THAT(std::string(content.headers.get("Content-Disposition")), HasSubstr("attachment"))
      << "what a stranger sent is never shown in our own name";
  expect_problem(post(form(one + one)), 400, "invalid_input");
  expect_problem(post(form("")), 400, "invalid_input");
  expect_problem(post("--b\r\ncut off"), 400, "truncated_multipart");
}

TEST(Files, WrongOnesAreRefusedAndLeaveNothing) {
  Studio studio;
  const std::string deal = open_deal(studio.api());
  expect_problem(upload(studio.api(), deal, "", kContent), 400, "invalid_input");
  expect_problem(upload(studio.api(), deal, "..", kContent), 400, "invalid_input");
  expect_problem(upload(studio.api(), deal, std::string(256, 'n'), kContent), 400, "invalid_input");
  expect_problem(upload(studio.api(), deal, "a.pdf", ""), 400, "invalid_input");
  expect_problem(upload(studio.api(), deal, "a.pdf", kContent, {}, "&nonsense=1"), 400,
                 "invalid_input");
  const std::string nobody = "per_" + std::string(32, '1');
  expect_problem(upload(studio.api(), deal, "a.pdf", kContent, {}, "&person=" + nobody), 404,
                 "person_not_found");
  expect_problem(upload(studio.api(), "deal_" + std::string(32, '1'), "a.pdf", kContent), 404,
                 "deal_not_found");
  expect_problem(studio.api().get("/v1/files/fil_" + std::string(32, '1')), 404, "file_not_found");
  expect_problem(studio.api().get("/v1/files/..%2ferasures"), 400, "invalid_path");
  expect_problem(studio.api().get("/v1/files/erasures"), 404, "file_not_found");
  EXPECT_THAT(files_under(studio.server.data()), SizeIs(0));
}

TEST(Files, RightsAreAskedForBeforeAnythingLargeIsRead) {
  Studio studio;
  const std::string deal = open_deal(studio.api());
  const std::string large(8 << 20, 'x');
  const Answer file = must(upload(studio.api(), deal, "a.bin", large), 201);
  const std::string target = "/v1/files/" + file.str("/id");
  EXPECT_EQ(must(studio.api().get(target), 200).text, large);
  ApiClient reader = studio.user_with({"read"});
  expect_problem(reader.get(target), 403, "right_missing");
  expect_problem(upload(reader, deal, "a.bin", "x"), 403, "right_missing");
  EXPECT_TRUE(must(reader.get("/v1/deals/" + deal), 200).at("/files/0/name/masked").as_bool());
  ApiClient stranger(studio.server.port(), "dlg_wrong");
  expect_problem(upload(stranger, deal, "a.bin", "x"), 401, "invalid_token");
  // Whoever may not upload may not fill the memory either.
  expect_problem(upload(reader, deal, "a.bin", large), 413, "body_too_large");
  expect_problem(upload(stranger, deal, "a.bin", large), 413, "body_too_large");
  EXPECT_THAT(files_under(studio.server.data()), SizeIs(1));
}

TEST(Files, TheSameRequestAgainAttachesOneFile) {
  Studio studio;
  const std::string deal = open_deal(studio.api());
  const http::ClientHeaders key = {{"Idempotency-Key", "upload-1"}};
  const Answer first = must(upload(studio.api(), deal, "a.pdf", kContent, key), 201);
  const Answer again = must(upload(studio.api(), deal, "a.pdf", kContent, key), 201);
  EXPECT_EQ(first.text, again.text);
  EXPECT_EQ(first.position(), again.position());
  expect_problem(upload(studio.api(), deal, "a.pdf", "another", key), 422,
                 "idempotency_key_reused");
  studio.kill_and_restart();
  EXPECT_EQ(must(upload(studio.api(), deal, "a.pdf", kContent, key), 201).text, first.text);
  EXPECT_THAT(files_under(studio.server.data()), SizeIs(1)) << "what was refused went again";
  EXPECT_THAT(studio.api().read("/v1/deals/" + deal).items("/files"), SizeIs(1));
}

// ---- mails ----

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

// ---- backups, and what is missing ----

struct Drill {
  Studio studio;
  testing_support::TempFolder folder;
  std::string deal = open_deal(studio.api());

  std::string attach(const std::string& name, const std::string& content,
                     const std::string& more = "") {
    return must(upload(studio.api(), deal, name, content, {}, more), 201).str("/id");
  }
  fs::path backups() const { return folder.path() / "backups"; }
  fs::path restored() const { return folder.path() / "restored"; }
  Finished back_up() {
    return run_dealog({"backup", backups().string(), "--data", studio.server.data().string()});
  }
  std::vector<fs::path> taken() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(backups())) {
      if (fs::exists(entry.path() / "manifest.json")) all.push_back(entry.path());
    }
    std::ranges::sort(all);
    return all;
  }
  Finished verify(const fs::path& data) const {
    return run_dealog({"verify", "--data", data.string()});
  }
  Finished restore(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"restore", backups().string(), restored().string()});
    return run_dealog(more);
  }
};

TEST(FileBackups, BringFilesBackAndCopyOnlyNewOnes) {
  Drill drill;
  const std::string first = drill.attach("a.pdf", "first");
  ASSERT_EQ(drill.back_up().exit_code, 0);
  const std::string then = std::to_string(drill.studio.api().head());
  const std::string second = drill.attach("b.pdf", "second");
  const Finished done = drill.back_up();
  ASSERT_EQ(done.exit_code, 0) << done.output << done.errors;
  const auto backups = drill.taken();
  ASSERT_EQ(backups.size(), 2u);
  const fs::path known = files_under(backups[0]).at(0);
  EXPECT_TRUE(fs::equivalent(known, backups[1] / "files" / known.filename()));
  EXPECT_THAT(bytes_of(backups[1] / "manifest.json"), HasSubstr(known.filename().string()));
  for (const auto& backup : backups) {
    const Finished verified = drill.verify(backup);
    EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  }
  const std::string token = drill.studio.server.owner_token();
  drill.studio.server.kill();
  fs::remove_all(drill.studio.server.data());
  {
    const Finished restored = drill.restore();
    ASSERT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
    DealogProcess server(drill.restored());
    server.start();
    ApiClient api(server.port(), token);
    EXPECT_EQ(must(api.get("/v1/files/" + first), 200).text, "first");
    EXPECT_EQ(must(api.get("/v1/files/" + second), 200).text, "second");
  }
  fs::remove_all(drill.restored());
  // Cut before the second: its file has no event any more and is not there.
  const Finished cut = drill.restore({"--to", then});
  ASSERT_EQ(cut.exit_code, 0) << cut.output << cut.errors;
  EXPECT_THAT(files_under(drill.restored()), SizeIs(1));
  EXPECT_EQ(drill.verify(drill.restored()).exit_code, 0);
}

TEST(FileBackups, WhatWasErasedSinceDoesNotComeBack) {
  Drill drill;
  const std::string person =
      must(drill.studio.api().post("/v1/people", {{"name", "Olga"}}), 201).str("/id");
  const std::string file = drill.attach("a.pdf", kContent, "&person=" + person);
  drill.attach("b.pdf", "stays");
  ASSERT_EQ(drill.back_up().exit_code, 0);
  ASSERT_EQ(drill.studio.api().post("/v1/people/" + person + "/erase").status, 204);
  ASSERT_EQ(drill.back_up().exit_code, 0);
  const Finished restored = drill.restore({"--backup", drill.taken().front().filename().string()});
  ASSERT_EQ(restored.exit_code, 0) << restored.output << restored.errors;
  EXPECT_THAT(files_under(drill.restored()), SizeIs(1));
  const Finished verified = drill.verify(drill.restored());
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  DealogProcess server(drill.restored());
  server.start();
  ApiClient api(server.port(), drill.studio.server.owner_token());
  expect_problem(api.get("/v1/files/" + file), 404, "file_erased");
}

TEST(FileBackups, AFileThatIsMissingOrDamagedIsNamedByItsPosition) {
  Drill drill;
  const std::string position = std::to_string(
      must(upload(drill.studio.api(), drill.deal, "a.pdf", kContent), 201).position());
  ASSERT_EQ(drill.back_up().exit_code, 0);
  drill.studio.server.terminate();
  const fs::path file = files_under(drill.studio.server.data()).at(0);
  const std::string whole = bytes_of(file);
  std::string changed = whole;
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  std::ofstream(file, std::ios::binary) << changed;
  const Finished damaged = drill.verify(drill.studio.server.data());
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_THAT(damaged.output, HasSubstr("position " + position + " attached"));
  EXPECT_THAT(damaged.output, HasSubstr("other bytes"));
  fs::remove(file);
  EXPECT_THAT(drill.verify(drill.studio.server.data()).output, HasSubstr("is not in files/"));
  // The rest of the company is backed up all the same, and the loss is said.
  const Finished told = drill.back_up();
  EXPECT_EQ(told.exit_code, 1);
  EXPECT_THAT(told.output, HasSubstr("is not in files/"));
  EXPECT_THAT(drill.taken(), SizeIs(2));
  // In a backup every byte counts as well.
  const fs::path kept = files_under(drill.taken().front()).at(0);
  std::ofstream(kept, std::ios::binary) << changed;
  EXPECT_THAT(run_dealog({"backup", drill.backups().string(), "--check"}).output,
              HasSubstr(kept.filename().string()));
}

// ---- kill -9 ----

TEST(FilesUnderKills, WhatWasAnsweredIsThereAndNothingElseIs) {
  Studio studio;
  const std::string deal = open_deal(studio.api());
  std::vector<std::pair<std::string, std::string>> answered;
  for (int round = 0; round < 4; ++round) {
    std::vector<std::thread> clients;
    std::mutex mutex;
    for (int client = 0; client < 3; ++client) {
      clients.emplace_back([&, client] {
        ApiClient api(studio.server.port(), studio.server.owner_token());
        for (int i = 0;; ++i) {
          const std::string content =
              fmt::format("{}-{}-{} {}", round, client, i, std::string(100'000, 'x'));
          try {
            const Answer taken = upload(api, deal, "a.bin", content);
            if (taken.status != 201) return;
            const std::scoped_lock lock(mutex);
            answered.emplace_back(taken.str("/id"), content);
          } catch (const std::exception&) {
            return;  // killed
          }
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    studio.server.kill();
    for (auto& client : clients) client.join();
    studio.server.start();
    studio.api().move_to(studio.server.port());
  }
  ASSERT_FALSE(answered.empty());
  for (const auto& [id, content] : answered) {
    ASSERT_EQ(must(studio.api().get("/v1/files/" + id), 200).text, content);
  }
  const auto listed = studio.api().read("/v1/deals/" + deal).items("/files").size();
  EXPECT_GE(listed, answered.size());
  ASSERT_EQ(studio.server.terminate(), 0);
  EXPECT_THAT(files_under(studio.server.data()), SizeIs(listed))
      << "a file without an event was removed at the start";
  const Finished verified = run_dealog({"verify", "--data", studio.server.data().string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
}

}  // namespace
}  // namespace dealog::e2e
