#include "libs/eventlog/signed_head.hpp"

#include <charconv>
#include <cstring>

#include "libs/base/crypto.hpp"
#include "libs/base/ed25519.hpp"
#include "libs/base/encoding.hpp"

namespace dealog {
namespace {

constexpr std::string_view kOriginStart = "dealog/";
constexpr std::string_view kSignatureStart = "\u2014 ";  // an em dash and a space
constexpr std::string_view kEd25519Kind("\x01", 1);
constexpr std::size_t kKeyHashBytes = 4;
constexpr std::size_t kLogIdHex = 32;

std::unexpected<Error> unreadable(const std::string& what) {
  return fail(
      ErrorKind::kInvalid, "head_unreadable",
      "this is no signed head of a log: " + what + ". Give it as GET /v1/log/head answered it");
}

// Which key of a name it was, so that others are not tried in vain.
std::string key_hash(std::string_view name, std::string_view public_key) {
  std::string text(name);
  text += '\n';
  text += kEd25519Kind;
  text += public_key;
  return sha256(text).substr(0, kKeyHashBytes);
}

std::string head_text(const TreeHead& head) {
  return head.origin() + "\n" + std::to_string(head.position.value) + "\n" +
         to_base64(merkle::view(head.root)) + "\n";
}

// Takes the first line, which must have an end, off the text.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

Result<TreeHead> parse_text(std::string_view text) {
  const auto origin = take_line(text);
  const auto size = take_line(text);
  const auto root = take_line(text);
  if (!origin || !size || !root) return unreadable("it has fewer than three lines");
  TreeHead head;
  std::string_view name = *origin;
  if (!name.starts_with(kOriginStart)) return unreadable("its origin is not dealog/…");
  name.remove_prefix(kOriginStart.size());
  const auto log_id = from_hex(name.substr(0, kLogIdHex));
  const bool divided = name.size() > kLogIdHex + 1 && name[kLogIdHex] == '/';
  if (!log_id || !divided) return unreadable("its origin names no log and epoch");
  head.log_id = *log_id;
  head.epoch = name.substr(kLogIdHex + 1);
  const auto [end, error] =
      std::from_chars(size->data(), size->data() + size->size(), head.position.value);
  if (error != std::errc() || end != size->data() + size->size()) {
    return unreadable("its second line is no number");
  }
  const auto hash = from_base64(*root);
  if (!hash || hash->size() != sizeof(merkle::Hash)) return unreadable("its root is no hash");
  std::memcpy(head.root.data(), hash->data(), hash->size());
  // One text for one head: what is signed has no second spelling.
  if (head_text(head) !=
      std::string(*origin) + "\n" + std::string(*size) + "\n" + std::string(*root) + "\n") {
    return unreadable("it is spelt in another way than heads are");
  }
  return head;
}

// Whether the line is a signature of this key over the text.
bool is_signed(std::string_view line, std::string_view name, std::string_view public_key,
               std::string_view text) {
  if (!line.starts_with(kSignatureStart)) return false;
  line.remove_prefix(kSignatureStart.size());
  if (!line.starts_with(name) || line.substr(name.size(), 1) != " ") return false;
  const auto bytes = from_base64(line.substr(name.size() + 1));
  if (!bytes || bytes->size() != kKeyHashBytes + kEd25519SignatureBytes) return false;
  return bytes->substr(0, kKeyHashBytes) == key_hash(name, public_key) &&
         ed25519_verify(public_key, text, std::string_view(*bytes).substr(kKeyHashBytes));
}

}  // namespace

std::string TreeHead::origin() const {
  return std::string(kOriginStart) + to_hex(log_id) + "/" + epoch;
}

std::string sign_head(const TreeHead& head, std::string_view public_key, const SignText& sign) {
  const std::string text = head_text(head);
  const std::string name = head.origin();
  return text + "\n" + std::string(kSignatureStart) + name + " " +
         to_base64(key_hash(name, public_key) + sign(text)) + "\n";
}

Result<TreeHead> open_head(std::string_view note, std::string_view public_key) {
  const auto blank = note.find("\n\n");
  if (blank == std::string_view::npos) return unreadable("it has no blank line");
  const std::string_view text = note.substr(0, blank + 1);
  auto head = TRY(parse_text(text));
  std::string_view lines = note.substr(blank + 2);
  while (const auto line = take_line(lines)) {
    if (is_signed(*line, head.origin(), public_key, text)) return head;
  }
  return fail(ErrorKind::kInvalid, "head_forged",
              "the head of position " + std::to_string(head.position.value) + " of " +
                  head.origin() + " is not signed by this log's key");
}

std::string verifier_key(const TreeHead& head, std::string_view public_key) {
  const std::string name = head.origin();
  return name + "+" + to_hex(key_hash(name, public_key)) + "+" +
         to_base64(std::string(kEd25519Kind) + std::string(public_key));
}

Result<std::string> public_key_of(std::string_view verifier_key) {
  const auto first = verifier_key.find('+');
  const auto second = first == std::string_view::npos ? first : verifier_key.find('+', first + 1);
  if (second != std::string_view::npos) {
    const auto name = verifier_key.substr(0, first);
    const auto key = from_base64(verifier_key.substr(second + 1));
    if (key && key->size() == 1 + kEd25519PublicBytes && key->starts_with(kEd25519Kind) &&
        verifier_key.substr(first + 1, second - first - 1) ==
            to_hex(key_hash(name, key->substr(1)))) {
      return key->substr(1);
    }
  }
  return fail(ErrorKind::kInvalid, "key_unreadable",
              "this is no key of signed heads. Give it as GET /v1/log/head answered it: "
              "dealog/…+…+…");
}

}  // namespace dealog
