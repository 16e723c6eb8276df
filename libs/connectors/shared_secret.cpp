#include "libs/connectors/shared_secret.hpp"

#include <algorithm>

#include "libs/base/crypto.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/signature/schemes.hpp"

namespace dealog::connectors {

bool same_key(std::string_view given, std::string_view ours) {
  // Hashes are of one length whatever the keys are.
  return equal_constant_time(sha256(given), sha256(ours));
}

Verdict check_key(const Delivery& delivery, const SourceSettings& settings) {
  if (settings.auth.in == KeyPlace::In::kNone) return Verdict::accepted();
  const std::string* ours = settings.secret();
  if (!ours) return Verdict::unauthorised("secret_not_set");
  std::optional<std::string> given;
  if (settings.auth.in == KeyPlace::In::kHeader) {
    if (const std::string* header = delivery.header(settings.auth.name)) given = trim(*header);
  } else {
    const auto body = parse_body(delivery, {Repeated::kLast, settings.charset});
    if (!body) return Verdict::unauthorised("body_unreadable");
    given = body->tree.text_of(settings.auth.name);
    // A name with brackets has become a path.
    if (const auto path = Path::parse(settings.auth.name); !given && path) {
      const Node* node = path->find(body->tree);
      if (node && node->is_scalar()) given = node->text;
    }
  }
  if (!given || given->empty()) return Verdict::unauthorised("key_missing");
  constexpr std::string_view kBearer = "bearer ";
  const bool bearer = settings.auth.in == KeyPlace::In::kHeader && given->size() > kBearer.size() &&
                      equals_ignoring_case_ascii(given->substr(0, kBearer.size()), kBearer);
  const bool same =
      same_key(*given, *ours) ||
      (bearer && same_key(trim(std::string_view(*given).substr(kBearer.size())), *ours));
  return same ? Verdict::accepted() : Verdict::unauthorised("key_wrong");
}

Verdict check_signature(const Delivery& delivery, const SourceSettings& settings) {
  if (!settings.signature) return Verdict::accepted();
  return check_signature_scheme(delivery, settings, *settings.signature);
}

void remove_key(Node& tree, const SourceSettings& settings) {
  if (settings.auth.in != KeyPlace::In::kField) return;
  const auto path = Path::parse(settings.auth.name);
  std::erase_if(tree.entries, [&](const auto& entry) { return entry.key == settings.auth.name; });
  if (!path) return;
  Node* node = &tree;
  for (std::size_t i = 0; i < path->segments.size(); ++i) {
    const auto is_it = [&](const auto& entry) { return entry.key == path->segments[i]; };
    if (i + 1 == path->segments.size()) {
      std::erase_if(node->entries, is_it);
      return;
    }
    const auto it = std::find_if(node->entries.rbegin(), node->entries.rend(), is_it);
    if (it == node->entries.rend()) return;
    node = &it->node;
  }
}

}  // namespace dealog::connectors
