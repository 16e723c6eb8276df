// What every provider of deliveries can do. One folder and one line in providers.cpp each; the
// receiving code knows this interface and no provider.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/connectors/delivery.hpp"
#include "libs/connectors/fact.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors {

struct Node;

// Whether a delivery comes from whom it claims. `reason` is a code for counters and logs.
struct Verdict {
  enum class Kind { kOk, kUnauthorised, kForbidden };
  Kind kind = Kind::kOk;
  std::string_view reason;  // constant text

  static Verdict accepted() { return {}; }
  static Verdict unauthorised(std::string_view reason) { return {Kind::kUnauthorised, reason}; }
  static Verdict forbidden(std::string_view reason) { return {Kind::kForbidden, reason}; }
  bool ok() const { return kind == Kind::kOk; }
  int status() const { return kind == Kind::kOk ? 200 : kind == Kind::kForbidden ? 403 : 401; }
};

struct Answer {
  int status = 200;
  std::string content_type;  // empty: no body
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// What to do with a verified delivery, found out without understanding all of it.
struct Reception {
  enum class Kind {
    kStore,      // append it, then answer
    kPing,       // answer and count, store nothing
    kChallenge,  // the same, but `challenge` is the answer
  };
  Kind kind = Kind::kStore;
  // Of kStore: two deliveries of one source with one key are one. Printable, at most
  // kDeliveryKeyBytes, never a secret.
  std::string delivery_key;
  Answer challenge = {};
  // Of kStore: why the body cannot be read at all. It is stored all the same, because a decoder
  // may be at fault; whoever prefers to refuse it with 400 has the reason here.
  std::optional<Error> malformed = {};
};

inline constexpr std::size_t kDeliveryKeyBytes = 500;

// What is asked of a provider's API. The key is in a header, so that no URL in a log shows it.
struct ApiRequest {
  std::string method = "GET";
  std::string url;  // whole, https but for tests
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

// One step towards a body that a provider keeps: a recording, an attachment.
struct FileRequest {
  ApiRequest request;
  // Its answer is not the body yet: `Provider::file_at` reads in it where that is.
  bool tells_where = false;
};

// What became of a delivery before it is answered. A duplicate gets the answer of a success.
enum class Outcome { kAccepted, kDuplicate, kPing };

// Stateless and pure: no clock, no network, no random. Thread: any.
class Provider {
 public:
  virtual ~Provider() = default;

  virtual std::string_view name() const = 0;
  // Rises when `decode` would read a stored delivery differently.
  virtual std::uint32_t decoder_version() const = 0;

  // Network first (settings, or the published ones where the provider signs nothing), then the
  // provider's own check. Secrets are compared in constant time. What pretends to have been fetched
  // by ourselves is refused.
  Verdict verify(const Delivery& delivery, const SourceSettings& settings) const;

  virtual Reception receive(const Delivery& delivery, const SourceSettings& settings) const = 0;
  virtual Answer answer(const Delivery& delivery, const SourceSettings& settings,
                        Outcome outcome) const = 0;
  // At least one fact, or what is missing: the reason of a quarantine, safe to show and to log
  // as it never quotes a value. Also for deliveries that `receive` called a ping.
  virtual Result<std::vector<Fact>> decode(const Delivery& delivery,
                                           const SourceSettings& settings) const = 0;

  // Of a provider that only announces: how `plan` is asked for. The answer's body becomes a
  // delivery with the suffix "/fetched/<what>". Errors: kInvalid "api_key_missing" (settings lack
  // the secret `api`), "nothing_to_fetch".
  virtual Result<ApiRequest> ask(const FetchPlan& plan, const SourceSettings& settings) const;
  // How a body is asked for that becomes a file: `id` as a fact has it, the provider's own or an
  // address (which is asked as it is, without any key, unless the provider knows better). A key
  // goes to the provider's own hosts alone. Redirects are followed, without headers.
  // Errors: kInvalid "nothing_to_fetch", "api_key_missing", "api_url_missing",
  // "address_not_theirs".
  virtual Result<FileRequest> ask_file(std::string_view id, const SourceSettings& settings) const;
  // Of a FileRequest that tells_where: the request for the body itself. Errors besides:
  // kUnavailable "file_not_ready" (asking later may help); those of parse_json.
  virtual Result<ApiRequest> file_at(std::string_view id, std::string_view answer,
                                     const SourceSettings& settings) const;
  // Of a CRM that can be moved over from: what one item of an export says. `what` is the name of
  // its kind here, as in libs/connectors/export. Errors: kInvalid "export_not_known",
  // "field_missing".
  virtual Result<std::vector<Fact>> read_exported(std::string_view what, const Node& item,
                                                  const SourceSettings& settings) const;
  // Between two requests of one source, so that the provider's own limit is kept.
  virtual std::chrono::milliseconds ask_interval() const { return std::chrono::milliseconds(200); }

  // Whether nothing is posted to its sources, and mailboxes are read instead.
  virtual bool reads_mailbox() const { return false; }

  // Fills in the provider's defaults and says what does not fit (pointers of the request body).
  virtual std::vector<FieldError> complete_settings(SourceSettings& settings) const;

 protected:
  // Networks that the provider publishes, and whether they are checked unless settings say else.
  virtual std::span<const IpNetwork> published_networks() const { return {}; }
  virtual bool checks_networks_by_default() const { return false; }
  virtual Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const = 0;
};

// By name or alias ("generic-form"); null when there is none.
const Provider* find_provider(std::string_view name);
// Each once, in the order of the table.
std::span<const Provider* const> all_providers();

// "<prefix>:sha256:<hex of the raw body, of a GET of its query>", for what carries no id.
std::string body_key(std::string_view prefix, const Delivery& delivery);
// "deal" of a delivery with the suffix "/fetched/deal"; "" of what came from outside.
std::string_view fetched_what(const Delivery& delivery);
// The same of "/exported/deal": a page of an export that somebody with the right to do so imports.
std::string_view exported_what(const Delivery& delivery);
// Adds to `errors` that a provider which signs cannot be heard without its secret. `part` names one
// of several; `why` is shown.
std::vector<FieldError> require_secret(std::vector<FieldError> errors,
                                       const SourceSettings& settings, std::string_view why,
                                       std::string_view part = "");
// `<prefix>:<id>`; an id that is too long or not printable is replaced by its hash.
std::string delivery_key(std::string_view prefix, std::string_view id);

}  // namespace dealog::connectors
