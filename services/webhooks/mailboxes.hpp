// All mailboxes that sources name: each is read by a reader of its own.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "libs/async/worker.hpp"
#include "libs/projection/view_store.hpp"
#include "services/webhooks/mailbox_reader.hpp"

namespace dealog::webhooks {

// One connection and one thread that mostly waits each.
inline constexpr std::size_t kMailboxes = 200;

// Follows the sources: one that is connected is read, one that is changed is connected to anew, one
// that is removed no longer. Thread: any.
class Mailboxes {
 public:
  // Everything must outlive it. Nothing runs until start().
  Mailboxes(CommandBus& bus, const SourceBook& sources, const ViewStore& views,
            outbound::Reach reach);
  ~Mailboxes();

  void start();
  // Waits for the readers; nothing is read after it.
  void stop();
  // The sources may have changed.
  void wake();

 private:
  using Wanted = std::map<SourceId, std::shared_ptr<const ConnectedSource>>;
  struct Reading {
    std::shared_ptr<const ConnectedSource> source;
    std::unique_ptr<MailboxReader> reader;
  };
  Result<void> follow();
  Result<Wanted> wanted() const;

  CommandBus& bus_;
  const SourceBook& sources_;
  const ViewStore& views_;
  std::mutex large_mail_;
  AccessTokens tokens_;
  const MailboxTools tools_;
  std::atomic<bool> changed_ = true;
  std::map<SourceId, Reading> readings_;  // of the worker's thread; of stop() after it
  std::unique_ptr<Worker> worker_;
};

}  // namespace dealog::webhooks
