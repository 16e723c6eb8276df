// Signed heads: the note's form, who may have signed it, and what a log answers to an earlier one.
#include "libs/eventlog/signed_head.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/ed25519.hpp"
#include "libs/eventlog/head_signer.hpp"
#include "libs/eventlog/log_end_mark.hpp"
#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/start_check.hpp"
#include "libs/eventlog/verify.hpp"
#include "tests/support/log_checker.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const std::string kSeed(32, 's');

std::string signed_text(std::string_view text) { return ed25519_sign(kSeed, text); }

TreeHead sample() {
  TreeHead head{.log_id = std::string(16, '\xab'), .epoch = "1", .position = {1042}};
  head.root.fill(7);
  return head;
}

TEST(SignedHead, IsANoteWithACheckpoint) {
  const auto key = ed25519_public_key(kSeed);
  const std::string note = sign_head(sample(), key, signed_text);
  const std::string origin = "dealog/abababababababababababababababab/1";
  EXPECT_TRUE(note.starts_with(origin + "\n1042\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n\n" +
                               "\xe2\x80\x94 " + origin + " "))
      << note;
  EXPECT_EQ(open_head(note, key).value(), sample());
  // The same by code that has nothing in common with this one.
  const auto read = checker::parse_head(note);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->origin, origin);
  EXPECT_EQ(read->size, 1042U);
  EXPECT_EQ(read->root, std::string(32, '\x07'));
  EXPECT_TRUE(checker::signature_holds(*read, verifier_key(sample(), key)));
  EXPECT_EQ(public_key_of(verifier_key(sample(), key)).value(), key);
}

TEST(SignedHead, KeepsOtherSignaturesAndExtensionLines) {
  const auto key = ed25519_public_key(kSeed);
  std::string note = sign_head(sample(), key, signed_text);
  EXPECT_TRUE(open_head(note + "\u2014 witness.example AAAAAAAA\n", key).has_value());
  // A line more under the signature is another text.
  note.insert(note.find("\n\n") + 1, "more\n");
  EXPECT_EQ(open_head(note, key).error().code, "head_forged");
}

TEST(SignedHead, AnyChangedByteIsNoticed) {
  const auto key = ed25519_public_key(kSeed);
  const std::string note = sign_head(sample(), key, signed_text);
  for (std::size_t i = 0; i < note.size(); ++i) {
    std::string changed = note;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open_head(changed, key).has_value()) << i << ": " << changed;
  }
  EXPECT_EQ(open_head(note, ed25519_public_key(std::string(32, 'o'))).error().code, "head_forged");
  for (const char* text : {"", "\n\n", "x\n1\ny\n\n", "dealog/00/1\n1\n\n"}) {
    EXPECT_EQ(open_head(text, key).error().code, "head_unreadable") << text;
  }
  EXPECT_FALSE(public_key_of("dealog+1+2").has_value());
}

