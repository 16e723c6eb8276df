#include "libs/connectors/generic/generic.hpp"

#include <algorithm>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/generic/apply_mapping.hpp"
#include "libs/connectors/generic/form_fields.hpp"
#include "libs/connectors/lead/lead_builder.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::generic {
namespace {

// Fields that people cannot see and robots fill in, unless settings name another.
constexpr std::string_view kHoneypots[] = {"hp_field", "_gotcha", "honeypot"};

bool is_honeypot(std::string_view name, const SourceSettings& settings) {
  if (!settings.honeypot.empty()) return name == settings.honeypot;
  return std::find(std::begin(kHoneypots), std::end(kHoneypots), name) != std::end(kHoneypots);
}

bool is_technical(std::string_view name, const SourceSettings& settings) {
  return name == "_id" || name == "_charset_" || is_honeypot(name, settings);
}

struct Form {
  Body body;
  bool trapped = false;  // the honeypot was filled in
};

Result<Form> read(const Delivery& delivery, const SourceSettings& settings) {
  Form form{TRY(parse_body(delivery, {Repeated::kCollect, settings.charset}))};
  if (form.body.tree.kind != Node::Kind::kMap) {
    return fail(ErrorKind::kInvalid, "not_a_form", "the body is JSON but not an object");
  }
  remove_key(form.body.tree, settings);
  for (const auto& line : form_lines(form.body.tree)) {
    if (is_honeypot(line.name, settings) && !trim(line.value).empty()) form.trapped = true;
  }
  return form;
}

std::string hash_of(const Form& form) {
  std::string hash = content_hash(form.body.tree, {"_charset_"});
  for (const auto& file : form.body.files) {
    hash = to_hex(sha256(hash + file.field + file.sha256_hex));
  }
  return hash;
}

// The sender's own id, or the content and the day: a double click is one lead, the same person
// asking the same next week is another.
std::string identify(const Form& form, const Delivery& delivery, const SourceSettings& settings) {
  if (auto id = mapped_id(form.body.tree, settings)) return *id;
  const auto id = form.body.tree.text_of("_id");
  if (id && !trim(*id).empty()) return std::string(trim(*id));
  const auto day = local_date(delivery.received_at, settings.time_zone);
  return "sha256:" + hash_of(form) + ":" + (day ? day->text() : "");
}

std::string key_of(const std::string& id, const SourceSettings& settings) {
  return delivery_key("form", settings.account.empty() ? id : settings.account + ":" + id);
}

bool is_empty_get(const Delivery& delivery) {
  return (delivery.method == "GET" || delivery.method == "HEAD") && delivery.query.empty();
}

bool wants_json(const Delivery& delivery) {
  const std::string* accept = delivery.header("accept");
  if (accept && accept->find("text/html") != std::string::npos) return false;
  return (accept && accept->find("json") != std::string::npos) ||
         delivery.header("x-requested-with") ||
         delivery.content_type().find("json") != std::string_view::npos;
}

// Where a browser goes after posting: the thank-you page, else back to where it came from.
std::string next_page(const Delivery& delivery, const SourceSettings& settings) {
  if (!settings.thank_you_url.empty()) return settings.thank_you_url;
  for (const std::string_view name : {"referer", "origin"}) {
    const std::string* page = delivery.header(name);
    if (page && page->size() <= 2000 && is_web_url(*page)) return *page;
  }
  return "/";
}

// Lets the site's own script read the answer.
std::vector<std::pair<std::string, std::string>> cors_headers(const Delivery& delivery,
                                                              const SourceSettings& settings) {
  const std::string* origin = delivery.header("origin");
  if (!origin) return {};
  if (settings.origins.empty()) return {{"Access-Control-Allow-Origin", "*"}};
  return {{"Access-Control-Allow-Origin", *origin}, {"Vary", "Origin"}};
}

Answer preflight(const Delivery& delivery, const SourceSettings& settings) {
  Answer answer{204, {}, {}, cors_headers(delivery, settings)};
  std::string headers = "Content-Type";
  if (settings.auth.in == KeyPlace::In::kHeader) headers += ", " + settings.auth.name;
  if (settings.signature && !settings.signature->header.empty())
    headers += ", " + settings.signature->header;
  answer.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST");
  answer.headers.emplace_back("Access-Control-Allow-Headers", headers);
  answer.headers.emplace_back("Access-Control-Max-Age", "86400");
  return answer;
}

Result<std::optional<Timestamp>> fill(LeadBuilder& lead, const Form& form,
                                      const SourceSettings& settings) {
  Mapped mapped;
  const bool by_rules = !settings.fields.rules.empty();
  if (by_rules) mapped = TRY(apply_mapping(form.body.tree, settings, lead));
  for (const auto& line : form_lines(form.body.tree)) {
    if (is_technical(line.name, settings)) continue;
    const bool used = std::any_of(line.nodes.begin(), line.nodes.end(), [&](const Node* node) {
      return std::find(mapped.used.begin(), mapped.used.end(), node) != mapped.used.end();
    });
    if (used) continue;
    // With rules only campaign marks are recognised by name: nobody calls another thing so.
    if (!by_rules || role_of(line.name) == FieldRole::kUtm) {
      lead.put_recognised(line.name, line.value);
    } else {
      lead.put_answer(line.name, std::string(trim(line.value)));
    }
  }
  for (const auto& file : form.body.files) lead.put_answer(file.field, file.filename);
  return mapped.occurred_at;
}

class Generic final : public Provider {
 public:
  std::string_view name() const override { return "generic"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "OPTIONS") {
      return {Reception::Kind::kChallenge, {}, preflight(delivery, settings)};
    }
    if (is_empty_get(delivery)) return {Reception::Kind::kPing, {}};
    const auto form = read(delivery, settings);
    if (!form) return {Reception::Kind::kStore, body_key("form", delivery), {}, form.error()};
    return {Reception::Kind::kStore, key_of(identify(*form, delivery, settings), settings)};
  }

