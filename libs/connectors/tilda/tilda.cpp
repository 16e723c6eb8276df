#include "libs/connectors/tilda/tilda.hpp"

#include <algorithm>

#include "libs/base/text.hpp"
#include "libs/connectors/lead/lead_builder.hpp"
#include "libs/connectors/lead/utm.hpp"
#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/body.hpp"
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::tilda {
namespace {

constexpr std::string_view kDefaultHeader = "X-Api-Key";

Result<Node> read(const Delivery& delivery, const SourceSettings& settings) {
  Body body = TRY(parse_body(delivery, {Repeated::kLast, settings.charset}));
  if (body.tree.kind != Node::Kind::kMap) {
    return fail(ErrorKind::kInvalid, "not_a_form", "the body is JSON but not an object");
  }
  remove_key(body.tree, settings);
  // Some set-ups send the order as JSON text inside a field.
  for (auto& [name, node] : body.tree.entries) {
    if (name == "payment" && node.kind == Node::Kind::kText && node.text.starts_with('{')) {
      node = TRY(parse_json(node.text));
    }
  }
  return std::move(body.tree);
}

bool is_connection_check(const Node& form) {
  return form.entries.size() == 1 && form.text_of("test") == "test";
}

struct Identity {
  std::string delivery_key;
  std::string external_id;
};

Identity identify(const Node& form) {
  const auto tranid = form.text_of("tranid");
  if (tranid && !trim(*tranid).empty()) {
    const std::string id(trim(*tranid));
    return {delivery_key("tilda", id), id};
  }
  const auto order = form.text_of({"payment", "orderid"});
  if (order && !trim(*order).empty()) {
    const std::string id(trim(*order));
    return {delivery_key("tilda:order", id), id};
  }
  const std::string hash = content_hash(form, {});
  return {"tilda:sha256:" + hash, hash};
}

Result<Money> amount_of(const Node& node, std::string_view field, const std::string& currency) {
  auto money = parse_amount(node.text, currency);
  if (!money) money.error().message += " (field " + std::string(field) + ")";
  return money;
}

// {option: "Цвет", variant: "синий"} … → "Цвет: синий, Размер: L".
std::string options_of(const Node& product) {
  std::string out;
  const Node* options = product.find("options");
  if (!options) return out;
  if (options->is_scalar()) return options->text;
  for (const auto& [key, option] : options->entries) {
    const auto name = option.text_of("option"), variant = option.text_of("variant");
    if (!variant) continue;
    if (!out.empty()) out += ", ";
    out += name ? *name + ": " + *variant : *variant;
  }
  return out;
}

Result<ProductLine> line_of(const Node& product, const std::string& currency) {
  ProductLine line;
  if (product.is_scalar()) {  // the older shape: one text a product
    line.title = product.text;
    return line;
  }
  line.title = product.text_of("name").value_or(product.text_of("title").value_or(""));
  line.sku = product.text_of("sku").value_or(product.text_of("externalid").value_or(""));
  line.options = options_of(product);
  line.quantity = product.text_of("quantity").value_or("");
  for (const auto& [field, place] :
       {std::pair{"price", &line.unit_price}, {"amount", &line.amount}}) {
    const Node* node = product.find(field);
    if (!node || !node->is_scalar() || trim(node->text).empty()) continue;
    *place = TRY(amount_of(*node, "payment[products][" + std::string(field) + "]", currency));
  }
  return line;
}

Result<void> put_order(LeadBuilder& lead, const Node& payment) {
  const std::string currency = payment.text_of("currency").value_or(lead.currency());
  lead.put_order(payment.text_of("orderid").value_or(""));
  if (const Node* amount = payment.find("amount"); amount && !trim(amount->text).empty()) {
    lead.put_amount(TRY(amount_of(*amount, "payment[amount]", currency)));
  }
  const Node* products = payment.find("products");
  if (products && !products->is_scalar()) {
    for (const auto& [index, product] : products->entries) {
      lead.put_line(TRY(line_of(product, currency)));
    }
  }
  for (const auto& leaf : leaves(payment)) {
    const bool known = leaf.name == "orderid" || leaf.name == "amount" || leaf.name == "currency" ||
                       leaf.name.starts_with("products[");
    if (!known) lead.put_answer("payment[" + leaf.name + "]", leaf.node->text);
  }
  return {};
}

// Fields that speak of the machinery, not of the customer.
bool is_technical(std::string_view name) {
  constexpr std::string_view kNames[] = {"COOKIES", "tranid", "formid", "payment", "_charset_"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) ||
         name.starts_with("payment[");
}

class Tilda final : public Provider {
 public:
  std::string_view name() const override { return "tilda"; }
  std::uint32_t decoder_version() const override { return 2; }

  Reception receive(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET" && delivery.query.empty()) return {Reception::Kind::kPing, {}};
    const auto form = read(delivery, settings);
    if (!form) {
      return {Reception::Kind::kStore, body_key("tilda", delivery), {}, form.error()};
    }
    if (is_connection_check(*form)) return {Reception::Kind::kPing, {}};
    return {Reception::Kind::kStore, identify(*form).delivery_key};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, "text/plain; charset=utf-8", "ok"};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    const Node form = TRY(read(delivery, settings));
    if (is_connection_check(form)) {
      return std::vector{Fact{"ignore", "", {}, {}, IgnoreFact{"connection_check"}}};
    }
    LeadBuilder lead(settings);
    lead.put(FieldRole::kFormId, form.text_of("formid").value_or(""));
    for (const auto& leaf : leaves(form)) {
      if (!is_technical(leaf.name)) lead.put_recognised(leaf.name, leaf.node->text);
    }
    // The marks of this visit come as fields and win over the remembered ones.
    for (auto& [name, value] : utm_of_cookies(form.text_of("COOKIES").value_or(""))) {
      lead.put_utm(name, value);
    }
    if (const Node* payment = form.find("payment"); payment && !payment->is_scalar()) {
      TRY(put_order(lead, *payment));
    }
    const Identity id = identify(form);
    return std::vector{Fact{"lead:" + id.delivery_key, id.external_id, {}, {}, TRY(lead.finish())}};
  }

  std::vector<FieldError> complete_settings(SourceSettings& settings) const override {
    if (settings.secret() && settings.auth.in == KeyPlace::In::kNone) {
      settings.auth = {KeyPlace::In::kHeader, std::string(kDefaultHeader)};
    }
    return Provider::complete_settings(settings);
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    return check_key(delivery, settings);
  }
};

}  // namespace

const Provider& provider() {
  static const Tilda kTilda;
  return kTilda;
}

}  // namespace dealog::connectors::tilda
