#include "libs/connectors/bank_statement/bank_statement.hpp"

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/bank_statement/camt053.hpp"
#include "libs/connectors/bank_statement/client_bank_exchange.hpp"
#include "libs/connectors/bank_statement/mt940.hpp"
#include "libs/connectors/parse/charset_guess.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/parse/media_type.hpp"
#include "libs/connectors/parse/posted_file.hpp"
#include "libs/connectors/payment/payment_fields.hpp"
#include "libs/connectors/shared_secret.hpp"

namespace dealog::connectors::bank_statement {
namespace {

constexpr std::size_t kOneEntryBytes = 64 << 10;

std::unexpected<Error> unknown_format() {
  return fail(ErrorKind::kInvalid, "unknown_statement",
              "the file is neither 1CClientBankExchange nor CAMT.053 nor MT940; export the "
              "statement in one of these formats");
}

bool looks_like_xml(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe<") || bytes.starts_with("\xfe\xff")) return true;
  const auto start = bytes.find_first_not_of("\xef\xbb\xbf \r\n\t");
  return start != bytes.npos && bytes[start] == '<';
}

Result<std::vector<Fact>> read_file(std::string_view bytes, std::string_view charset,
                                    const SourceSettings& settings) {
  if (bytes.size() > kStatementBytes) {
    return fail(ErrorKind::kTooLarge, "statement_too_long", "the statement is too large a file");
  }
  if (const std::string text = client_bank_exchange_text(bytes); !text.empty()) {
    return facts_of(TRY(read_client_bank_exchange(text, settings)), "1c");
  }
  if (looks_like_xml(bytes)) {
    const XmlElement document = TRY(parse_xml(bytes));
    if (!is_camt(document)) return unknown_format();
    return facts_of(TRY(read_camt(document, settings)), "camt");
  }
  const std::string text = text_of(bytes, charset);
  if (!is_mt940(text)) return unknown_format();
  return facts_of(TRY(read_mt940(text, settings)), "mt940");
}

Result<std::vector<Fact>> read(const Delivery& delivery, const SourceSettings& settings) {
  const std::string file = TRY(posted_file(delivery));
  const HeaderValue type = parse_header_value(delivery.content_type());
  std::string charset = type.parameter("charset");
  if (charset.empty()) charset = settings.charset;
  return read_file(file, charset, settings);
}

class BankStatement final : public Provider {
 public:
  std::string_view name() const override { return "bank-statement"; }
  std::uint32_t decoder_version() const override { return 1; }

  Reception receive(const Delivery& delivery, const SourceSettings& settings) const override {
    if (delivery.method == "GET") return {Reception::Kind::kPing, {}};
    const auto file = posted_file(delivery);
    if (!file) return {Reception::Kind::kStore, body_key("statement", delivery), {}, file.error()};
    // Understanding takes its time, and nobody waits for it but with a file that may be one entry.
    const auto facts = file->size() <= kOneEntryBytes ? read(delivery, settings) : fail({});
    if (facts && facts->size() == 1 && facts->front().kind() == "payment") {
      return {Reception::Kind::kStore, facts->front().key};
    }
    return {Reception::Kind::kStore, "statement:sha256:" + to_hex(sha256(*file))};
  }

  Answer answer(const Delivery&, const SourceSettings&, Outcome) const override {
    return {200, {}, {}};
  }

  Result<std::vector<Fact>> decode(const Delivery& delivery,
                                   const SourceSettings& settings) const override {
    if (delivery.method == "GET") return ignored("connection_check");
    return read(delivery, settings);
  }

 protected:
  Verdict authenticate(const Delivery& delivery, const SourceSettings& settings) const override {
    const Verdict key = check_key(delivery, settings);
    return key.ok() ? check_signature(delivery, settings) : key;
  }
};

}  // namespace

const Provider& provider() {
  static const BankStatement kBankStatement;
  return kBankStatement;
}

}  // namespace dealog::connectors::bank_statement
