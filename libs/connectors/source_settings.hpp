// How one source is set up: the `settings` and the `secret` of POST /v1/sources.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/base/ip_network.hpp"
#include "libs/base/money.hpp"
#include "libs/base/result.hpp"
#include "libs/connectors/field_mapping.hpp"
#include "libs/connectors/mailbox_settings.hpp"

namespace dealog::connectors {

// Where the sender puts a shared secret.
struct KeyPlace {
  enum class In { kNone, kHeader, kField };
  In in = In::kNone;
  std::string name;  // of the header or of the form field, chosen by the user

  bool operator==(const KeyPlace&) const = default;
};

// How a sender signs what it sends, and where it puts the signature.
struct BodySignature {
  enum class Scheme {
    kBody,              // HMAC of the raw body in a header of the user's choice
    kGithub,            // X-Hub-Signature-256: sha256=<hex>
    kSlack,             // X-Slack-Signature: v0=<hex> over v0:<timestamp>:<body>
    kStripe,            // <header>: t=<timestamp>,v1=<hex> over <timestamp>.<body>
    kStandardWebhooks,  // webhook-signature: v1,<base64> over <id>.<timestamp>.<body>
    kRfc9421,           // Signature-Input and Signature, HTTP Message Signatures
  };
  enum class Encoding { kHex, kBase64 };
  Scheme scheme = Scheme::kBody;
  std::string header;  // "X-Signature"; of kStripe, too, where another sender copies its form
  Encoding encoding = Encoding::kHex;
  std::string prefix;                    // before the digits: "sha256="
  std::string algorithm;                 // "sha256" when empty
  std::vector<std::string> covers = {};  // of kRfc9421: what a signature must cover

  bool operator==(const BodySignature&) const = default;
};

struct AllowedNetworks {
  enum class From { kDefault, kProvider, kListed, kAny };
  From from = From::kDefault;  // the provider's where it signs nothing, else any
  std::vector<IpNetwork> listed;
  std::vector<std::string> listed_text;  // as written, for to_json

  bool operator==(const AllowedNetworks&) const = default;
};

// What a touch, a lead or a stage of this source does here.
struct ArrivalSettings {
  // What somebody without an open deal opens by calling or writing to us: a deal, or nothing.
  bool newcomers_open_deals = true;
  // What a lead of somebody with an open deal is: a touch on it, or another deal.
  bool known_open_another = false;
  // A missed call leaves a task to call back within this; 0: none.
  int call_back_minutes = 15;
  // Extensions, addresses and user ids of the sender → usr_… here.
  std::map<std::string, std::string> users;
  // "pipeline/stage" or "stage" of the other CRM → code of a stage here.
  std::map<std::string, std::string> stages;
  // Recordings and attachments that the provider keeps are fetched into files.
  bool fetches_files = true;
  // A lamp lights when nothing was received for so long; 0: it may be silent.
  int silent_after_hours = 0;
  std::string lost_reason = "other";  // of the regulation, for deals that were lost elsewhere
  // Addresses and domains that are ours ("sales@example.ru", "@example.ru"): a mail from them went
  // out.
  std::vector<std::string> our_addresses;

  bool operator==(const ArrivalSettings&) const = default;
};

// Settings are data and hold no clock and no connection. Copies are cheap enough to take one per
// delivery batch. Thread: any, as it is not changed after parsing.
struct SourceSettings {
  std::string provider;                     // canonical name
  std::string account;                      // public name of the source within delivery keys
  std::string country = "RU";               // ISO 3166, of phone numbers without a prefix
  std::string time_zone = "Europe/Moscow";  // of times without an offset
  std::string currency = "RUB";             // of amounts without a currency
  std::string pipeline;                     // code; empty means the default one
  std::string owner;                        // usr_… or empty
  KeyPlace auth;
  std::optional<BodySignature> signature;
  AllowedNetworks networks;
  std::optional<int> tolerance_s;  // age of a signed timestamp; provider's own if unset
  std::string public_url;          // as the provider calls it
  std::string api_url;             // of the provider's API, where each account has its own
  std::string crm_account;         // ours in another CRM; deliveries of others are refused
  ArrivalSettings arrivals;
  std::optional<MailboxSettings> mailbox;  // of one that is read
  FieldMapping fields;
  // Of a table: name of a column → what it is ("id", "amount", "opened" …).
  std::map<std::string, std::string> columns;
  // Of a plain form.
  std::string thank_you_url;         // where a browser is sent after posting
  std::vector<std::string> origins;  // sites that may post; empty means any
  std::string honeypot;              // name of the field that people do not see
  std::string charset;               // of forms that name none; empty means UTF-8
  // name → value; a single secret is part "". Never in to_json, logs or errors.
  std::map<std::string, std::string> secrets;

  // Null when there is no such part.
  const std::string* secret(std::string_view part = "") const;
};

// Whether it is an absolute http or https URL with a host.
bool is_web_url(std::string_view text);

// `settings` is an object or null, `secret` a string, an object of named strings, or null.
// Everything wrong is reported at once with pointers of the request body: /provider,
// /settings/auth/in, /secret. A member that is null counts as absent; an unknown one is an error,
// since a misspelled setting that does nothing is found too late.
// Errors: kInvalid "invalid_settings". Thread: any.
Result<SourceSettings> parse_settings(std::string_view provider, const boost::json::value& settings,
                                      const boost::json::value& secret = nullptr);

// The settings of a connected source as the log keeps them; `account` names it in delivery keys.
// Errors: kInternal "source_unusable" when they are not understood any more.
Result<SourceSettings> stored_settings(std::string_view provider, std::string_view settings_json,
                                       const std::map<std::string, std::string>& secrets,
                                       std::string_view account);

// What parse_settings reads back, without secrets.
boost::json::object to_json(const SourceSettings& settings);

}  // namespace dealog::connectors
