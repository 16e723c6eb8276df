#include <memory>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "libs/base/encoding.hpp"
#include "libs/connectors/signature/digest.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using testing_support::json_post;
using testing_support::settings_of;

constexpr std::string_view kWebhook = "8PT597110X687430L";

const Provider& paypal() { return *find_provider("paypal"); }

// A key and a certificate of our own, made once for the whole run.
struct Signer {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  std::string certificate;

  Signer() {
    X509* x509 = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key);
    X509_sign(x509, key, EVP_sha256());
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, x509);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio, &text);
    certificate.assign(text, static_cast<std::size_t>(size));
    BIO_free(bio);
    X509_free(x509);
  }
  std::string sign(const std::string& data) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
    std::size_t size = 512;
    std::string out(size, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                   reinterpret_cast<const unsigned char*>(data.data()), data.size());
    EVP_MD_CTX_free(context);
    out.resize(size);
    return to_base64(out);
  }
};

const Signer& signer() {
  static const Signer kSigner;
  return kSigner;
}

SourceSettings settings() {
  return settings_of("paypal", "{}",
                     json::object{{"webhook_id", kWebhook}, {"certificate", signer().certificate}});
}

Delivery signed_post(const json::object& event, std::string_view host = "api.paypal.com") {
  Delivery delivery = json_post(json::serialize(event));
  const std::string text = "tx-1|2026-03-05T09:59:00Z|" + std::string(kWebhook) + "|" +
                           std::to_string(crc32(delivery.body));
  delivery.headers.insert(
      delivery.headers.end(),
      {{"PAYPAL-TRANSMISSION-ID", "tx-1"},
       {"PAYPAL-TRANSMISSION-TIME", "2026-03-05T09:59:00Z"},
       {"PAYPAL-CERT-URL", "https://" + std::string(host) + "/v1/notifications/certs/CERT-1"},
       {"PAYPAL-AUTH-ALGO", "SHA256withRSA"},
       {"PAYPAL-TRANSMISSION-SIG", signer().sign(text)}});
  return delivery;
}

json::object capture() {
  return {{"id", "4AB"},
          {"status", "COMPLETED"},
          {"amount", {{"value", "150.00"}, {"currency_code", "USD"}}},
          {"invoice_id", "2026-8"},
          {"custom_id", "L-8"},
          {"update_time", "2026-03-05T09:58:30Z"},
          {"seller_receivable_breakdown",
           {{"paypal_fee", {{"value", "4.65"}, {"currency_code", "USD"}}},
            {"net_amount", {{"value", "145.35"}, {"currency_code", "USD"}}}}}};
}

json::object event(std::string_view type, json::object resource) {
  return {{"id", "WH-77"},
          {"create_time", "2026-03-05T09:58:40Z"},
          {"event_type", type},
          {"resource", std::move(resource)}};
}

Fact decode(const json::object& body) {
  auto facts = paypal().decode(signed_post(body), settings());
  if (!facts) throw std::runtime_error(facts.error().code);
  return facts->at(0);
}

TEST(PayPal, ReadsACaptureWithItsFee) {
  const Fact fact = decode(event("PAYMENT.CAPTURE.COMPLETED", capture()));
  EXPECT_EQ(fact.external_id, "4AB");
  EXPECT_EQ(fact.occurred_at->rfc3339(), "2026-03-05T09:58:30.000000Z");
  const auto& paid = std::get<PaymentFact>(fact.content);
  EXPECT_EQ(paid.status, PaymentStatus::kPaid);
  EXPECT_EQ(paid.amount.decimal(), "150.00");
  EXPECT_EQ(paid.fee->decimal(), "4.65");
  EXPECT_EQ(paid.net_amount->decimal(), "145.35");
  EXPECT_EQ(paid.order_id, "2026-8");
  EXPECT_EQ(paid.lead_ref, "L-8");
  EXPECT_FALSE(paid.test);
}

