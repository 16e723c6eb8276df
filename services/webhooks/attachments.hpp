// Attachments of mails: durable in `files/` before the command runs that names them.
#pragma once

#include <memory>
#include <vector>

#include "libs/command/outcome.hpp"
#include "libs/command/use_cases/files.hpp"
#include "libs/connectors/fact.hpp"
#include "libs/files/file_store.hpp"

namespace dealog::webhooks {

// Of one mail. Shared by intake and by the command's work, which runs before intake goes on.
struct Attachments {
  std::vector<file::AttachFile> commands;  // deal, touch and person are filled in by the work
  std::vector<ArrivedFile> files;          // of the same places
  std::vector<bool> attached;              // by the work, at its last attempt
};

// One mail is one touch, through whichever mailboxes it comes.
TouchId mail_touch(std::string_view message_id);

// Null for a fact without attachments and for a mail whose touch is there already: it has its
// files. The bytes leave the fact. Errors: those of FileStore::put.
Result<std::shared_ptr<Attachments>> store_attachments(FileStore& files, const Folds& folds,
                                                       connectors::Fact& fact);

// After the command: what the log names stays, the rest goes. Where nobody knows, the next start
// of the service asks the log.
void settle(Attachments& attachments, const Result<Outcome>& outcome);

}  // namespace dealog::webhooks
