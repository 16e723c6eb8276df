// Identifiers: a UUIDv7 (RFC 9562) inside, a type prefix in text: "deal_0190f1c2…" (prefix,
// underscore, 32 lower-case hex digits). The text is also the name of the thing's stream.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "libs/base/result.hpp"
#include "libs/base/text.hpp"

namespace dealog {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Uuid&) const = default;
  bool is_nil() const { return *this == Uuid{}; }
  // 32 lower-case hex digits.
  std::string hex() const;
  // The 16 bytes as they are stored.
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  static Result<Uuid> from_hex(std::string_view text);
  // `raw` must be 16 bytes, else the nil UUID is returned.
  static Uuid from_bytes(std::string_view raw);
  // UUIDv5-like: RFC 9562 layout, SHA-256 of (namespace, name) truncated, version 8. Same input,
  // same id, on every machine: the id of whatever must happen once per cause.
  static Uuid derived(const Uuid& name_space, std::string_view name);
};

template <class Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(const Uuid& uuid) : uuid_(uuid) {}

  static constexpr std::string_view prefix() { return Tag::kPrefix; }
  const Uuid& uuid() const { return uuid_; }
  bool is_nil() const { return uuid_.is_nil(); }
  std::string text() const { return std::string(Tag::kPrefix) + "_" + uuid_.hex(); }
  auto operator<=>(const StrongId&) const = default;

  // Errors: kInvalid "invalid_id" when the prefix or the digits are wrong.
  static Result<StrongId> parse(std::string_view text) {
    const auto start = prefix().size() + 1;
    if (text.size() != start + 32 || !text.starts_with(prefix()) || text[start - 1] != '_') {
      return invalid(text);
    }
    auto uuid = Uuid::from_hex(text.substr(start));
    if (!uuid) return invalid(text);
    return StrongId(*uuid);
  }

 private:
  static std::unexpected<Error> invalid(std::string_view text) {
    return fail(ErrorKind::kInvalid, "invalid_id",
                quoted(text) + " is not an id of the form " + std::string(prefix()) +
                    "_ and 32 hex digits");
  }
  Uuid uuid_;
};

#define DEALOG_ID(Name, text_prefix)                         \
  struct Name##Tag {                                         \
    static constexpr std::string_view kPrefix = text_prefix; \
  };                                                         \
  using Name = StrongId<Name##Tag>

DEALOG_ID(DealId, "deal");
DEALOG_ID(PersonId, "per");
DEALOG_ID(CompanyId, "com");
DEALOG_ID(TaskId, "tsk");
DEALOG_ID(TouchId, "tch");
DEALOG_ID(QuoteId, "quo");
DEALOG_ID(InvoiceId, "inv");
DEALOG_ID(PaymentId, "pay");
DEALOG_ID(DocumentId, "doc");
DEALOG_ID(UserId, "usr");
DEALOG_ID(TokenId, "tok");
DEALOG_ID(SourceId, "src");
DEALOG_ID(DeliveryId, "dlv");
DEALOG_ID(CallId, "call");
DEALOG_ID(FetchId, "fet");
DEALOG_ID(RuleId, "rul");
DEALOG_ID(EventId, "evt");

// Makes ids. Passed in wherever ids are made, so that a run from a seed repeats exactly.
// Thread: any.
class IdSource {
 public:
  virtual ~IdSource() = default;
  virtual Uuid next() = 0;
  template <class Id>
  Id make() {
    return Id(next());
  }
};

}  // namespace dealog

template <>
struct std::hash<dealog::Uuid> {
  std::size_t operator()(const dealog::Uuid& uuid) const noexcept {
    std::uint64_t low;
    __builtin_memcpy(&low, uuid.bytes.data() + 8, 8);
    return low;
  }
};
template <class Tag>
struct std::hash<dealog::StrongId<Tag>> {
  std::size_t operator()(const dealog::StrongId<Tag>& id) const noexcept {
    return std::hash<dealog::Uuid>{}(id.uuid());
  }
};
