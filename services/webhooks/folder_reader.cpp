#include "services/webhooks/folder_reader.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "libs/base/logging.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/imap/imap.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/outbound/imap/folder_name.hpp"

namespace dealog::webhooks {
namespace {

namespace imap = outbound::imap;

// How many mails are asked for together.
constexpr std::size_t kMailsAtOnce = 100;
constexpr Duration kDay = std::chrono::hours(24);
// Where a server marks no folder as that of sent mails, one with such a name is.
constexpr std::array<std::string_view, 6> kSentNames = {
    "Sent", "Sent Items", "Sent Messages", "INBOX.Sent", "Отправленные", "INBOX.Отправленные"};

const imap::Folder* named(const std::vector<imap::Folder>& all, std::string_view name) {
  const auto found =
      std::ranges::find_if(all, [&](const imap::Folder& folder) { return folder.name == name; });
  return found == all.end() ? nullptr : &*found;
}

const imap::Folder* sent_among(const std::vector<imap::Folder>& all) {
  const auto marked = std::ranges::find_if(all, &imap::Folder::is_sent);
  if (marked != all.end()) return &*marked;
  for (const auto name : kSentNames) {
    if (const auto* folder = named(all, imap::folder_name(name))) return folder;
  }
  return nullptr;
}

std::unexpected<Error> folder_missing() {
  return fail(ErrorKind::kUnavailable, "folder_missing", "the server lacks a folder to be read");
}

}  // namespace

FolderReader::FolderReader(CommandBus& bus, const ConnectedSource& source, imap::Session& session,
                           std::mutex& large_mail)
    : bus_(bus),
      source_(source),
      session_(session),
      large_mail_(large_mail),
      stream_(mailbox::mailbox_of(source.id).text()) {}

Result<std::vector<MailFolder>> FolderReader::folders() {
  const auto& settings = *source_.settings.mailbox;
  const auto all = TRY(session_.folders());
  std::vector<MailFolder> out;
  for (const auto& name : settings.folders) {
    // INBOX is written in any case.
    const bool inbox = equals_ignoring_case_ascii(name, "INBOX");
    const std::string written = inbox ? "INBOX" : imap::folder_name(name);
    if (!inbox && named(all, written) == nullptr) return folder_missing();
    out.push_back({written, false});
  }
  if (settings.sent == "none") return out;
  const bool chosen = settings.sent != "auto";
  const auto* sent = chosen ? named(all, imap::folder_name(settings.sent)) : sent_among(all);
  if (sent == nullptr && chosen) return folder_missing();
  if (sent != nullptr) {
    std::erase_if(out, [&](const MailFolder& folder) { return folder.name == sent->name; });
    out.push_back({sent->name, true});
  }
  return out;
}

Result<FolderReader::Visit> FolderReader::begin(const MailFolder& folder,
                                                const imap::OpenFolder& open) {
  const auto state = TRY(bus_.folds().current<mailbox::State>(stream_));
  Visit visit{.folder = folder, .uid_validity = open.uid_validity};
  const auto known = state->folders.find(folder.name);
  if (known == state->folders.end()) {
    visit.since = source_.settings.mailbox->since;
    if (!visit.since && open.uid_next > 0) {
      visit.last_uid = open.uid_next - 1;
      TRY(mark(visit, visit.last_uid));
    }
  } else if (known->second.uid_validity == open.uid_validity) {
    visit.since = source_.settings.mailbox->since;
    visit.last_uid = known->second.last_uid;
  } else {
    // Numbered anew: what came since the last look is looked through again; a mail that was
    // received already is known by its Message-ID.
    visit.since = TRY(local_date(known->second.read_at - kDay, "UTC"));
    log_warning("mailbox was numbered anew", {{"source", source_.id.text()}});
  }
  return visit;
}

Result<std::size_t> FolderReader::read(const MailFolder& folder) {
  const auto open = TRY(session_.open(folder.name));
  if (open.uid_validity == 0 || open.uid_next == 0) {
    return fail(ErrorKind::kUnavailable, "answer_not_understood",
                "the server does not say how it numbers its mails");
  }
  Visit visit = TRY(begin(folder, open));
  std::size_t received = 0;
  if (visit.last_uid + 1 < open.uid_next || visit.last_uid == 0) {
    auto uids = TRY(session_.mails_after(visit.last_uid, visit.since));
    while (!uids.empty()) {
      const auto count = static_cast<std::ptrdiff_t>(std::min(uids.size(), kMailsAtOnce));
      const std::vector<std::uint64_t> some(uids.begin(), uids.begin() + count);
      for (const auto& mail : TRY(session_.sizes(some))) {
        TRY(receive(visit, mail));
        visit.last_uid = mail.uid;
        ++received;
      }
      uids.erase(uids.begin(), uids.begin() + count);
    }
  }
  // Also over what was left out as too old or is not there any more.
  TRY(mark(visit, std::max(visit.last_uid, open.uid_next - 1)));
  return received;
}

use_cases::MailPlace FolderReader::place(const Visit& visit, std::uint64_t uid) const {
  return {source_.id, visit.folder.name, visit.uid_validity, uid};
}

CommandRequest FolderReader::request(std::string name) const {
  return {.name = std::move(name),
          .stream = stream_,
          .actor = {"source", source_.id.text()},
          .rights = user::Rights::all(),
          .caller = Caller::kSource};
}

Result<void> FolderReader::mark(const Visit& visit, std::uint64_t uid) {
  const auto state = TRY(bus_.folds().current<mailbox::State>(stream_));
  if (state->has_read(visit.folder.name, visit.uid_validity, uid)) return {};
  TRY(bus_.run(request("mark_folder"),
               [at = place(visit, uid)](Unit& unit) { return use_cases::mark_folder(unit, at); }));
  return {};
}

Result<void> FolderReader::receive(const Visit& visit, const imap::MailSize& mail) {
  std::unique_lock alone(large_mail_, std::defer_lock);
  if (mail.bytes > kLargeMailBytes) alone.lock();
  const bool whole = mail.bytes <= connectors::kBodyBytes;
  // Of one that is too large its header tells who wrote to whom.
  auto content = TRY(whole ? session_.mail(mail.uid) : session_.header(mail.uid));
  if (!content) return {};
  if (!whole) {
    log_warning("mail too large, its header is taken",
                {{"source", source_.id.text()}, {"bytes", mail.bytes}});
  }
  const use_cases::DeliveryInput input{
      .source = source_.id.text(),
      .method = "FETCH",
      .suffix =
          std::string(visit.folder.is_sent ? connectors::imap::kSent : connectors::imap::kArrived),
      .content_type = "message/rfc822",
      .headers = {},
      .query = {},
      .remote_ip = {},
      .body = *content,
      .delivery_key = connectors::imap::delivery_key_of(*content)};
  const auto done = bus_.run(request("receive_mail"), [&, at = place(visit, mail.uid)](Unit& unit) {
    return use_cases::receive_mail(unit, at, input);
  });
  if (done) return {};
  const bool hopeless =
      done.error().kind == ErrorKind::kInvalid || done.error().kind == ErrorKind::kTooLarge;
  if (!hopeless) return fail(done.error());
  // One mail must not keep all after it from being read.
  log_error("mail cannot be received",
            {{"source", source_.id.text()}, {"uid", mail.uid}, {"code", done.error().code}});
  return mark(visit, mail.uid);
}

}  // namespace dealog::webhooks
