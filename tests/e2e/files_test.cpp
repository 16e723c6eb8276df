// Files that are uploaded: listed, given back, refused, repeated, and what a kill leaves.
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/uploads.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

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

Answer remove(ApiClient& api, const std::string& file, std::string_view reason) {
  return api.send("DELETE", "/v1/files/" + file, {{"reason", reason}});
}

TEST(Files, ADeletedFileIsGoneForGoodAndItsDealSaysSo) {
  Studio studio;
  const std::string deal = open_deal(studio.api());
  const std::string file = must(upload(studio.api(), deal, "quasar.pdf", kContent), 201).str("/id");
  const std::string kept = must(upload(studio.api(), deal, "kept.pdf", "kept"), 201).str("/id");
  const std::string past = std::to_string(studio.api().head());
  expect_problem(remove(studio.api(), file, ""), 400, "invalid_input");
  ApiClient seller = studio.user_with({"read", "write", "personal"});
  expect_problem(remove(seller, file, "mine"), 403, "right_missing");
  must(remove(studio.api(), file, "sent by mistake"), 204);
  const auto expect_gone = [&] {
    const Answer gone = studio.api().get("/v1/files/" + file);
    expect_problem(gone, 404, "file_erased");
    EXPECT_EQ(gone.str("/reason"), "sent by mistake") << gone.shown();
    EXPECT_EQ(gone.str("/deleted_by/kind"), "user");
    for (const std::string& as_of : {std::string(), "?as_of=" + past}) {
      const Answer shown = must(studio.api().get("/v1/deals/" + deal + as_of), 200);
      EXPECT_TRUE(shown.at("/files/0/name/erased").as_bool()) << shown.shown();
      EXPECT_EQ(shown.str("/files/0/deleted/deleted_at"), gone.str("/deleted_at"));
      EXPECT_EQ(shown.str("/files/0/deleted/reason"), "sent by mistake");
      EXPECT_FALSE(has(shown.body, "/files/1/deleted")) << shown.shown();
      EXPECT_EQ(shown.str("/files/1/name"), "kept.pdf");
    }
    EXPECT_EQ(must(studio.api().get("/v1/files/" + kept), 200).text, "kept");
    EXPECT_THAT(files_under(studio.server.data()), SizeIs(1));
  };
  expect_gone();
  expect_problem(remove(studio.api(), file, "again"), 404, "file_erased");
  expect_problem(remove(studio.api(), "fil_01900000-0000-7000-8000-000000000000", "x"), 404,
                 "file_not_found");
  const Answer timeline = studio.api().read("/v1/deals/" + deal + "/timeline");
  EXPECT_THAT(timeline.text, HasSubstr("FileDeleted"));
  EXPECT_THAT(timeline.text, HasSubstr("sent by mistake"));
  studio.kill_and_restart();
  expect_gone();
  ASSERT_EQ(studio.server.terminate(), 0);
  const Finished verified = run_dealog({"verify", "--data", studio.server.data().string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  EXPECT_THAT(verified.output, HasSubstr("checked 2 files, 1 of them erased"));
}

}  // namespace
}  // namespace dealog::e2e
