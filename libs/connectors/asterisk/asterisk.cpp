#include "libs/connectors/asterisk/asterisk.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/asterisk/ari.hpp"
#include "libs/connectors/asterisk/cdr.hpp"
#include "libs/connectors/crm/api.hpp"
#include "libs/connectors/kept_file.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::asterisk {
namespace {

// One of the things that a delivery may hold.
struct Item {
  enum class Kind { kCdr, kAri, kOther };
  Kind kind = Kind::kOther;
  Node node;
};

bool is_check(const Delivery& delivery) {
  return delivery.method == "GET" || trim(delivery.body).empty();
}

// "Event: Cdr" begins a line, whatever the Content-Type says.
bool looks_like_ami(std::string_view text) {
  for (const auto raw : split(text.substr(0, 4096), '\n')) {
    const std::string line = to_lower_ascii(trim(raw));
    if (line.empty() || line.starts_with("asterisk ")) continue;
    return line.starts_with("event:") || line.starts_with("privilege:") ||
           line.starts_with("response:");
  }
  return false;
}

Item item_of_ami(Node event) {
  const bool cdr = equals_ignoring_case_ascii(first_text(event, {"event"}), "cdr");
  return cdr ? Item{Item::Kind::kCdr, cdr_of_ami(event)} : Item{Item::Kind::kOther, {}};
}

// An ARI event, an AMI event as its libraries give it, or a row of a CDR table.
Item item_of_json(const Node& object) {
  if (object.find("type")) return {Item::Kind::kAri, object};
  Node lower = cdr_of_ami(object);
  if (lower.find("disposition")) {
    for (auto& entry : lower.entries) {
      if (entry.key == "calldate") entry.key = "start";
    }
    return {Item::Kind::kCdr, std::move(lower)};
  }
  return {};
}

Result<std::vector<Item>> read_json(std::string_view text) {
  const Node tree = TRY(parse_json(text));
  std::vector<Item> out;
  if (tree.kind == Node::Kind::kMap) {
    out.push_back(item_of_json(tree));
  } else if (tree.kind == Node::Kind::kList) {
    if (tree.entries.size() > kCdrRows) {
      return fail(ErrorKind::kTooLarge, "too_many_rows", "the list of events is too long");
    }
    for (const auto& [key, node] : tree.entries) {
      if (node.kind == Node::Kind::kMap) out.push_back(item_of_json(node));
    }
  }
  if (!out.empty()) return out;
  return fail(ErrorKind::kInvalid, "not_an_object", "the body is JSON but holds no event");
}

Result<std::vector<Item>> read(const Delivery& delivery) {
  const std::string_view text = trim(delivery.body);
  if (text.size() > kBodyBytes) {
    return fail(ErrorKind::kTooLarge, "body_too_large", "the body is larger than any route takes");
  }
  if (text.starts_with('{') || text.starts_with('[')) return read_json(text);
  std::vector<Item> out;
  if (looks_like_ami(text)) {
    for (auto& event : TRY(parse_ami(delivery.body))) out.push_back(item_of_ami(std::move(event)));
  } else {
    for (auto& cdr : TRY(parse_cdr_csv(text))) out.push_back({Item::Kind::kCdr, std::move(cdr)});
  }
  return out;
}

std::string key_of(const Item& item) {
  if (item.kind == Item::Kind::kAri) return ari_key(item.node);
  if (item.kind == Item::Kind::kOther) return {};
  const std::string unique = first_text(item.node, {"uniqueid"});
  const std::string sequence = first_text(item.node, {"sequence"});
  if (unique.empty()) return {};
  return delivery_key("asterisk", unique + (sequence.empty() ? "" : ":" + sequence));
}

class Asterisk final : public Provider {
 public:
  std::string_view name() const override { return "asterisk"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    using Kind = Reception::Kind;
    if (is_check(delivery)) return {Kind::kPing, {}};
    const auto items = read(delivery);
    if (!items) return {Kind::kStore, body_key("asterisk", delivery), {}, items.error()};
    std::string key = items->size() == 1 ? key_of(items->front()) : "";
    if (key.empty()) key = body_key("asterisk", delivery);
    return {Kind::kStore, std::move(key)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (is_check(delivery)) return ignored("connection_check");
    std::vector<Fact> facts;
    for (const auto& item : TRY(read(delivery))) {
      if (item.kind == Item::Kind::kCdr) facts.push_back(TRY(fact_of(item.node, settings)));
      if (item.kind == Item::Kind::kAri) facts.push_back(TRY(fact_of_ari(item.node, settings)));
    }
    // What is of no use is told only where there is nothing else.
    const auto useless = [](const Fact& fact) { return fact.kind() == "ignore"; };
    if (!std::all_of(facts.begin(), facts.end(), useless)) std::erase_if(facts, useless);
    if (facts.empty()) return ignored("event_not_used");
    if (useless(facts.front())) facts.resize(1);
    return facts;
  }

  // A recording that ARI named is asked for at ARI, whose address is the setting `api_url`; the
  // secret "api" is "<user>:<password>". One that was named by its address is asked for there.
  Result<FileRequest> ask_file(std::string_view id, const SourceSettings& settings) const override {
    if (is_web_url(id)) return Provider::ask_file(id, settings);
    FileRequest asked;
    asked.request.url =
        TRY(crm::api_url(settings)) + "/recordings/stored/" + percent_encode(id) + "/file";
    asked.request.headers = {basic_auth(TRY(crm::api_key(settings)))};
    return asked;
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    return check_key(delivery, settings);
  }
};

}  // namespace

const Provider& provider() {
  static const Asterisk kAsterisk;
  return kAsterisk;
}

}  // namespace dealog::connectors::asterisk
