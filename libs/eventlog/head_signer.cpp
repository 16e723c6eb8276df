#include "libs/eventlog/head_signer.hpp"

#include <fstream>
#include <sstream>

#include "libs/base/assert.hpp"
#include "libs/base/clock.hpp"
#include "libs/base/logging.hpp"
#include "libs/eventlog/record_fields.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Result<Timestamp> recorded_at(const RocksLog& log, Position position) {
  if (position.value == 0) return Timestamp{};
  Result<Timestamp> recorded = Timestamp{};
  TRY(log.read(position, Direction::kForward, 1, [&](const StoredEvent& event) {
    const auto fields = parse_record_fields(event.record);
    recorded = fields ? Result<Timestamp>(fields->recorded) : std::unexpected(fields.error());
    return false;
  }));
  return recorded;
}

}  // namespace

Result<std::unique_ptr<HeadSigner>> HeadSigner::open(HeadSignerOptions options) {
  DEALOG_ASSERT(options.log != nullptr && options.sign != nullptr);
  std::unique_ptr<HeadSigner> signer(new HeadSigner(std::move(options)));
  TRY(signer->check_file());
  TRY(signer->sign_now());
  signer->thread_ = std::thread([raw = signer.get()] { raw->run(); });
  return signer;
}

HeadSigner::~HeadSigner() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

TreeHead HeadSigner::identity() const {
  return {.log_id = options_.log->log_id(), .epoch = options_.log->epoch(), .position = {}};
}

std::string HeadSigner::verifier_key() const {
  return dealog::verifier_key(identity(), options_.public_key);
}

// A note that is not whole, or is another log's, another epoch's or another key's, says nothing
// about this log and is replaced.
Result<void> HeadSigner::check_file() const {
  const auto note = text_of(options_.file);
  if (!note) return {};
  const auto signed_head = open_head(*note, options_.public_key);
  if (!signed_head || signed_head->origin() != identity().origin()) return {};
  const Position head = options_.log->head();
  const auto broken = [&](const std::string& what) {
    return fail(ErrorKind::kInternal, "log_broken",
                "the log cannot be opened: " + what + "; " + options_.file.string() +
                    " holds a signed head of position " +
                    std::to_string(signed_head->position.value) +
                    ". Keep the folder as it is, look at it with `dealog verify`, and restore a "
                    "backup into another folder with `dealog restore`");
  };
  if (head < signed_head->position) {
    return broken("position " + std::to_string(head.next().value) + " is missing");
  }
  if (TRY(options_.log->tree().root(signed_head->position.value)) != signed_head->root) {
    return broken("position " + std::to_string(signed_head->position.value) +
                  " or one before it is not what it was");
  }
  return {};
}

Result<std::shared_ptr<const SignedHead>> HeadSigner::sign_now() {
  TreeHead head = identity();
  head.position = options_.log->head();
  head.root = TRY(options_.log->tree().root(head.position.value));
  const auto recorded = TRY(recorded_at(*options_.log, head.position));
  auto note = sign_head(head, options_.public_key, options_.sign);
  auto made =
      std::make_shared<const SignedHead>(SignedHead{std::move(head), recorded, std::move(note)});
  const std::scoped_lock lock(mutex_);
  if (!newest_ || newest_->head.position < made->head.position) newest_ = made;
  return newest_;
}

Result<std::shared_ptr<const SignedHead>> HeadSigner::head(Position at_least) {
  {
    const std::scoped_lock lock(mutex_);
    if (newest_->head.position >= at_least) return newest_;
  }
  return sign_now();
}

void HeadSigner::run() {
  bool closing = false;
  while (!closing) {
    publish();
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, steady_now() + options_.interval, [this] { return closing_; });
    closing = closing_;
  }
  publish();
}

void HeadSigner::publish() {
  const auto newest = head(options_.log->head());
  if (!newest) {
    log_error("the log's head could not be signed",
              {{"code", newest.error().code}, {"reason", newest.error().message}});
    return;
  }
  const Position position = (*newest)->head.position;
  if (position == published_ && position.value != 0) return;
  // Renamed over the old one, so that whoever reads the file finds a whole note.
  const fs::path beside = options_.file.string() + ".new";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << (*newest)->note;
  out.close();
  std::error_code error;
  if (out) fs::rename(beside, options_.file, error);
  if (!out || error) {
    if (!file_failed_) log_warning("the signed head could not be written to its file");
    file_failed_ = true;
    return;
  }
  published_ = position;
}

}  // namespace dealog
