#include "libs/eventlog/merkle.hpp"

#include <bit>
#include <cstring>
#include <initializer_list>
#include <memory>

#include <openssl/evp.h>

#include "libs/base/assert.hpp"

namespace dealog::merkle {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// One context a thread: making one and looking the algorithm up cost more than a short hash.
Hash sha256_of(std::initializer_list<std::string_view> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  thread_local EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  DEALOG_ASSERT(context != nullptr && algorithm != nullptr);
  DEALOG_ASSERT(EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1);
  for (const auto part : parts) {
    DEALOG_ASSERT(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  }
  Hash hash;
  DEALOG_ASSERT(EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1);
  return hash;
}

}  // namespace

Hash leaf_hash(std::string_view record) { return sha256_of({std::string_view("\x00", 1), record}); }

Hash node_hash(const Hash& left, const Hash& right) {
  return sha256_of({std::string_view("\x01", 1), view(left), view(right)});
}

Result<Frontier> Frontier::from_roots(std::uint64_t leaves,
                                      const std::vector<std::string_view>& roots) {
  Frontier frontier;
  frontier.leaves_ = leaves;
  frontier.count_ = static_cast<std::size_t>(std::popcount(leaves));
  bool sound = roots.size() == frontier.count_;
  for (std::size_t i = 0; sound && i < roots.size(); ++i) {
    sound = roots[i].size() == sizeof(Hash);
    if (sound) std::memcpy(frontier.roots_[i].data(), roots[i].data(), sizeof(Hash));
  }
  if (!sound) {
    return fail(ErrorKind::kInternal, "frontier_broken",
                "the Merkle frontier after " + std::to_string(leaves) + " leaves needs " +
                    std::to_string(frontier.count_) + " hashes of 32 bytes");
  }
  return frontier;
}

void Frontier::push(const Hash& leaf) {
  Hash merged = leaf;
  // Each complete subtree of the size reached so far joins with its left neighbour.
  for (auto bits = leaves_; (bits & 1) != 0; bits >>= 1) {
    merged = node_hash(roots_[--count_], merged);
  }
  roots_[count_++] = merged;
  ++leaves_;
}

Hash Frontier::root() const {
  if (count_ == 0) return sha256_of({});
  Hash root = roots_[count_ - 1];
  for (std::size_t i = count_ - 1; i > 0; --i) root = node_hash(roots_[i - 1], root);
  return root;
}

bool Frontier::operator==(const Frontier& other) const {
  return leaves_ == other.leaves_ &&
         std::equal(roots_.begin(), roots_.begin() + static_cast<std::ptrdiff_t>(count_),
                    other.roots_.begin());
}

}  // namespace dealog::merkle
