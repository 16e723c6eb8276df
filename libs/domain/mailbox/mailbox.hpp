// How far a source's mailbox was read, folder by folder, and whether it can be read. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/event/event.hpp"

namespace dealog {

DEALOG_ID(MailboxId, "mbx");

namespace mailbox {

// A source has one mailbox: its id follows from the source's.
MailboxId mailbox_of(const SourceId& source);

struct Bookmark {
  std::uint64_t uid_validity = 0;
  std::uint64_t last_uid = 0;  // that and all below are behind us
  Timestamp read_at;           // when it was set

  bool operator==(const Bookmark&) const = default;
};

struct State {
  StreamVersion version;
  std::map<std::string, Bookmark> folders;  // by their names as the server writes them
  bool connected = false;  // all its folders were looked at, and nothing has failed since
  std::string failure;     // code; empty: nothing has

  // Whether this mail is behind us.
  bool has_read(const std::string& folder, std::uint64_t uid_validity, std::uint64_t uid) const;
  bool operator==(const State&) const = default;
};

void evolve(State& state, const RecordedEvent& event);

struct ReadUpTo {
  std::string source;
  std::string folder;
  std::uint64_t uid_validity = 0;
  std::uint64_t uid = 0;
  std::string delivery = {};  // of the mail with that UID; empty: a mark without a mail
};
struct FailMailbox {
  std::string source;
  std::string code;
};
struct ConnectMailbox {
  std::string source;
};

// What is so already makes no event. Never refused.
Result<std::vector<NewEvent>> decide(const State& state, const ReadUpTo& command);
Result<std::vector<NewEvent>> decide(const State& state, const FailMailbox& command);
Result<std::vector<NewEvent>> decide(const State& state, const ConnectMailbox& command);

}  // namespace mailbox
}  // namespace dealog
