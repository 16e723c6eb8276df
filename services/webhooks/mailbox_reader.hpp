// One mailbox, read for as long as its source is connected.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "libs/outbound/imap_connection.hpp"
#include "services/webhooks/access_tokens.hpp"
#include "services/webhooks/folder_reader.hpp"

namespace dealog::webhooks {

// What readers share. Everything must outlive them.
struct MailboxTools {
  CommandBus& bus;
  AccessTokens& tokens;
  std::mutex& large_mail;
  outbound::Reach reach;
};

// Connects, reads what is new, waits for more by IDLE (else asks now and then), connects again
// after a pause that grows. Why it cannot go on is said in the log, once for each reason. A thread
// of its own from the constructor to the destructor.
class MailboxReader {
 public:
  MailboxReader(const MailboxTools& tools, std::shared_ptr<const ConnectedSource> source);
  ~MailboxReader();
  MailboxReader(const MailboxReader&) = delete;
  MailboxReader& operator=(const MailboxReader&) = delete;

  // The destructor will have less to wait for. Thread: any.
  void begin_to_stop() { stop_.raise(); }

 private:
  void run();
  // Until the connection is lost or it is stopped.
  Error read_on();
  Result<void> read_over(outbound::ByteStream& connection);
  Result<std::unique_ptr<outbound::ImapConnection>> connect();
  // An empty code: it can be read.
  void report(const std::string& code);

  const MailboxTools tools_;
  const std::shared_ptr<const ConnectedSource> source_;
  outbound::Interrupt stop_;
  bool was_read_ = false;  // since it was connected
  std::thread thread_;
};

}  // namespace dealog::webhooks
