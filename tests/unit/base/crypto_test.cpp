#include "libs/base/crypto.hpp"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "libs/base/encoding.hpp"

namespace dealog {
namespace {

std::string bytes(std::string_view hex) { return from_hex(hex).value(); }

TEST(Sha256, GivesThePublishedDigests) {
  // FIPS 180-4 examples, as published by NIST.
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(HmacSha256, GivesTheVectorsOfRfc4231) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\xaa'), std::string(50, '\xdd'))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha1, GivesTheVectorsOfRfc2202) {
  EXPECT_EQ(to_hex(hmac_sha1(std::string(20, '\x0b'), "Hi There")),
            "b617318655057264e28bc0b6fb378c8ef146be00");
  EXPECT_EQ(to_hex(hmac_sha1("Jefe", "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST(Hmac, WithAnEmptyKeyDoesNotRememberTheLastOne) {
  const auto expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
  EXPECT_EQ(to_hex(hmac_sha256("", "")), expected);
  hmac_sha256("another key", "data");
  EXPECT_EQ(to_hex(hmac_sha256(std::string_view(), std::string_view())), expected);
}

TEST(Aes256Gcm, GivesThePublishedVectors) {
  // The GCM specification of McGrew and Viega, submitted to NIST: test cases 13, 14 and 16.
  const std::string zero_key(32, '\0'), zero_nonce(12, '\0');
  EXPECT_EQ(to_hex(seal_aes256gcm(zero_key, zero_nonce, "", "")),
            "530f8afbc74536b9a963b4f1c4cb738b");
  EXPECT_EQ(to_hex(seal_aes256gcm(zero_key, zero_nonce, std::string(16, '\0'), "")),
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  const auto key = bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const auto nonce = bytes("cafebabefacedbaddecaf888");
  const auto plain = bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const auto associated = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const auto sealed = seal_aes256gcm(key, nonce, plain, associated);
  EXPECT_EQ(to_hex(sealed),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_EQ(open_aes256gcm(key, nonce, sealed, associated).value(), plain);
}

class SealedBox : public testing::Test {
 protected:
  const std::string key_ = std::string(32, 'k');
  const std::string nonce_ = std::string(12, 'n');
  const std::string sealed_ = seal_aes256gcm(key_, nonce_, "Иван, +79165550177", "evt 1 box 0");
};

TEST_F(SealedBox, OpensWithItsKeyNonceAndAssociatedData) {
  EXPECT_EQ(open_aes256gcm(key_, nonce_, sealed_, "evt 1 box 0").value(), "Иван, +79165550177");
}

TEST_F(SealedBox, StaysShutWhenAnyByteWasChanged) {
  for (std::size_t i = 0; i < sealed_.size(); ++i) {
    std::string changed = sealed_;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto opened = open_aes256gcm(key_, nonce_, changed, "evt 1 box 0");
    ASSERT_FALSE(opened) << "byte " << i;
    EXPECT_EQ(opened.error().code, "seal_broken");
  }
}

TEST_F(SealedBox, StaysShutUnderAnotherKeyNonceOrPlace) {
  EXPECT_FALSE(open_aes256gcm(std::string(32, 'x'), nonce_, sealed_, "evt 1 box 0"));
  EXPECT_FALSE(open_aes256gcm(key_, std::string(12, 'x'), sealed_, "evt 1 box 0"));
  EXPECT_FALSE(open_aes256gcm(key_, nonce_, sealed_, "evt 1 box 1"));
  EXPECT_FALSE(open_aes256gcm(key_, nonce_, sealed_, ""));
}

TEST_F(SealedBox, StaysShutWhenAPartIsMissingOrOfAWrongLength) {
  for (std::size_t size = 0; size < sealed_.size(); ++size) {
    EXPECT_FALSE(open_aes256gcm(key_, nonce_, sealed_.substr(0, size), "evt 1 box 0")) << size;
  }
  EXPECT_FALSE(open_aes256gcm("short", nonce_, sealed_, "evt 1 box 0"));
  EXPECT_FALSE(open_aes256gcm(key_, "short", sealed_, "evt 1 box 0"));
}

TEST_F(SealedBox, OpensAfterAnotherFailedToOpen) {
  EXPECT_FALSE(open_aes256gcm(key_, nonce_, sealed_, "elsewhere"));
  EXPECT_TRUE(open_aes256gcm(key_, nonce_, sealed_, "evt 1 box 0"));
}

TEST_F(SealedBox, MayBeEmpty) {
  const auto empty = seal_aes256gcm(key_, nonce_, std::string_view(), std::string_view());
  EXPECT_EQ(empty.size(), kSealTagBytes);
  EXPECT_EQ(open_aes256gcm(key_, nonce_, empty, std::string_view()).value(), "");
}

TEST_F(SealedBox, IsMadeAndOpenedByManyThreadsAtOnce) {
  std::vector<std::jthread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string key(32, static_cast<char>('a' + t));
      for (int i = 0; i < 500; ++i) {
        const auto text = std::to_string(i);
        const auto box = seal_aes256gcm(key, nonce_, text, "");
        if (open_aes256gcm(key, nonce_, box, "") != text) ++wrong;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

TEST(ConstantTimeEquals, ComparesWholeSecrets) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time(std::string_view(), ""));
  EXPECT_TRUE(equal_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_constant_time("secret", "xecret"));
  EXPECT_FALSE(equal_constant_time("secret", "secre"));
  EXPECT_FALSE(equal_constant_time("secret", ""));
  EXPECT_FALSE(equal_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

TEST(RandomBytes, AreOfTheLengthAskedForAndNeverTheSame) {
  EXPECT_EQ(random_bytes(0), "");
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_bytes(16));
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_EQ(seen.begin()->size(), 16u);
}

}  // namespace
}  // namespace dealog
