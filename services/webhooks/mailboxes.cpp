#include "services/webhooks/mailboxes.hpp"

#include "libs/base/logging.hpp"
#include "libs/connectors/imap/oauth.hpp"
#include "projections/intake/intake_view.hpp"

namespace dealog::webhooks {
namespace {

constexpr std::size_t kSourcesPerPage = 200;

std::string refresh_token_of(const ConnectedSource& source) {
  const auto* token = source.settings.secret(connectors::imap::kRefreshToken);
  return token == nullptr ? "" : *token;
}

// What a reader is started with, but for the refresh token.
bool reads_the_same(const ConnectedSource& a, const ConnectedSource& b) {
  const auto others = [](const ConnectedSource& source) {
    auto out = source.settings.secrets;
    out.erase(std::string(connectors::imap::kRefreshToken));
    return out;
  };
  return a.settings.mailbox == b.settings.mailbox && others(a) == others(b);
}

}  // namespace

Mailboxes::Mailboxes(CommandBus& bus, const SourceBook& sources, const ViewStore& views,
                     outbound::Reach reach)
    : bus_(bus),
      sources_(sources),
      views_(views),
      tokens_(bus, sources, reach),
      tools_{bus, tokens_, large_mail_, reach} {}

Mailboxes::~Mailboxes() { stop(); }

void Mailboxes::start() {
  worker_ = std::make_unique<Worker>("mailboxes", [this] {
    if (!changed_.exchange(false)) return Worker::Step::kIdle;
    const auto followed = follow();
    if (followed) return Worker::Step::kIdle;
    changed_ = true;
    log_warning("mailboxes are delayed", {{"code", followed.error().code}});
    return Worker::Step::kRetryLater;
  });
}

void Mailboxes::stop() {
  if (worker_) worker_->stop();
  for (auto& [id, reading] : readings_) reading.reader->begin_to_stop();
  readings_.clear();
}

void Mailboxes::wake() {
  changed_ = true;
  if (worker_) worker_->wake();
}

Result<Mailboxes::Wanted> Mailboxes::wanted() const {
  const auto snapshot = TRY(views_.snapshot());
  const ViewContext context{*snapshot, bus_.keys(), PersonalView::kMasked, bus_.clock().now()};
  Wanted out;
  PageRequest page{.limit = kSourcesPerPage};
  for (;;) {
    const auto found = TRY(views::IntakeView(context).sources(page));
    for (const auto& listed : found.items) {
      const auto source = sources_.find(listed.id);
      if (!source || !(*source)->settings.mailbox) continue;
      if (out.size() == kMailboxes) {
        log_error("too many mailboxes, the oldest are not read", {{"limit", kMailboxes}});
        return out;
      }
      out[(*source)->id] = *source;
    }
    if (!found.next_cursor) return out;
    page.cursor = *found.next_cursor;
  }
}

Result<void> Mailboxes::follow() {
  const Wanted now = TRY(wanted());
  const auto is_over = [&](const auto& entry) {
    const auto found = now.find(entry.first);
    if (found == now.end()) return true;
    const ConnectedSource &before = *entry.second.source, &after = *found->second;
    if (!reads_the_same(before, after)) return true;
    // A new refresh token is given by a person, or was kept by ourselves: then all goes on.
    const std::string token = refresh_token_of(after);
    return token != refresh_token_of(before) && !tokens_.has_stored(entry.first, token);
  };
  for (auto& entry : readings_) {
    if (!is_over(entry)) continue;
    entry.second.reader->begin_to_stop();
    tokens_.forget(entry.first);
  }
  std::erase_if(readings_, is_over);
  for (const auto& [id, source] : now) {
    auto& reading = readings_[id];
    // Decoding takes the settings of the day; reading only what reads_the_same() compares.
    reading.source = source;
    if (!reading.reader) reading.reader = std::make_unique<MailboxReader>(tools_, source);
  }
  return {};
}

}  // namespace dealog::webhooks
