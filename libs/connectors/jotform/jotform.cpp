#include "libs/connectors/jotform/jotform.hpp"

#include <algorithm>

#include "libs/base/text.hpp"
#include "libs/connectors/lead/lead_builder.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/parse/times.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::jotform {
namespace {

// The name of a question: "q5_phoneNumber" → "phone Number". Nothing for what is no question.
std::optional<std::string> question_name(std::string_view key) {
  if (!key.starts_with('q')) return std::nullopt;
  key.remove_prefix(1);
  std::size_t digits = 0;
  while (digits < key.size() && key[digits] >= '0' && key[digits] <= '9') ++digits;
  if (digits == 0 || digits + 1 >= key.size() || key[digits] != '_') return std::nullopt;
  const std::string_view name = key.substr(digits + 1);
  if (name.starts_with("utm_")) return std::string(name);
  // JotForm writes words together with capitals between them.
  std::string out;
  for (const char c : name) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital && !out.empty() && out.back() >= 'a' && out.back() <= 'z') out += ' ';
    out += c;
  }
  return out;
}

std::string joined(const Node& node, std::string_view separator) {
  std::string out;
  for (const auto& leaf : leaves(node)) {
    const std::string_view text = trim(leaf.node->text);
    if (text.empty()) continue;
    if (!out.empty()) out += separator;
    out += text;
  }
  return out;
}

std::string in_order(const Node& node, std::initializer_list<std::string_view> keys,
                     std::string_view separator) {
  std::string out;
  for (const auto key : keys) {
    const std::string text = first_text(node, {key});
    if (text.empty()) continue;
    if (!out.empty()) out += separator;
    out += text;
  }
  return out;
}

// A question's answer is a text, or an object whose members tell what kind of field it was.
void put_question(LeadBuilder& lead, const std::string& name, const Node& answer) {
  if (answer.is_scalar()) return lead.put_recognised(name, answer.text);
  const bool is_name = answer.find("first") || answer.find("last");
  const bool is_phone = answer.find("full") || (answer.find("area") && answer.find("phone"));
  if (is_name) {
    return lead.put_recognised("name", in_order(answer, {"first", "middle", "last"}, " "));
  }
  if (is_phone) {
    std::string number = first_text(answer, {"full"});
    if (number.empty()) number = in_order(answer, {"country", "area", "phone"}, " ");
    return lead.put_recognised("phone", number);
  }
  if (answer.find("year") && answer.find("month")) {
    std::string date = in_order(answer, {"year", "month", "day"}, "-");
    const std::string time = in_order(answer, {"hour", "min"}, ":");
    return lead.put_answer(name, time.empty() ? date : date + " " + time);
  }
  lead.put_answer(name, joined(answer, ", "));
}

struct Submission {
  Node form;     // the parts of the request
  Node answers;  // rawRequest
};

Result<Submission> read(const Delivery& delivery, const SourceSettings& settings) {
  Body body = TRY(parse_body(delivery, {Repeated::kLast, settings.charset}));
  Submission out{std::move(body.tree), {}};
  const auto raw = out.form.text_of("rawRequest");
  if (!raw) return field_missing("rawRequest");
  auto parsed = parse_json(*raw);
  if (!parsed || parsed->kind != Node::Kind::kMap) {
    return fail(ErrorKind::kInvalid, "malformed_json", "rawRequest is not a JSON object");
  }
  out.answers = std::move(*parsed);
  remove_key(out.answers, settings);
  return out;
}

std::string submission_id(const Node& form) {
  return first_text(form, {"submissionID", "submission_id", "submissionId"});
}

Result<Fact> fact_of(const Submission& submission, const SourceSettings& settings) {
  const std::string id = submission_id(submission.form);
  if (id.empty()) return field_missing("submissionID");
  LeadBuilder lead(settings);
  lead.put(FieldRole::kFormId, first_text(submission.form, {"formID", "formId"}));
  lead.put(FieldRole::kTitle, first_text(submission.form, {"formTitle"}));
  for (const auto& [key, answer] : submission.answers.entries) {
    if (const auto name = question_name(key)) put_question(lead, *name, answer);
    if (role_of(key) == FieldRole::kUtm && answer.is_scalar()) lead.put_utm(key, answer.text);
  }
  std::optional<Timestamp> at;
  const auto sent = parse_unix_time(first_text(submission.answers, {"submitDate"}));
  if (sent) at = *sent;
  return Fact{"lead:" + delivery_key("jotform", id), id, at, {}, TRY(lead.finish())};
}

class JotForm final : public Provider {
 public:
  std::string_view name() const override { return "jotform"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto submission = read(delivery, settings);
    if (!submission) {
      return {Reception::Kind::kStore, body_key("jotform", delivery), {}, submission.error()};
    }
    const std::string id = submission_id(submission->form);
    if (id.empty()) return {Reception::Kind::kStore, body_key("jotform", delivery)};
    return {Reception::Kind::kStore, delivery_key("jotform", id)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, "text/plain; charset=utf-8", "ok"};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    const Submission submission = TRY(read(delivery, settings));
    return std::vector{TRY(fact_of(submission, settings))};
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET" || settings.auth.in != KeyPlace::In::kField) {
      return delivery.method == "GET" ? Verdict::accepted() : check_key(delivery, settings);
    }
    // The fields of the form, and with them the key, are inside rawRequest.
    const std::string* ours = settings.secret();
    if (!ours) return Verdict::unauthorised("secret_not_set");
    SourceSettings keep = settings;
    keep.auth = {};
    auto parsed = read(delivery, keep);
    if (!parsed) return Verdict::unauthorised("body_unreadable");
    for (const auto& [key, answer] : parsed->answers.entries) {
      const auto question = question_name(key);
      if (key != settings.auth.name && question != settings.auth.name) continue;
      return answer.is_scalar() && same_key(answer.text, *ours)
                 ? Verdict::accepted()
                 : Verdict::unauthorised("key_wrong");
    }
    return Verdict::unauthorised("key_missing");
  }
};

}  // namespace

const Provider& provider() {
  static const JotForm kJotForm;
  return kJotForm;
}

}  // namespace dealog::connectors::jotform
