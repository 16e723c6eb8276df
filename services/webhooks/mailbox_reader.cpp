#include "services/webhooks/mailbox_reader.hpp"

#include <algorithm>
#include <array>

#include <pthread.h>

#include "libs/base/logging.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::webhooks {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

// A connection that was good is sought again at once.
constexpr milliseconds kAfterLoss = 1s;
constexpr milliseconds kFirstPause = 5s;
constexpr milliseconds kLongestPause = 10min;
// The other folders are looked at so often; all of them where the server knows no IDLE.
constexpr milliseconds kOthersEvery = 60s;
constexpr milliseconds kPollEvery = 10s;
// A network that stumbles is no failure of the mailbox.
constexpr int kSilentFailures = 3;

// Of these the next try will not be better by itself: said at once, tried seldom.
constexpr std::array<std::string_view, 9> kLasting = {
    "login_refused",         "app_password_required", "token_refused",
    "certificate_untrusted", "folder_missing",        "address_refused",
    "plain_refused",         "invalid_server",        "server_not_found"};

bool is_lasting(std::string_view code) {
  return std::ranges::find(kLasting, code) != kLasting.end();
}

milliseconds pause_after(std::string_view code, int failures) {
  if (failures == 0) return kAfterLoss;
  if (is_lasting(code)) return std::min(kLongestPause, milliseconds(1min) * failures);
  milliseconds pause = kFirstPause;
  for (int i = 1; i < failures && pause < kLongestPause; ++i) pause *= 2;
  return std::min(pause, kLongestPause);
}

outbound::ImapServer server_of(const connectors::SourceSettings& settings) {
  using Ours = connectors::MailboxSettings::Security;
  using Theirs = outbound::ImapServer::Security;
  const auto& mailbox = *settings.mailbox;
  const std::string* password = settings.secret();
  return {.host = mailbox.host,
          .port = mailbox.port,
          .security = mailbox.security == Ours::kTls        ? Theirs::kTls
                      : mailbox.security == Ours::kStartTls ? Theirs::kStartTls
                                                            : Theirs::kNone,
          .user = mailbox.user,
          .password = password == nullptr ? "" : *password,
          .access_token = {},
          .authority = mailbox.authority};
}

}  // namespace

MailboxReader::MailboxReader(const MailboxTools& tools,
                             std::shared_ptr<const ConnectedSource> source)
    : tools_(tools), source_(std::move(source)), thread_([this] { run(); }) {}

MailboxReader::~MailboxReader() {
  stop_.raise();
  thread_.join();
}

void MailboxReader::run() {
  pthread_setname_np(pthread_self(), "mailbox");
  int failures = 0;
  while (!stop_.raised()) {
    was_read_ = false;
    const Error error = read_on();
    if (stop_.raised()) return;
    failures = was_read_ ? 0 : failures + 1;
    if (failures > 0 && (is_lasting(error.code) || failures >= kSilentFailures)) report(error.code);
    log_warning("mailbox connection ended",
                {{"source", source_->id.text()}, {"code", error.code}, {"failures", failures}});
    stop_.wait_for(pause_after(error.code, failures));
  }
}

Error MailboxReader::read_on() {
  const auto connection = connect();
  if (!connection) return connection.error();
  return read_over(**connection).error();
}

Result<std::unique_ptr<outbound::ImapConnection>> MailboxReader::connect() {
  auto server = server_of(source_->settings);
  const bool oauth =
      source_->settings.mailbox->login == connectors::MailboxSettings::Login::kOauth2;
  if (oauth) server.access_token = TRY(tools_.tokens.get(source_->id));
  auto connection = outbound::ImapConnection::open(server, tools_.reach, stop_);
  if (connection || !oauth || connection.error().code != "login_refused") return connection;
  // The token may have been taken back before its time: once more with a new one.
  tools_.tokens.forget(source_->id);
  server.access_token = TRY(tools_.tokens.get(source_->id));
  return outbound::ImapConnection::open(server, tools_.reach, stop_);
}

// Never ends with a value.
Result<void> MailboxReader::read_over(outbound::ByteStream& connection) {
  outbound::imap::Session session(connection, connectors::kBodyBytes);
  FolderReader reader(tools_.bus, *source_, session, tools_.large_mail);
  bool can_idle = TRY(session.can("IDLE"));
  const auto folders = TRY(reader.folders());
  auto others_at = steady_now();
  for (;;) {
    if (steady_now() >= others_at) {
      for (std::size_t i = folders.size(); i-- > 1;) TRY(reader.read(folders[i]));
      others_at = steady_now() + kOthersEvery;
    }
    TRY(reader.read(folders.front()));  // stays open: IDLE tells its news
    if (!was_read_) report({});
    was_read_ = true;
    const bool alone = folders.size() == 1;
    if (can_idle) {
      const auto news = session.idle(alone ? outbound::imap::kIdleTimeout : kOthersEvery);
      if (!news && news.error().code != "server_refused") return fail(news.error());
      can_idle = news.has_value();
    } else {
      stop_.wait_for(kPollEvery);
      TRY(session.look());
    }
  }
}

void MailboxReader::report(const std::string& code) {
  const auto state =
      tools_.bus.folds().current<mailbox::State>(mailbox::mailbox_of(source_->id).text());
  if (!state || (code.empty() ? (*state)->connected : (*state)->failure == code)) return;
  const auto reported = tools_.bus.run(
      {.name = "report_mailbox",
       .stream = mailbox::mailbox_of(source_->id).text(),
       .actor = {"system", "mailboxes"},
       .rights = user::Rights::all(),
       .caller = Caller::kSource},
      [&](Unit& unit) { return use_cases::report_mailbox(unit, source_->id, code); });
  if (!reported) log_warning("mailbox not reported", {{"code", reported.error().code}});
}

}  // namespace dealog::webhooks
