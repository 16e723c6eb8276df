#include "services/dealog/demo/front_door.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "libs/base/encoding.hpp"
#include "libs/command/use_cases/sources.hpp"
#include "projections/intake/intake_view.hpp"

namespace dealog::demo {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
// An address of the networks that YooKassa publishes; of documentation (RFC 5737) otherwise.
constexpr std::string_view kPaymentServer = "185.71.76.5";
constexpr std::string_view kSiteServer = "192.0.2.15";

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '.' || c == '_';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::string form_body(const Fields& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    out += (out.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
  }
  return out;
}

json::object amount_json(const Money& amount) {
  return {{"value", amount.decimal()}, {"currency", amount.currency.code()}};
}

std::string status_of(std::string_view event) {
  return event == "payment.canceled" ? "canceled" : "succeeded";
}

std::string payment_body(const PaidOnline& payment, Timestamp now) {
  json::object object{{"id", payment.id},
                      {"status", status_of(payment.event)},
                      {"paid", payment.event == "payment.succeeded"},
                      {"created_at", now.rfc3339()},
                      {"captured_at", now.rfc3339()},
                      {"description", payment.description},
                      {"metadata", json::object{{"order_id", payment.order}}}};
  if (!payment.without_amount) object["amount"] = amount_json(payment.amount);
  return json::serialize(json::object{
      {"type", "notification"}, {"event", payment.event}, {"object", std::move(object)}});
}

}  // namespace

Result<std::unique_ptr<FrontDoor>> FrontDoor::open(Desk& desk, const UserId& by,
                                                   const UserId& first_owner,
                                                   const std::string& pipeline) {
  std::unique_ptr<FrontDoor> door(new FrontDoor(desk));
  const auto settings = [&](const char* account) {
    json::object object{{"pipeline", pipeline}, {"account", account}};
    object["owner"] = first_owner.text();
    return json::serialize(object);
  };
  door->tilda_ = TRY(door->connect(by, "tilda", "Сайт студии", settings("site")));
  door->landing_ = TRY(door->connect(by, "generic", "Посадочная страница", settings("landing")));
  door->yookassa_ = TRY(door->connect(by, "yookassa", "ЮKassa", settings("shop")));
  return door;
}

Result<FrontDoor::Address> FrontDoor::connect(const UserId& by, const char* provider,
                                              const char* name, std::string settings) {
  const use_cases::SourceInput input{
      .provider = provider, .name = name, .settings_json = std::move(settings)};
  const auto connected =
      TRY(desk_.by(by, "connect_source", std::string("src_") + provider,
                   [&](Unit& unit) { return use_cases::connect_source(unit, input); }));
  return Address{connected.source, connected.token};
}

Result<DeliveryId> FrontDoor::submit(Site site, const FilledForm& form) {
  const std::string email = form.with_email ? form.person.email : std::string();
  if (site == Site::kTilda) {
    const Fields fields{{"Name", form.person.name},
                        {"Phone", form.person.phone},
                        {"Email", email},
                        {"Textarea", form.comment},
                        {"utm_source", form.campaign},
                        {"tranid", form.id},
                        {"formid", "form" + std::to_string(form.comment.size() % 3 + 1)}};
    return deliver(tilda_, kForm, form_body(fields), kSiteServer);
  }
  const Fields fields{{"name", form.person.name},
                      {"phone", form.person.phone},
                      {"email", email},
                      {"comment", form.comment},
                      {"utm_source", form.campaign},
                      {"hp_field", form.by_robot ? "http://spam.example.com" : ""},
                      {"_id", form.id}};
  return deliver(landing_, kForm, form_body(fields), kSiteServer);
}

Result<DeliveryId> FrontDoor::pay(const PaidOnline& payment) {
  return deliver(yookassa_, "application/json", payment_body(payment, desk_.now()), kPaymentServer);
}

Result<DeliveryId> FrontDoor::refund(const std::string& id, const std::string& payment,
                                     const Money& amount) {
  json::object object{{"id", id},
                      {"payment_id", payment},
                      {"status", "succeeded"},
                      {"created_at", desk_.now().rfc3339()},
                      {"amount", amount_json(amount)},
                      {"description", "Возврат переплаты"}};
  return deliver(
      yookassa_, "application/json",
      json::serialize(json::object{
          {"type", "notification"}, {"event", "refund.succeeded"}, {"object", std::move(object)}}),
      kPaymentServer);
}

Result<DeliveryId> FrontDoor::deliver(const Address& address, std::string_view content_type,
                                      std::string body, std::string_view from) {
  http::Request request{.method = http::Method::kPost,
                        .target = "/hooks/",
                        .body = std::move(body),
                        .remote_address = std::string(from),
                        .client_address = std::string(from)};
  request.headers.set("Content-Type", content_type);
  request.params = {{"source", address.source.text()}, {"token", address.token}};
  asio::io_context loop;
  auto answer = asio::co_spawn(loop, receiver_.receive(std::move(request)), asio::use_future);
  loop.run();
  const http::Response response = TRY(answer.get());
  desk_.wait_until(desk_.now() + std::chrono::seconds(1));
  TRY(desk_.settle());
  return DeliveryId::parse(response.headers.get("Dealog-Delivery"));
}

Result<FrontDoor::Lead> FrontDoor::lead_of(const DeliveryId& delivery) {
  Core& core = desk_.core();
  const auto snapshot = TRY(core.views().snapshot());
  const ViewContext context{.rows = *snapshot, .keys = core.keys(), .at = desk_.now()};
  const auto found = TRY(views::IntakeView(context).delivery(delivery.text(), core.log()));
  if (!found || found->summary.results.empty()) {
    return fail(
        ErrorKind::kInternal, "lead_without_deal",
        fmt::format("the delivery {} is {} ({}) and made no deal", delivery.text(),
                    found ? found->summary.state : "lost", found ? found->summary.code : ""));
  }
  const auto& result = found->summary.results.front();
  Lead lead{.deal = TRY(DealId::parse(result.deal)), .person = {}};
  const auto state = TRY(desk_.deal(lead.deal));
  if (const auto* contact = state->contact()) lead.person = contact->person;
  return lead;
}

}  // namespace dealog::demo
