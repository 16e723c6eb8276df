// Somebody outside keeps signed heads and checks the log by them, with nothing of ours but the
// answers: proofs over HTTP while it runs, `dealog verify --head` when it has stopped.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"
#include "tests/e2e/studio.hpp"
#include "tests/support/log_checker.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string bytes(const json::value& text) { return from_base64(text.as_string()).value(); }

std::vector<std::string> hashes(const json::array& texts) {
  std::vector<std::string> out;
  for (const auto& text : texts) out.push_back(bytes(text));
  return out;
}

class LogProofs : public ::testing::Test {
 protected:
  void open_deals(int count) {
    for (int i = 0; i < count; ++i) {
      must(studio_.api().post("/v1/deals", {{"title", "x"}, {"source", "load"}}), 201);
    }
  }
  checker::Head head_now() {
    const Answer answer = must(studio_.api().get("/v1/log/head"), 200);
    key_ = answer.str("/key");
    notes_.push_back(answer.str("/checkpoint"));
    const auto head = checker::parse_head(notes_.back());
    if (!head) throw std::runtime_error("no note: " + answer.shown());
    EXPECT_TRUE(checker::signature_holds(*head, key_)) << answer.shown();
    EXPECT_EQ(head->size, static_cast<std::uint64_t>(answer.number("/position")));
    EXPECT_EQ(head->root, bytes(answer.at("/root")));
    EXPECT_EQ(head->origin, "dealog/" + answer.str("/log_id") + "/" + answer.str("/epoch"));
    return *head;
  }
  void expect_still_true(const checker::Head& then) {
    const Answer answer =
        must(studio_.api().get("/v1/log/consistency?from=" + std::to_string(then.size)), 200);
    const auto now = checker::parse_head(answer.str("/checkpoint"));
    ASSERT_TRUE(now.has_value());
    EXPECT_TRUE(checker::signature_holds(*now, key_));
    EXPECT_EQ(now->origin, then.origin);
    EXPECT_TRUE(checker::consistency_holds(then.size, now->size, hashes(answer.items("/proof")),
                                           then.root, now->root))
        << answer.shown();
  }
  fs::path write(const std::string& name, const std::string& text) {
    const fs::path file = studio_.server.data().parent_path() / name;
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }
  Finished verify(std::vector<std::string> more) {
    more.insert(more.begin(), {"verify", "--data", studio_.server.data().string()});
    return run_dealog(more);
  }

  Studio studio_;
  std::string key_;
  std::vector<std::string> notes_;
};

TEST_F(LogProofs, EveryRecordIsProvenInTheSignedTree) {
  open_deals(3);
  const auto head = head_now();
  for (std::uint64_t position = 1; position <= head.size; ++position) {
    const Answer proof =
        must(studio_.api().get("/v1/log/proof?position=" + std::to_string(position)), 200);
    const auto signed_head = checker::parse_head(proof.str("/checkpoint"));
    ASSERT_TRUE(signed_head && checker::signature_holds(*signed_head, key_));
    const auto leaf = checker::leaf_hash(bytes(proof.at("/record")));
    EXPECT_EQ(leaf, bytes(proof.at("/leaf_hash")));
    EXPECT_TRUE(checker::inclusion_holds(leaf, position - 1, signed_head->size,
                                         hashes(proof.items("/path")), signed_head->root))
        << proof.shown();
  }
  const std::string older = std::to_string(head.size - 2);
  const Answer proof = must(studio_.api().get("/v1/log/proof?position=2&size=" + older), 200);
  EXPECT_TRUE(checker::inclusion_holds(bytes(proof.at("/leaf_hash")), 1, head.size - 2,
                                       hashes(proof.items("/path")), bytes(proof.at("/root"))));
  const Answer note = must(studio_.api().get("/v1/log/head", {{"Accept", "text/plain"}}), 200);
  EXPECT_EQ(note.text, notes_.back());
}

