#include "libs/outbound/imap/session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "libs/base/clock.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/outbound/imap/folder_name.hpp"

namespace dealog::outbound::imap {
namespace {

using std::chrono::milliseconds;

// A header that is taken instead of a mail that is too large, and what stands around a mail.
constexpr std::size_t kAroundMail = 64 << 10;
// Mails whose sizes are asked for at once.
constexpr std::size_t kSizesAtOnce = 200;

std::unexpected<Error> unavailable(const char* code, const char* words) {
  return fail(ErrorKind::kUnavailable, code, words);
}

// "3-Mar-2026", as SEARCH wants it.
std::string search_date(Date date) {
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string text = date.text();
  const auto month = parse_number<std::uint64_t>(text.substr(5, 2)).value_or(1);
  return fmt::format("{}-{}-{}", parse_number<std::uint64_t>(text.substr(8, 2)).value_or(1),
                     kMonths[month - 1], text.substr(0, 4));
}

bool has_flag(const Value& flags, std::string_view name) {
  return std::ranges::any_of(
      flags.items, [&](const Value& flag) { return equals_ignoring_case_ascii(flag.text, name); });
}

// "(\HasNoChildren \Sent) "/" "Sent"".
std::optional<Folder> folder_of(std::vector<Value>& values) {
  if (values.size() < 3 || !values[0].is_list()) return std::nullopt;
  if (has_flag(values[0], "\\Noselect") || has_flag(values[0], "\\NonExistent")) {
    return std::nullopt;
  }
  const std::string& name = values[2].text;
  const bool usable = !name.empty() && name.size() <= kFolderNameBytes &&
                      name.find_first_of(std::string_view("\r\n\0", 3)) == name.npos;
  if (!usable) return std::nullopt;
  return Folder{name, has_flag(values[0], "\\Sent")};
}

}  // namespace

Session::Session(ByteStream& stream, std::size_t mail_bytes)
    : stream_(stream), reader_(mail_bytes + kAroundMail) {}

std::string Session::next_tag() { return fmt::format("d{}", ++commands_); }

Result<std::optional<Response>> Session::next_response(milliseconds within) {
  const auto until = steady_now() + within;
  for (;;) {
    if (auto raw = reader_.take()) {
      Response response = parse_response(*std::move(raw));
      if (response.is("BYE")) return unavailable("connection_lost", "the server says goodbye");
      if (response.is("EXISTS")) news_ = true;
      return response;
    }
    const auto left = std::chrono::ceil<milliseconds>(until - steady_now());
    if (left.count() <= 0) return std::nullopt;
    const std::string bytes = TRY(stream_.receive(left));
    TRY(reader_.feed(bytes));
  }
}

Result<Response> Session::require_response() {
  auto response = TRY(next_response(kAnswerTimeout));
  if (!response) return unavailable("timeout", "the server did not answer in time");
  return *std::move(response);
}

Result<Response> Session::answer_to(const std::string& tag, const Untagged& untagged) {
  for (;;) {
    Response response = TRY(require_response());
    if (response.tag == tag) {
      if (response.name == "OK") return response;
      return unavailable("server_refused", "the server refuses what it was asked for");
    }
    if (response.is_untagged() && untagged) TRY(untagged(response));
  }
}

Result<Response> Session::command(std::string_view text, const Untagged& untagged) {
  const std::string tag = next_tag();
  TRY(stream_.send(fmt::format("{} {}\r\n", tag, text)));
  return answer_to(tag, untagged);
}

Result<bool> Session::can(std::string_view capability) {
  bool found = false;
  TRY(command("CAPABILITY", [&](Response& response) -> Result<void> {
    if (!response.is("CAPABILITY")) return {};
    for (const auto word : split(response.rest, ' ')) {
      found = found || equals_ignoring_case_ascii(word, capability);
    }
    return {};
  }));
  return found;
}

Result<std::vector<Folder>> Session::folders() {
  std::vector<Folder> out;
  TRY(command("LIST \"\" \"*\"", [&](Response& response) -> Result<void> {
    if (!response.is("LIST") || out.size() == kFolders) return {};
    auto values = TRY(take_values(response));
    if (auto folder = folder_of(values)) out.push_back(*std::move(folder));
    return {};
  }));
  return out;
}

Result<OpenFolder> Session::open(std::string_view folder) {
  OpenFolder out;
  auto opened = command("EXAMINE " + quoted_folder(folder), [&](Response& response) {
    if (response.code == "UIDVALIDITY") {
      out.uid_validity = parse_number<std::uint64_t>(response.code_value).value_or(0);
    }
    if (response.code == "UIDNEXT")
      out.uid_next = parse_number<std::uint64_t>(response.code_value).value_or(0);
    return Result<void>();
  });
  // How many there are is told with every opening.
  news_ = false;
  if (opened) return out;
  if (opened.error().code == "server_refused") {
    return unavailable("folder_missing", "the server has no such folder");
  }
  return fail(std::move(opened).error());
}

Result<std::vector<std::uint64_t>> Session::mails_after(std::uint64_t uid,
                                                        std::optional<Date> since) {
  std::vector<std::uint64_t> out;
  const std::string day = since ? " SINCE " + search_date(*since) : "";
  TRY(command(fmt::format("UID SEARCH UID {}:*{}", uid + 1, day), [&](Response& response) {
    if (response.is("SEARCH")) {
      const auto found = numbers_of(response.rest);
      out.insert(out.end(), found.begin(), found.end());
    }
    return Result<void>();
  }));
  // "n:*" names the newest mail also where it lies below n.
  std::erase_if(out, [&](std::uint64_t found) { return found <= uid; });
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

Result<std::vector<MailSize>> Session::sizes(std::vector<std::uint64_t> uids) {
  if (uids.size() > kSizesAtOnce) uids.resize(kSizesAtOnce);
  std::vector<MailSize> out;
  if (uids.empty()) return out;
  const auto read = [&](Response& response) -> Result<void> {
    if (!response.is("FETCH")) return {};
    auto values = TRY(take_values(response));
    if (values.empty() || !values[0].is_list()) return {};
    const Value* uid = fetched(values[0].items, "UID");
    const Value* size = fetched(values[0].items, "RFC822.SIZE");
    if (uid == nullptr || size == nullptr || out.size() == kSizesAtOnce) return {};
    const MailSize mail{parse_number<std::uint64_t>(uid->text).value_or(0),
                        parse_number<std::uint64_t>(size->text).value_or(0)};
    if (std::ranges::binary_search(uids, mail.uid)) out.push_back(mail);
    return {};
  };
  TRY(command(fmt::format("UID FETCH {} (UID RFC822.SIZE)", fmt::join(uids, ",")), read));
  std::ranges::sort(out, {}, &MailSize::uid);
  return out;
}

Result<std::optional<std::string>> Session::part(std::uint64_t uid, std::string_view name) {
  std::optional<std::string> out;
  const auto read = [&](Response& response) -> Result<void> {
    if (!response.is("FETCH")) return {};
    auto values = TRY(take_values(response));
    if (values.empty() || !values[0].is_list()) return {};
    const Value* found = fetched(values[0].items, "UID");
    Value* content = fetched(values[0].items, fmt::format("BODY[{}]", name));
    if (found == nullptr || content == nullptr || parse_number<std::uint64_t>(found->text) != uid)
      return {};
    if (content->kind == Value::Kind::kText) out = std::move(content->text);
    return {};
  };
  TRY(command(fmt::format("UID FETCH {} (UID BODY.PEEK[{}])", uid, name), read));
  return out;
}

Result<std::optional<std::string>> Session::mail(std::uint64_t uid) { return part(uid, ""); }

Result<std::optional<std::string>> Session::header(std::uint64_t uid) {
  return part(uid, "HEADER");
}

Result<bool> Session::idle(milliseconds within) {
  if (std::exchange(news_, false)) return true;
  const std::string tag = next_tag();
  const auto until = steady_now() + std::min(within, kIdleTimeout);
  TRY(stream_.send(tag + " IDLE\r\n"));
  bool waiting = false;
  while (!news_ || !waiting) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_now());
    const auto response =
        TRY(next_response(waiting ? std::max(left, milliseconds(0)) : kAnswerTimeout));
    if (!response && !waiting) return unavailable("timeout", "the server did not answer in time");
    if (!response) break;
    if (response->tag == tag) {  // it refuses to wait, or has ended it by itself
      if (response->name == "OK") return std::exchange(news_, false);
      return unavailable("server_refused", "the server refuses IDLE");
    }
    waiting = waiting || response->is_continuation();
  }
  TRY(stream_.send("DONE\r\n"));
  TRY(answer_to(tag, {}));
  return std::exchange(news_, false);
}

Result<void> Session::look() {
  TRY(command("NOOP"));
  return {};
}

}  // namespace dealog::outbound::imap