TEST(Ed25519, MatchesThePublishedVectors) {  // RFC 8032, 7.1, test 2
  const auto seed =
      from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").value();
  const auto key = ed25519_public_key(seed);
  EXPECT_EQ(to_hex(key), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const auto signature = ed25519_sign(seed, "\x72");
  EXPECT_EQ(to_hex(signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(ed25519_verify(key, "\x72", signature));
  EXPECT_FALSE(ed25519_verify(key, "\x73", signature));
  EXPECT_FALSE(ed25519_verify(key.substr(1), "\x72", signature));
}

class HeadsOfALog : public ::testing::Test {
 protected:
  void open() { log_ = RocksLog::open({.folder = log(), .clock = &clock_}).value(); }
  Result<std::unique_ptr<HeadSigner>> signer() {
    return HeadSigner::open({.log = log_.get(),
                             .public_key = key_,
                             .sign = signed_text,
                             .file = folder_.path() / "signed-head",
                             .interval = std::chrono::milliseconds(5)});
  }
  void append(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(log_->append_and_wait(append_of({{.stream = "d", .id = ++id_}})).has_value());
    }
  }
  // Signs the head that a log of so many events more has, and stops it.
  std::string head_after(int count) {
    open();
    append(count);
    auto heads = signer().value();
    const std::string note = heads->head(log_->head()).value()->note;
    heads.reset();
    log_.reset();
    return note;
  }
  VerifyReport verify(const std::vector<std::string>& notes) {
    VerifyOptions options{.folder = log()};
    for (const auto& note : notes) options.heads.push_back(open_head(note, key_).value());
    return verify_log(options).value();
  }
  fs::path log() const { return folder_.path() / "log"; }

  TemporaryFolder folder_;
  ManualClock clock_{kNoon};
  const std::string key_ = ed25519_public_key(kSeed);
  std::unique_ptr<RocksLog> log_;
  std::uint64_t id_ = 0;
};

TEST_F(HeadsOfALog, AreSignedByThemselvesAndWhenAskedFor) {
  open();
  auto heads = signer().value();
  EXPECT_EQ(heads->head().value()->head.position, Position{0});
  append(3);
  const auto asked = heads->head({3}).value();
  EXPECT_EQ(asked->head.position, Position{3});
  EXPECT_EQ(asked->recorded, kNoon);
  EXPECT_EQ(open_head(asked->note, key_).value(), asked->head);
  append(1);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (heads->head().value()->head.position < Position{4} &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(heads->head().value()->head.position, Position{4});
  append(2);
  heads.reset();  // the last one is signed and written
  log_.reset();
  std::ifstream in(folder_.path() / "signed-head");
  const std::string note((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(open_head(note, key_).value().position, Position{6});
  const auto checked = checker::check_log({.log_folder = log(),
                                           .heads = {note, asked->note},
                                           .verifier_key = verifier_key(asked->head, key_)});
  EXPECT_EQ(checked.text(), "");
}

TEST_F(HeadsOfALog, StillHoldWhenTheLogHasGrown) {
  std::vector<std::string> notes;
  for (int i = 0; i < 6; ++i) notes.push_back(head_after(i));
  const auto report = verify(notes);
  EXPECT_TRUE(report.is_sound()) << report.first->what;
  EXPECT_EQ(report.watermark, Position{15});
  EXPECT_EQ(checker::check_log({.log_folder = log(), .heads = notes}).text(), "");
}

TEST_F(HeadsOfALog, TellALogThatWasRewrittenWhole) {
  const std::string early = head_after(2);
  const std::string late = head_after(3);
  // Whoever has the machine can make all hashes fit, but not the heads that others keep.
  fs::remove_all(log());
  fs::remove(folder_.path() / "log.watermark");
  id_ = 0;
  const auto log_id = open_head(early, key_).value().log_id;
  log_ = RocksLog::open({.folder = log(), .clock = &clock_, .log_id = log_id}).value();
  append(2);
  id_ = 100;
  append(3);
  const auto refused = signer();
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("position 5 or one before it is not what it was"));
  log_.reset();
  EXPECT_TRUE(verify({}).is_sound());
  EXPECT_TRUE(verify({early}).is_sound());
  const auto report = verify({early, late});
  EXPECT_EQ(report.problem_count, 1U);
  EXPECT_EQ(report.first->position, Position{5});
  EXPECT_FALSE(checker::check_log({.log_folder = log(), .heads = {late}}).sound());
}

TEST_F(HeadsOfALog, TellALogThatIsShorter) {
  fs::create_directories(folder_.path());
  head_after(2);
  fs::copy(log(), folder_.path() / "old", fs::copy_options::recursive);
  const std::string note = head_after(3);
  fs::remove_all(log());
  fs::rename(folder_.path() / "old", log());
  {  // its watermark is lost as well, and made anew by somebody who must not
    const auto tables = LogTables::open({.folder = log()}).value();
    const auto log_id = load_log_identity(tables, {}).value().log_id;
    const auto end = check_log_end(tables, log_id).value();
    ASSERT_TRUE(make_watermark(tables, log_id, end).has_value());
  }
  open();
  const auto refused = signer();
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("position 3 is missing"));
  log_.reset();
  const auto report = verify({note});
  EXPECT_EQ(report.first->position, Position{3});
  EXPECT_THAT(report.first->what, HasSubstr("had reached position 5"));
}

TEST_F(HeadsOfALog, OfARestoredLogBearAnotherOriginThanThoseItCameFrom) {
  const std::string at_backup = head_after(2);
  fs::copy(log(), folder_.path() / "backup", fs::copy_options::recursive);
  const std::string lost = head_after(3);
  fs::remove_all(log());
  fs::rename(folder_.path() / "backup", log());
  ASSERT_TRUE(begin_restored_log(log()).has_value());
  id_ = 100;
  const std::string fork = head_after(3);
  EXPECT_NE(open_head(lost, key_).value().origin(), open_head(fork, key_).value().origin());
  EXPECT_TRUE(verify({at_backup, fork}).is_sound());
  const auto report = verify({at_backup, fork, lost});
  ASSERT_FALSE(report.is_sound());
  EXPECT_THAT(report.first->what, HasSubstr("a head of epoch 1 was signed (the log was restored"));
}

TEST_F(HeadsOfALog, AreNotThoseOfAnotherLog) {
  const std::string note = head_after(2);
  fs::remove_all(log());
  fs::remove(folder_.path() / "log.watermark");
  head_after(2);
  const auto report = verify({note});
  ASSERT_EQ(report.problem_count, 1U);
  EXPECT_THAT(report.first->what, HasSubstr("a signed head is of log"));
}

}  // namespace
}  // namespace dealog::testing
