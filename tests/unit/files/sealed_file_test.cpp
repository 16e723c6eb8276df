#include "libs/files/sealed_file.hpp"

#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/support/memory_key_ring.hpp"

namespace dealog {
namespace {

constexpr std::string_view kSubject = "fil_0190f1c2a1b27c3d8e4f5a6b7c8d9e0f";
constexpr std::string_view kContent = "%PDF-1.7 what the customer sent";

SealKey key_of(std::string_view subject) {
  static testing::MemoryKeyRing ring;
  return ring.key_for(subject).value();
}

TEST(SealedFile, OpensToWhatWasSealedAndHoldsNothingInClear) {
  const auto sealed = seal_file(kSubject, key_of(kSubject), kContent);
  EXPECT_EQ(open_file(kSubject, key_of(kSubject).bytes, sealed.bytes).value(), kContent);
  EXPECT_EQ(sealed.bytes.find("customer"), std::string::npos);
  EXPECT_EQ(sealed.stored.sealed_sha256, to_hex(sha256(sealed.bytes)));
  EXPECT_EQ(sealed.stored.key, key_of(kSubject).id);
}

// Whoever guesses a content must not be able to ask by its hash whether it was here.
TEST(SealedFile, IsNamedByAKeyedHashAndNotByThatOfItsContent) {
  const auto sealed = seal_file(kSubject, key_of(kSubject), kContent);
  EXPECT_TRUE(is_stored_name(sealed.stored.name));
  EXPECT_NE(sealed.stored.name, to_hex(sha256(kContent)));
  EXPECT_NE(sealed.stored.name, to_hex(hmac_sha256(key_of(kSubject).bytes, kContent)));
  const auto other = seal_file("fil_other", key_of("fil_other"), kContent);
  EXPECT_NE(sealed.stored.name, other.stored.name) << "two files never show that they are equal";
}

TEST(SealedFile, TheSameTwiceIsTheSameBytesAndAnotherContentSharesNothing) {
  const auto once = seal_file(kSubject, key_of(kSubject), kContent);
  const auto twice = seal_file(kSubject, key_of(kSubject), kContent);
  EXPECT_EQ(once.stored, twice.stored);
  EXPECT_EQ(once.bytes, twice.bytes);
  std::string changed(kContent);
  changed.back() = 'T';
  const auto other = seal_file(kSubject, key_of(kSubject), changed);
  EXPECT_NE(once.stored.name, other.stored.name);
  const std::size_t nonce = 14 + kSubject.size();
  EXPECT_NE(once.bytes.substr(nonce, kSealNonceBytes), other.bytes.substr(nonce, kSealNonceBytes));
}

TEST(SealedFile, OpensNeitherWithAnyByteChangedNorCutNorForAnotherSubject) {
  const auto sealed = seal_file(kSubject, key_of(kSubject), kContent);
  const std::string key = key_of(kSubject).bytes;
  for (std::size_t i = 0; i < sealed.bytes.size(); ++i) {
    std::string changed = sealed.bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto opened = open_file(kSubject, key, changed);
    ASSERT_FALSE(opened) << "byte " << i;
    EXPECT_EQ(opened.error().code, "file_broken");
    EXPECT_FALSE(open_file(kSubject, key, sealed.bytes.substr(0, i))) << "cut at " << i;
  }
  EXPECT_FALSE(open_file("fil_other", key, sealed.bytes));
  EXPECT_FALSE(open_file(kSubject, key_of("fil_other").bytes, sealed.bytes));
}

TEST(SealedFile, ItsHeaderTellsWhoseItIs) {
  const auto sealed = seal_file(kSubject, key_of(kSubject), kContent);
  const auto header = header_of_sealed(sealed.bytes.substr(0, kSealedHeaderBytes)).value();
  EXPECT_EQ(header.subject, kSubject);
  EXPECT_EQ(header.key, key_of(kSubject).id);
  EXPECT_FALSE(header_of_sealed("DLGF"));
  EXPECT_FALSE(header_of_sealed(std::string(100, 'x')));
}

TEST(StoredName, IsNothingButHexDigits) {
  const std::string name(64, 'a');
  EXPECT_TRUE(is_stored_name(name));
  EXPECT_FALSE(is_stored_name(name.substr(1)));
  EXPECT_FALSE(is_stored_name(std::string(64, 'A')));
  EXPECT_FALSE(is_stored_name("../" + name.substr(3)));
  EXPECT_FALSE(is_stored_name(name.substr(0, 59) + ".part"));
}

}  // namespace
}  // namespace dealog
