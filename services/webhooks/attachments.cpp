#include "services/webhooks/attachments.hpp"

#include <utility>

#include <fmt/format.h>

namespace dealog::webhooks {
namespace {

using connectors::Attachment;
using connectors::MailFact;

file::AttachFile command_of(const Attachment& attachment, const TouchId& touch,
                            std::size_t number) {
  std::string name = file::tidy_name(attachment.name);
  if (name.empty()) name = fmt::format("file-{}", number);
  // Computed, so that an interrupted delivery finds what it had stored before.
  return {.id = FileId(Uuid::derived(touch.uuid(), fmt::format("file/{}", number))),
          .deal = {},
          .name = std::move(name),
          .media_type = file::plain_media_type(attachment.content_type),
          .bytes = attachment.bytes.size(),
          .stored = {}};
}

}  // namespace

TouchId mail_touch(std::string_view message_id) {
  return TouchId(Uuid::derived({}, "mail:" + std::string(message_id)));
}

Result<std::shared_ptr<Attachments>> store_attachments(FileStore& files, const Folds& folds,
                                                       connectors::Fact& fact) {
  auto* mail = std::get_if<MailFact>(&fact.content);
  if (mail == nullptr || mail->attachments.empty()) return nullptr;
  const TouchId touch = mail_touch(fact.external_id);
  if (TRY(folds.last_with_tag(open_tag(touch.text())))) return nullptr;
  auto out = std::make_shared<Attachments>();
  std::size_t number = 0;
  for (auto& attachment : mail->attachments) {
    ++number;
    auto command = command_of(attachment, touch, number);
    const std::string bytes = std::exchange(attachment.bytes, {});
    // Nothing of it came along; or it is larger than any mail that is taken.
    if (bytes.empty() || bytes.size() > limits::kFileBytes) continue;
    auto arrived = TRY(files.put(command.id.text(), bytes));
    command.stored = arrived.stored();
    out->commands.push_back(std::move(command));
    out->files.push_back(std::move(arrived));
  }
  return out->files.empty() ? nullptr : out;
}

void settle(Attachments& attachments, const Result<Outcome>& outcome) {
  const bool unknown = !outcome && outcome.error().kind == ErrorKind::kUnknown;
  for (std::size_t i = 0; i < attachments.files.size(); ++i) {
    ArrivedFile& file = attachments.files[i];
    if (unknown || (outcome && outcome->existed)) {
      file.leave();
    } else if (outcome && i < attachments.attached.size() && attachments.attached[i]) {
      file.keep();
    }
  }
  attachments.files.clear();
}

}  // namespace dealog::webhooks
