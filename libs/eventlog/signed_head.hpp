// A signed head of the log's tree: a C2SP signed note that holds a tlog checkpoint
// (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), which the tools of transparency logs read too.
//
//   dealog/0af3…/1                         origin: log id in hex, epoch
//   1042                                   number of records
//   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   root
//
//   — dealog/0af3…/1 <base64 of key hash and Ed25519 signature>
//
// Pure. Thread: any.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "libs/base/result.hpp"
#include "libs/event/position.hpp"
#include "libs/eventlog/merkle.hpp"

namespace dealog {

struct TreeHead {
  std::string log_id;  // 16 bytes
  std::string epoch;   // LogIdentity
  Position position;   // records in the tree
  merkle::Hash root{};
  bool operator==(const TreeHead&) const = default;

  // "dealog/<log id>/<epoch>": also the name of the key that signs it.
  std::string origin() const;
};

// 64 bytes of Ed25519 over the text.
using SignText = std::function<std::string(std::string_view text)>;

// The note. `public_key` is that of `sign`: 32 bytes.
std::string sign_head(const TreeHead& head, std::string_view public_key, const SignText& sign);

// The head in a note. Errors: kInvalid "head_unreadable" for text that is no note of a log of ours,
// "head_forged" when no signature in it is one of this key under the note's own origin.
Result<TreeHead> open_head(std::string_view note, std::string_view public_key);

// "name+hash+key", by which others check signatures; its name is the origin.
std::string verifier_key(const TreeHead& head, std::string_view public_key);
// The 32 bytes of the key. Errors: kInvalid "key_unreadable".
Result<std::string> public_key_of(std::string_view verifier_key);

}  // namespace dealog