  Answer answer(const Delivery& delivery, const SourceSettings& settings,
                Outcome outcome) const override {
    auto headers = cors_headers(delivery, settings);
    if (outcome == Outcome::kPing || wants_json(delivery)) {
      return {200, "application/json", R"({"status":"ok"})", std::move(headers)};
    }
    headers.emplace_back("Location", next_page(delivery, settings));
    return {303, "text/plain; charset=utf-8", "Спасибо! Заявка принята.\n", std::move(headers)};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "OPTIONS" || is_empty_get(delivery)) {
      return std::vector{Fact{"ignore", "", {}, {}, IgnoreFact{"connection_check"}}};
    }
    const Form form = TRY(read(delivery, settings));
    const std::string id = identify(form, delivery, settings);
    const std::string key = "lead:" + key_of(id, settings);
    if (form.trapped) return std::vector{Fact{key, id, {}, {}, IgnoreFact{"honeypot"}}};
    LeadBuilder lead(settings);
    const auto occurred_at = TRY(fill(lead, form, settings));
    return std::vector{Fact{key, id, occurred_at, {}, TRY(lead.finish())}};
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (!settings.origins.empty()) {
      const std::string* origin = delivery.header("origin");
      const bool known = origin && std::find(settings.origins.begin(), settings.origins.end(),
                                             to_lower_ascii(*origin)) != settings.origins.end();
      if (!known) return Verdict::forbidden("origin_not_allowed");
    }
    // Browsers ask for permission without the key; nothing is stored for it.
    if (delivery.method == "OPTIONS") return Verdict::accepted();
    if (const Verdict key = check_key(delivery, settings); !key.ok()) return key;
    return check_signature(delivery, settings);
  }
};

}  // namespace

const Provider& provider() {
  static const Generic kGeneric;
  return kGeneric;
}

}  // namespace dealog::connectors::generic
