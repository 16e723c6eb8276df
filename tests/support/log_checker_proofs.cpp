// Signed heads and proofs, checked by whoever holds nothing but them.
#include <array>
#include <charconv>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "tests/support/log_checker.hpp"

namespace dealog::checker {
namespace {

constexpr std::string_view kSignatureStart = "\xe2\x80\x94 ";  // an em dash and a space

std::string sha(const std::string& text) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::string pair_hash(std::string_view left, std::string_view right) {
  return sha("\x01" + std::string(left) + std::string(right));
}

std::optional<std::string> unbase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

// Takes the first line off the text.
std::string_view line_of(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

std::string leaf_hash(std::string_view record) {
  return sha(std::string(1, '\0') + std::string(record));
}

std::optional<Head> parse_head(std::string_view note) {
  const auto blank = note.find("\n\n");
  if (blank == std::string_view::npos || !note.ends_with('\n')) return std::nullopt;
  Head head{.signed_text = std::string(note.substr(0, blank + 1))};
  std::string_view text = head.signed_text;
  head.origin = line_of(text);
  const auto size = line_of(text);
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), head.size);
  if (error != std::errc() || end != size.data() + size.size()) return std::nullopt;
  const auto root = unbase64(line_of(text));
  if (!root || root->size() != 32 || !text.empty()) return std::nullopt;
  head.root = *root;
  std::string_view signatures = note.substr(blank + 2);
  auto line = line_of(signatures);
  if (!line.starts_with(kSignatureStart) || !signatures.empty()) return std::nullopt;
  line.remove_prefix(kSignatureStart.size());
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  head.key_name = line.substr(0, space);
  const auto signature = unbase64(line.substr(space + 1));
  if (!signature || signature->size() != 4 + 64) return std::nullopt;
  head.signature = *signature;
  return head;
}

bool signature_holds(const Head& head, std::string_view verifier_key) {
  const auto first = verifier_key.find('+');
  const auto second = verifier_key.find('+', first + 1);
  if (second == std::string_view::npos) return false;
  const std::string name(verifier_key.substr(0, first));
  const auto key = unbase64(verifier_key.substr(second + 1));
  if (!key || key->size() != 33 || key->front() != '\x01' || name != head.key_name) return false;
  if (sha(name + "\n" + *key).substr(0, 4) != head.signature.substr(0, 4)) return false;
  EVP_PKEY* public_key = EVP_PKEY_new_raw_public_key(
      EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(key->data()) + 1, 32);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool holds =
      EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, public_key) == 1 &&
      EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(head.signature.data()) + 4,
                       64, reinterpret_cast<const unsigned char*>(head.signed_text.data()),
                       head.signed_text.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(public_key);
  return holds;
}

bool inclusion_holds(std::string_view leaf, std::uint64_t index, std::uint64_t size,
                     const std::vector<std::string>& path, std::string_view root) {
  if (index >= size) return false;
  std::uint64_t fn = index, sn = size - 1;
  std::string r(leaf);
  for (const auto& p : path) {
    if (sn == 0) return false;
    if ((fn & 1) == 1 || fn == sn) {
      r = pair_hash(p, r);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      r = pair_hash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && r == root;
}

bool consistency_holds(std::uint64_t from, std::uint64_t to, const std::vector<std::string>& proof,
                       std::string_view old_root, std::string_view new_root) {
  if (from > to) return false;
  if (from == 0) return proof.empty();
  if (from == to) return proof.empty() && old_root == new_root;
  std::vector<std::string> path = proof;
  if ((from & (from - 1)) == 0) path.insert(path.begin(), std::string(old_root));
  if (path.empty()) return false;
  std::uint64_t fn = from - 1, sn = to - 1;
  while ((fn & 1) == 1) {
    fn >>= 1;
    sn >>= 1;
  }
  std::string fr = path.front(), sr = path.front();
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    if ((fn & 1) == 1 || fn == sn) {
      fr = pair_hash(path[i], fr);
      sr = pair_hash(path[i], sr);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = pair_hash(sr, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == old_root && sr == new_root;
}

}  // namespace dealog::checker
