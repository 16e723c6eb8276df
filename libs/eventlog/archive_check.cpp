// Whether an archive is what it claims to be, without the log that it is of.
#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/eventlog/archive_segment.hpp"
#include "libs/eventlog/archive_walk.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

std::string at(Position position) { return "position " + std::to_string(position.value); }

class ArchiveVerification {
 public:
  ArchiveVerification(const fs::path& archive, std::string_view public_key,
                      const std::function<void(Position)>& progress)
      : archive_(archive), public_key_(public_key), progress_(progress) {}

  Result<ArchiveReport> run() {
    std::vector<std::string> unreadable;
    const auto segments = TRY(load_segments(archive_, &unreadable));
    for (auto& what : unreadable) problem({}, std::move(what));
    for (const auto& segment : segments) check(segment);
    check_manifest();
    const auto tags = read_personal_tags(archive_);
    if (!tags && !(segments.empty() && tags.error().kind == ErrorKind::kNotFound)) {
      problem({}, tags.error().message);
    }
    std::ranges::sort(report_.problems, {},
                      [](const auto& problem) { return problem.position.value - 1; });
    return std::move(report_);
  }

 private:
  void problem(Position position, std::string what) {
    report_.problems.push_back({position, std::move(what)});
  }

  void check(const ArchiveSegment& segment) {
    const Position next = report_.last.next();
    if (report_.segments++ == 0) log_id_ = segment.log_id;
    if (segment.first > next) {
      problem(next,
              at(next) + " is missing, and all up to " + std::to_string(segment.first.value - 1));
      frontier_.reset();
    } else if (segment.first < next) {
      problem(segment.first, at(segment.first) + " is there twice");
      frontier_.reset();
    } else if (segment.root_before != report_.root) {
      problem(segment.first, segment.file.path + " does not join the one before it");
      frontier_.reset();
    }
    if (segment.log_id != log_id_) {
      problem(segment.first, segment.file.path + " is of another log");
    }
    Position reached;
    if (const auto walked = walk_segment(archive_, segment, frontier_, {}, &reached); !walked) {
      problem(std::min(reached, segment.last), walked.error().message);
      frontier_.reset();
    } else {
      report_.events += segment.last.value - segment.first.value + 1;
    }
    report_.bytes += segment.file.bytes;
    report_.last = segment.last;
    report_.root = segment.root;
    ends_.emplace_back(segment.last, segment.root);
    if (progress_) progress_(segment.last);
  }

  void check_manifest() {
    auto manifest = read_archive_manifest(archive_);
    if (!manifest) return problem({}, manifest.error().message);
    report_.manifest = *manifest;
    if (!report_.manifest) return;
    const TreeHead& head = report_.manifest->head;
    const auto key = public_key_.empty() ? public_key_of(report_.manifest->verifier_key)
                                         : Result<std::string>(std::string(public_key_));
    const auto signed_head =
        key ? open_head(report_.manifest->signed_head, *key) : std::unexpected(key.error());
    if (!signed_head) {
      problem({}, "the manifest's signed head does not hold: " + signed_head.error().message);
    } else if (*signed_head != head) {
      problem(head.position, "the manifest says another head than the one that is signed in it");
    }
    if (report_.segments > 0 && head.log_id != log_id_) {
      problem({}, "the manifest is that of another log");
    }
    if (head.position > report_.last) {
      return problem(report_.last.next(), at(report_.last.next()) +
                                              " is missing: the manifest's signed head is of " +
                                              at(head.position));
    }
    const auto end = std::ranges::find(ends_, head.position, &Ends::value_type::first);
    if (head.position.value > 0 && (end == ends_.end() || end->second != head.root)) {
      problem(head.position,
              at(head.position) + " or one before it is not what it was when it was signed");
    }
  }

  using Ends = std::vector<std::pair<Position, merkle::Hash>>;
  const fs::path& archive_;
  const std::string_view public_key_;
  const std::function<void(Position)>& progress_;
  ArchiveReport report_{.root = merkle::Frontier().root()};
  std::string log_id_;
  std::optional<merkle::Frontier> frontier_{std::in_place};
  Ends ends_;
};

}  // namespace

Result<ArchiveReport> verify_archive(const fs::path& archive, std::string_view public_key,
                                     const std::function<void(Position)>& progress) {
  return ArchiveVerification(archive, public_key, progress).run();
}

Result<ArchiveEnd> check_archive(const fs::path& archive,
                                 const std::function<void(Position)>& progress) {
  const auto manifest = TRY(read_archive_manifest(archive));
  std::optional<merkle::Frontier> frontier(std::in_place);
  Position last;
  bool manifest_holds = !manifest;
  for (const auto& segment : TRY(list_segments(archive))) {
    TRY(walk_segment(archive, segment, frontier, {}));
    last = segment.last;
    manifest_holds |= manifest && manifest->head.position == last &&
                      manifest->head.root == frontier->root() &&
                      manifest->head.log_id == segment.log_id;
    if (progress) progress(last);
  }
  TRY(read_personal_tags(archive));
  if (!manifest_holds) return archive_broken(kArchiveManifestFile, "is not that of its segments");
  return ArchiveEnd{last, *frontier};
}

}  // namespace dealog
