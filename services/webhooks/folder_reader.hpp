// One visit to the folders of a mailbox: what is new in them becomes deliveries.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "libs/command/command_bus.hpp"
#include "libs/command/use_cases/mailboxes.hpp"
#include "libs/outbound/imap/session.hpp"
#include "services/webhooks/source_book.hpp"

namespace dealog::webhooks {

// Mails above this size are fetched one at a time in the whole service, so that memory holds.
inline constexpr std::size_t kLargeMailBytes = 1 << 20;

struct MailFolder {
  std::string name;      // as the server writes it
  bool is_sent = false;  // what lies there went out
};

// Each mail and the bookmark behind it are one append: killed anywhere, a mail is received once.
// Thread: one.
class FolderReader {
 public:
  // Everything must outlive it.
  FolderReader(CommandBus& bus, const ConnectedSource& source, outbound::imap::Session& session,
               std::mutex& large_mail);

  // Those that the settings name, the folder of sent mails last. Errors: kUnavailable
  // "folder_missing" when the server lacks one; those of the session.
  Result<std::vector<MailFolder>> folders();

  // Receives what is new; the folder stays open. Returns how many mails were received. Errors:
  // those of the session and of the log.
  Result<std::size_t> read(const MailFolder& folder);

 private:
  struct Visit {
    const MailFolder& folder;
    std::uint64_t uid_validity = 0;
    std::uint64_t last_uid = 0;      // behind us
    std::optional<Date> since = {};  // of what lies above it
  };
  Result<Visit> begin(const MailFolder& folder, const outbound::imap::OpenFolder& open);
  Result<void> receive(const Visit& visit, const outbound::imap::MailSize& mail);
  Result<void> mark(const Visit& visit, std::uint64_t uid);
  use_cases::MailPlace place(const Visit& visit, std::uint64_t uid) const;
  CommandRequest request(std::string name) const;

  CommandBus& bus_;
  const ConnectedSource& source_;
  outbound::imap::Session& session_;
  std::mutex& large_mail_;
  const StreamName stream_;  // mbx_…
};

}  // namespace dealog::webhooks
