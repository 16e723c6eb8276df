#include "libs/connectors/rfc5322/rfc5322.hpp"

#include "libs/connectors/mail/mail_fact.hpp"
#include "libs/connectors/parse/posted_file.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::rfc5322 {
namespace {

class Rfc5322 final : public Provider {
 public:
  std::string_view name() const override { return "rfc5322"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings&) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto file = posted_file(delivery);
    if (!file) return {Reception::Kind::kStore, body_key("email", delivery), {}, file.error()};
    const auto headers = mail::Headers::parse(*file);
    std::string id = mail::message_id_of(headers.get("Message-ID"));
    if (id.empty()) id = mail::content_id_of(*file);
    return {Reception::Kind::kStore, delivery_key("email", id)};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    const std::string file = TRY(posted_file(delivery));
    return std::vector{TRY(mail::fact_of_raw(file, mail::content_id_of(file), settings))};
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    const Verdict key = check_key(delivery, settings);
    return key.ok() ? check_signature(delivery, settings) : key;
  }
};

}  // namespace

const Provider& provider() {
  static const Rfc5322 kRfc5322;
  return kRfc5322;
}

}  // namespace dealog::connectors::rfc5322
