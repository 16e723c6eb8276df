// The table of providers: a new one is a line in each of the two lists.
#include <array>

#include "libs/base/limits.hpp"
#include "libs/connectors/amocrm/amocrm.hpp"
#include "libs/connectors/asterisk/asterisk.hpp"
#include "libs/connectors/bank_statement/bank_statement.hpp"
#include "libs/connectors/bitrix24/bitrix24.hpp"
#include "libs/connectors/body_limits.hpp"
#include "libs/connectors/cloudevents/cloudevents.hpp"
#include "libs/connectors/cloudpayments/cloudpayments.hpp"
#include "libs/connectors/deal_table/deal_table.hpp"
#include "libs/connectors/facebook_lead_ads/facebook_lead_ads.hpp"
#include "libs/connectors/generic/generic.hpp"
#include "libs/connectors/google_forms/google_forms.hpp"
#include "libs/connectors/hubspot/hubspot.hpp"
#include "libs/connectors/imap/imap.hpp"
#include "libs/connectors/jotform/jotform.hpp"
#include "libs/connectors/mailgun/mailgun.hpp"
#include "libs/connectors/mango_office/mango_office.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/paypal/paypal.hpp"
#include "libs/connectors/pipedrive/pipedrive.hpp"
#include "libs/connectors/postmark/postmark.hpp"
#include "libs/connectors/provider.hpp"
#include "libs/connectors/rfc5322/rfc5322.hpp"
#include "libs/connectors/robokassa/robokassa.hpp"
#include "libs/connectors/sendgrid/sendgrid.hpp"
#include "libs/connectors/signed_events/signed_events.hpp"
#include "libs/connectors/stripe/stripe.hpp"
#include "libs/connectors/tbank/tbank.hpp"
#include "libs/connectors/telegram/telegram.hpp"
#include "libs/connectors/tilda/tilda.hpp"
#include "libs/connectors/twilio/twilio.hpp"
#include "libs/connectors/typeform/typeform.hpp"
#include "libs/connectors/uis_comagic/uis_comagic.hpp"
#include "libs/connectors/whatsapp_cloud/whatsapp_cloud.hpp"
#include "libs/connectors/yookassa/yookassa.hpp"
#include "libs/connectors/zadarma/zadarma.hpp"

namespace dealog::connectors {
namespace {

// clang-format off
const std::array kProviders{
    &generic::provider(),
    &amocrm::provider(),
    &asterisk::provider(),
    &bank_statement::provider(),
    &bitrix24::provider(),
    &cloudevents::provider(),
    &cloudpayments::provider(),
    &deal_table::provider(),
    &facebook_lead_ads::provider(),
    &google_forms::provider(),
    &hubspot::provider(),
    &imap::provider(),
    &jotform::provider(),
    &mailgun::provider(),
    &mango_office::provider(),
    &paypal::provider(),
    &pipedrive::provider(),
    &postmark::provider(),
    &rfc5322::provider(),
    &robokassa::provider(),
    &sendgrid::provider(),
    &signed_events::github(),
    &signed_events::message_signature(),
    &signed_events::slack(),
    &signed_events::standard_webhooks(),
    &stripe::provider(),
    &tbank::provider(),
    &telegram::provider(),
    &tilda::provider(),
    &twilio::provider(),
    &typeform::provider(),
    &uis_comagic::provider(),
    &whatsapp_cloud::provider(),
    &yookassa::provider(),
    &zadarma::provider(),
};
// clang-format on

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kAliases{{
    {"generic-form", "generic"},
    {"html-form", "generic"},
    {"1c", "bank-statement"},
    {"camt053", "bank-statement"},
    {"mt940", "bank-statement"},
    {"kommo", "amocrm"},
    {"facebook", "facebook-lead-ads"},
}};

// Those whose deliveries are larger than a form.
constexpr std::array<std::pair<std::string_view, std::size_t>, 5> kLargeBodies{{
    {"bank-statement", kStatementBytes + (64 << 10)},  // and the form around it
    {"mailgun", kBodyBytes},
    {"postmark", kBodyBytes},
    {"rfc5322", kBodyBytes},
    {"sendgrid", kBodyBytes},
}};

}  // namespace

const Provider* find_provider(std::string_view name) {
  for (const auto& [alias, canonical] : kAliases) {
    if (alias == name) name = canonical;
  }
  for (const Provider* provider : kProviders) {
    if (provider->name() == name) return provider;
  }
  return nullptr;
}

std::size_t body_limit_of(const Provider& provider) {
  for (const auto& [name, bytes] : kLargeBodies) {
    if (name == provider.name()) return bytes;
  }
  return limits::kHookBodyBytes;
}

std::span<const Provider* const> all_providers() { return kProviders; }

}  // namespace dealog::connectors