TEST(PayPal, ReadsASaleOfTheFirstApi) {
  const Fact fact = decode(event("PAYMENT.SALE.COMPLETED",
                                 {{"id", "5CD"},
                                  {"state", "completed"},
                                  {"amount", {{"total", "20.00"}, {"currency", "EUR"}}},
                                  {"transaction_fee", {{"value", "0.88"}, {"currency", "EUR"}}},
                                  {"invoice_number", "2026-9"},
                                  {"create_time", "2026-03-05T09:00:00Z"}}));
  const auto& paid = std::get<PaymentFact>(fact.content);
  EXPECT_EQ(paid.amount, Money::parse("20.00", "EUR").value());
  EXPECT_EQ(paid.net_amount->decimal(), "19.12");
  EXPECT_EQ(paid.order_id, "2026-9");
}

TEST(PayPal, FindsThePaymentOfARefundInEitherApi) {
  const Fact second = decode(
      event("PAYMENT.CAPTURE.REFUNDED",
            {{"id", "R2"},
             {"amount", {{"value", "1.50"}, {"currency_code", "USD"}}},
             {"create_time", "2026-03-05T09:00:00Z"},
             {"links",
              {{{"rel", "self"}, {"href", "https://api.paypal.com/v2/payments/refunds/R2"}},
               {{"rel", "up"}, {"href", "https://api.paypal.com/v2/payments/captures/4AB"}}}}}));
  EXPECT_EQ(std::get<RefundFact>(second.content).payment_id, "4AB");
  const Fact first =
      decode(event("PAYMENT.SALE.REFUNDED", {{"id", "R1"},
                                             {"sale_id", "5CD"},
                                             {"amount", {{"total", "-2.00"}, {"currency", "EUR"}}},
                                             {"create_time", "2026-03-05T09:00:00Z"}}));
  EXPECT_EQ(std::get<RefundFact>(first.content).payment_id, "5CD");
  EXPECT_EQ(std::get<RefundFact>(first.content).amount.decimal(), "2.00");
}

TEST(PayPal, RefusesWhenOneByteChanges) {
  const Delivery good = signed_post(event("PAYMENT.CAPTURE.COMPLETED", capture()));
  EXPECT_TRUE(paypal().verify(good, settings()).ok());
  for (std::size_t i = 0; i < good.body.size(); i += 9) {
    Delivery changed = good;
    changed.body[i] = static_cast<char>(changed.body[i] ^ 1);
    EXPECT_EQ(paypal().verify(changed, settings()).status(), 401) << i;
  }
  Delivery changed = good;
  changed.headers.back().second[5] ^= 1;
  EXPECT_EQ(paypal().verify(changed, settings()).status(), 401);
}

TEST(PayPal, TakesCertificatesFromPayPalOnly) {
  for (const char* host :
       {"paypal.com.evil.example", "evilpaypal.com", "api.paypal.com@evil.org"}) {
    const Delivery delivery = signed_post(event("PAYMENT.CAPTURE.COMPLETED", capture()), host);
    EXPECT_EQ(paypal().verify(delivery, settings()).reason, "certificate_not_of_paypal") << host;
  }
}

// Losing nothing and believing nothing: what cannot be proved yet waits.
TEST(PayPal, KeepsInQuarantineWhatItCannotProve) {
  const auto unproved = settings_of("paypal", "{}", json::string(kWebhook));
  Delivery delivery = signed_post(event("PAYMENT.CAPTURE.COMPLETED", capture()));
  EXPECT_TRUE(paypal().verify(delivery, unproved).ok());
  EXPECT_EQ(paypal().decode(delivery, unproved).error().code, "certificate_missing");
  EXPECT_TRUE(paypal().decode(delivery, settings()));
  delivery.body.insert(1, " ");
  EXPECT_TRUE(paypal().verify(delivery, unproved).ok());
  EXPECT_EQ(paypal().decode(delivery, settings()).error().code, "signature_wrong");
}

TEST(PayPal, TellsSandboxMoneyFromMoney) {
  const auto facts = paypal().decode(
      signed_post(event("PAYMENT.CAPTURE.COMPLETED", capture()), "api.sandbox.paypal.com"),
      settings());
  EXPECT_TRUE(std::get<PaymentFact>(facts->at(0).content).test);
}

TEST(PayPal, RefusesSettingsThatHoldNoCertificate) {
  const auto settings =
      parse_settings("paypal", nullptr, json::object{{"webhook_id", "w"}, {"certificate", "CERT"}});
  EXPECT_EQ(settings.error().fields.at(0).pointer, "/secret/certificate");
}

}  // namespace
}  // namespace dealog::connectors
