// What is asked of a mail server over a connection that is logged in: its folders, the mails of
// one, the news of it. Nothing is changed there: folders are opened to be looked at, and mails stay
// unread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/timestamp.hpp"
#include "libs/outbound/byte_stream.hpp"
#include "libs/outbound/imap/response.hpp"

namespace dealog::outbound::imap {

inline constexpr std::chrono::milliseconds kAnswerTimeout{60'000};
// IDLE ends before servers end it themselves after half an hour (RFC 2177).
inline constexpr std::chrono::milliseconds kIdleTimeout{25 * 60'000};
inline constexpr std::size_t kFolders = 10'000;

struct Folder {
  std::string name;      // as the server writes it
  bool is_sent = false;  // \Sent (RFC 6154)
};

struct OpenFolder {
  std::uint64_t uid_validity = 0;
  std::uint64_t uid_next = 0;  // 0: it was not said
};

struct MailSize {
  std::uint64_t uid = 0;
  std::uint64_t bytes = 0;
};

// Errors of all: those of the stream; kUnavailable "timeout", "connection_lost" (also when the
// server says goodbye), "answer_too_large", "answer_not_understood", "server_refused" (NO or BAD).
// After any but the last the connection is of no use. Thread: one at a time.
class Session {
 public:
  // A mail of up to `mail_bytes` is taken.
  Session(ByteStream& stream, std::size_t mail_bytes);

  // Whether the server says so of itself: "IDLE".
  Result<bool> can(std::string_view capability);
  // All that can be opened.
  Result<std::vector<Folder>> folders();
  // Errors: kUnavailable "folder_missing".
  Result<OpenFolder> open(std::string_view folder);

  // Of the open folder: UIDs above `uid`, rising; of mails that arrived on that day or later.
  Result<std::vector<std::uint64_t>> mails_after(std::uint64_t uid, std::optional<Date> since);
  // Those of them that are still there.
  Result<std::vector<MailSize>> sizes(std::vector<std::uint64_t> uids);
  // The mail as it is, or its header alone. Nothing when it is not there any more.
  Result<std::optional<std::string>> mail(std::uint64_t uid);
  Result<std::optional<std::string>> header(std::uint64_t uid);

  // Waits for news of the open folder by IDLE, at most kIdleTimeout; whether there were any since
  // it was opened or waited for.
  Result<bool> idle(std::chrono::milliseconds within);
  // Lets the server tell what is new: before it is asked for mails again.
  Result<void> look();

 private:
  using Untagged = std::function<Result<void>(Response&)>;

  std::string next_tag();
  // Until `within` is over; nothing then.
  Result<std::optional<Response>> next_response(std::chrono::milliseconds within);
  Result<Response> require_response();
  Result<Response> command(std::string_view text, const Untagged& untagged = {});
  Result<Response> answer_to(const std::string& tag, const Untagged& untagged);
  Result<std::optional<std::string>> part(std::uint64_t uid, std::string_view name);

  ByteStream& stream_;
  ResponseReader reader_;
  std::uint64_t commands_ = 0;
  bool news_ = false;  // mails were announced since the folder was opened
};

}  // namespace dealog::outbound::imap
