// Access tokens of mailboxes that are logged in to by OAuth 2.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "libs/command/command_bus.hpp"
#include "libs/outbound/web_client.hpp"
#include "services/webhooks/source_book.hpp"

namespace dealog::webhooks {

// Kept in memory until shortly before they end. Thread: any; one is got at a time.
class AccessTokens {
 public:
  AccessTokens(CommandBus& bus, const SourceBook& sources, outbound::Reach reach)
      : bus_(bus), sources_(sources), client_(reach) {}

  // Errors: kUnavailable "token_refused", "token_server_failed" and those of the web client. A new
  // refresh token that comes with it becomes the source's secret.
  Result<std::string> get(const SourceId& source);
  // The mail server does not take it.
  void forget(const SourceId& source);
  // Whether it was stored by get(), not by a person.
  bool has_stored(const SourceId& source, const std::string& refresh_token);

 private:
  struct Kept {
    std::string text;
    std::chrono::steady_clock::time_point until;
  };
  void keep_refresh_token(const ConnectedSource& source, const std::string& token);

  CommandBus& bus_;
  const SourceBook& sources_;
  std::mutex mutex_;
  outbound::WebClient client_;              // guarded by mutex_
  std::map<SourceId, Kept> kept_;           // guarded by mutex_; one a source
  std::map<SourceId, std::string> stored_;  // guarded by mutex_; the newest refresh token of each
};

}  // namespace dealog::webhooks