TEST_F(LogProofs, AskForWhatIsThereAndByWhomMayRead) {
  const auto end = std::to_string(studio_.api().head() + 1);
  auto& api = studio_.api();
  expect_problem(api.get("/v1/log/proof"), 400, "invalid_input");
  expect_problem(api.get("/v1/log/proof?position=0"), 400, "invalid_input");
  const Answer wrong = api.get("/v1/log/proof?position=abc");
  expect_problem(wrong, 400, "invalid_input");
  EXPECT_EQ(wrong.body.at("errors").as_array().size(), 1U) << "told once: " << wrong.text;
  expect_problem(api.get("/v1/log/proof?position=" + end), 404, "position_not_found");
  expect_problem(api.get("/v1/log/proof?position=1&size=" + end), 404, "position_not_found");
  expect_problem(api.get("/v1/log/proof?position=2&size=1"), 400, "invalid_input");
  expect_problem(api.get("/v1/log/consistency"), 400, "invalid_input");
  expect_problem(api.get("/v1/log/consistency?from=2&to=1"), 400, "invalid_input");
  expect_problem(api.get("/v1/log/consistency?from=" + end), 404, "position_not_found");
  must(api.get("/v1/log/consistency?from=0&to=0"), 200);
  ApiClient writer = studio_.user_with({"write"});
  for (const char* address :
       {"/v1/log/head", "/v1/log/proof?position=1", "/v1/log/consistency?from=1"}) {
    EXPECT_EQ(writer.get(address).status, 403) << address;
    EXPECT_EQ(ApiClient(studio_.server.port(), "").get(address).status, 401) << address;
  }
}

TEST_F(LogProofs, EarlierHeadsHoldAfterKillsAndInTheStoppedFolder) {
  std::vector<checker::Head> heads;
  for (int round = 0; round < 3; ++round) {
    heads.push_back(head_now());
    open_deals(4);
    heads.push_back(head_now());
    studio_.kill_and_restart();
    for (const auto& head : heads) expect_still_true(head);
  }
  EXPECT_EQ(studio_.server.terminate(), 0);
  const auto note = write("note", notes_.front());
  const auto answer =
      write("answer.json", json::serialize(json::object{{"checkpoint", notes_[2]}}));
  const auto done = verify({"--head", note.string(), "--head", answer.string(), "--key", key_});
  EXPECT_EQ(done.exit_code, 0) << done.output << done.errors;
  EXPECT_THAT(done.output, HasSubstr("the head of position " + std::to_string(heads[0].size)));
  EXPECT_THAT(done.output, HasSubstr("the head of position " + std::to_string(heads[2].size)));
  const auto checked = checker::check_log(
      {.log_folder = studio_.server.data() / "log", .heads = notes_, .verifier_key = key_});
  EXPECT_EQ(checked.text(), "");

  std::string forged = notes_.front();
  forged[forged.find('\n') + 1] = '9';
  const auto refused = verify({"--head", write("forged", forged).string()});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("not signed by this log's key"));
  EXPECT_EQ(verify({"--head", write("none", "hello").string()}).exit_code, 1);
}

TEST_F(LogProofs, ALogThatLostItsEndDoesNotStart) {
  open_deals(2);
  const auto head = head_now();
  const auto note = write("note", notes_.back());
  EXPECT_EQ(studio_.server.terminate(), 0);
  const fs::path log = studio_.server.data() / "log";
  for (const auto& file : fs::directory_iterator(log)) {
    if (file.path().string().ends_with(".log")) fs::remove(file.path());
  }
  const Finished start =
      run_dealog({"serve", "--data", studio_.server.data().string(), "--listen", "127.0.0.1:0"});
  EXPECT_EQ(start.exit_code, 1);
  EXPECT_THAT(start.errors, HasSubstr("position 1 is missing"));
  EXPECT_THAT(start.errors, HasSubstr("had reached position " + std::to_string(head.size)));
  EXPECT_THAT(start.errors, HasSubstr("dealog restore"));
  const auto found = verify({"--head", note.string()});
  EXPECT_EQ(found.exit_code, 1);
  EXPECT_THAT(found.output, HasSubstr("the first at position 1"));
}

TEST_F(LogProofs, ALostWatermarkIsMadeAnewOnlyWhenSomebodyVouchesForTheEnd) {
  open_deals(2);
  EXPECT_EQ(studio_.server.terminate(), 0);
  fs::remove(studio_.server.data() / "log.watermark");
  const Finished start =
      run_dealog({"serve", "--data", studio_.server.data().string(), "--listen", "127.0.0.1:0"});
  EXPECT_EQ(start.exit_code, 1);
  EXPECT_THAT(start.errors, HasSubstr("dealog verify --accept-end"));
  EXPECT_EQ(verify({}).exit_code, 1);
  const auto accepted = verify({"--accept-end"});
  EXPECT_EQ(accepted.exit_code, 0) << accepted.output << accepted.errors;
  EXPECT_EQ(verify({}).exit_code, 0);
  studio_.server.start();
  studio_.api().move_to(studio_.server.port());
  EXPECT_EQ(must(studio_.api().get("/v1/deals?source=load"), 200).items().size(), 2U);
}

}  // namespace
}  // namespace dealog::e2e
