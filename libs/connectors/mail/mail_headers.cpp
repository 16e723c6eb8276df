#include "libs/connectors/mail/mail_headers.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <gmime/gmime.h>

#include "libs/base/text.hpp"
#include "libs/connectors/mail/gmime_library.hpp"
#include "libs/connectors/mail/header_words.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors::mail {
namespace {

std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_name(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != ':'; });
}

std::string comparable(std::string_view address) {
  return normalise_email(address).value_or(to_lower_ascii(trim(address)));
}

void add_mailbox(std::vector<Mailbox>& out, std::string_view name, std::string_view address) {
  if (address.find('@') == address.npos || out.size() >= kMailAddresses) return;
  // GMime hands through what it could not read.
  if (!is_valid_utf8(address) || !is_valid_utf8(name)) return;
  out.push_back({std::string(trim(name)), comparable(address)});
}

void add_list(std::vector<Mailbox>& out, InternetAddressList* list, int depth) {
  const int count = internet_address_list_length(list);
  for (int i = 0; i < count && out.size() < kMailAddresses; ++i) {
    InternetAddress* address = internet_address_list_get_address(list, i);
    const char* name = internet_address_get_name(address);
    if (INTERNET_ADDRESS_IS_GROUP(address)) {
      auto* members = internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address));
      if (members && depth < 2) add_list(out, members, depth + 1);
    } else {
      const char* text = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
      add_mailbox(out, name ? name : "", text ? text : "");
    }
  }
}

// Where the list follows no grammar: "Ivan ivan@example.com".
void add_by_sight(std::vector<Mailbox>& out, std::string_view text) {
  const auto at = text.find('@');
  if (at == text.npos) return;
  constexpr std::string_view kEnds = " \t<>,;:\"'()[]";
  const auto before = text.find_last_of(kEnds, at);
  const auto start = before == text.npos ? 0 : before + 1;
  const auto end = std::min(text.find_first_of(kEnds, at), text.size());
  if (start == at || end == at + 1) return;
  add_mailbox(out, start > 0 ? text.substr(0, start - 1) : "", text.substr(start, end - start));
}

}  // namespace

Headers Headers::parse(std::string_view block) {
  Headers out;
  block = block.substr(0, kMailHeaderBytes);
  if (block.starts_with("\xef\xbb\xbf")) block.remove_prefix(3);
  while (block.starts_with('\r') || block.starts_with('\n')) block.remove_prefix(1);
  while (!block.empty()) {
    const std::string_view line = take_line(block);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (!out.fields.empty()) out.fields.back().second.append("\n").append(line);
      continue;
    }
    const auto colon = line.find(':');
    const auto name = trim(line.substr(0, std::min(colon, line.size())));
    if (colon == line.npos || !is_name(name)) continue;
    if (out.fields.size() == kMailHeaders) break;
    out.fields.emplace_back(name, trim(line.substr(colon + 1)));
  }
  return out;
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [own, value] : fields) {
    if (equals_ignoring_case_ascii(own, name)) return value;
  }
  return {};
}

bool Headers::has(std::string_view name) const {
  return std::ranges::any_of(
      fields, [&](const auto& field) { return equals_ignoring_case_ascii(field.first, name); });
}

std::vector<Mailbox> parse_mailboxes(std::string_view raw) {
  prepare_gmime();
  std::vector<Mailbox> out;
  const std::string text = decode_words_quoted(raw.substr(0, kMailHeaderBytes));
  const GObjectPtr<InternetAddressList> list(internet_address_list_parse(nullptr, text.c_str()));
  if (list) add_list(out, list.get(), 0);
  if (out.empty()) add_by_sight(out, text);
  return out;
}

std::vector<std::string> addresses_of(std::string_view raw) {
  std::vector<std::string> out;
  for (auto& mailbox : parse_mailboxes(raw)) out.push_back(std::move(mailbox.address));
  return out;
}

std::vector<std::string> message_ids_of(std::string_view raw) {
  const std::string text = decode_words(raw.substr(0, kMailHeaderBytes));
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto start = text.find('<', at);
    const auto end = start == text.npos ? start : text.find('>', start);
    if (end == text.npos) break;
    std::string id = text.substr(start, end + 1 - start);
    // Folded in the middle by mailers that know no better.
    std::erase_if(id, [](char c) { return c == ' ' || c == '\t'; });
    if (id.size() > 2 && id.size() <= kMessageIdBytes) out.push_back(std::move(id));
    at = end + 1;
  }
  if (out.empty()) {
    // Without brackets.
    for (const auto word : split(text, ' ')) {
      if (word.find('@') == word.npos || word.size() > kMessageIdBytes) continue;
      out.push_back("<" + std::string(trim(word)) + ">");
    }
  }
  if (out.size() > kMailReferences) {
    out.erase(out.begin() + 1, out.end() - static_cast<std::ptrdiff_t>(kMailReferences - 1));
  }
  return out;
}

std::string message_id_of(std::string_view raw) {
  const auto ids = message_ids_of(raw);
  return ids.empty() ? "" : ids.front();
}

bool is_automatic(const Headers& headers) {
  const std::string submitted = to_lower_ascii(trim(headers.get("Auto-Submitted")));
  if (!submitted.empty() && !submitted.starts_with("no")) return true;
  const std::string precedence = to_lower_ascii(trim(headers.get("Precedence")));
  constexpr std::array<std::string_view, 4> kBulk{"bulk", "junk", "list", "auto_reply"};
  if (std::ranges::find(kBulk, precedence) != kBulk.end()) return true;
  constexpr std::array<std::string_view, 7> kMarks{
      "List-Id",         "List-Unsubscribe",  "X-Autoreply",        "X-Autorespond",
      "X-Autogenerated", "X-Auto-Reply-From", "X-Failed-Recipients"};
  if (std::ranges::any_of(kMarks, [&](auto name) { return headers.has(name); })) return true;
  if (trim(headers.get("Return-Path")) == "<>") return true;
  const std::string type = to_lower_ascii(headers.get("Content-Type"));
  if (type.starts_with("multipart/report")) return true;
  const auto from = addresses_of(headers.get("From"));
  return !from.empty() &&
         (from[0].starts_with("mailer-daemon@") || from[0].starts_with("postmaster@"));
}

}  // namespace dealog::connectors::mail
