#include "libs/base/encoding.hpp"
#include "libs/eventlog/archive_segment.hpp"
#include "libs/eventlog/archive_walk.hpp"
#include "libs/eventlog/manifest_json.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using manifest::number_of;
using manifest::read_hash;
using manifest::text_of;

}  // namespace

Result<void> write_archive_manifest(const fs::path& archive, const ArchiveManifest& manifest) {
  const TreeHead& head = manifest.head;
  const json::object object{{"format", 1},
                            {"log_id", to_hex(head.log_id)},
                            {"epoch", head.epoch},
                            {"last", head.position.value},
                            {"last_recorded_at", manifest.last_recorded.rfc3339()},
                            {"root", to_hex(merkle::view(head.root))},
                            {"signed_head", manifest.signed_head},
                            {"verifier_key", manifest.verifier_key}};
  return write_whole_file(archive / kArchiveManifestFile, json::serialize(object) + "\n");
}

Result<std::optional<ArchiveManifest>> read_archive_manifest(const fs::path& archive) {
  const auto text = read_whole_file(archive / kArchiveManifestFile);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return std::unexpected(text.error());
  boost::system::error_code error;
  const json::value value = json::parse(*text, error);
  const json::object* object = error ? nullptr : value.if_object();
  if (object == nullptr) return archive_broken(kArchiveManifestFile, "is no JSON object");
  if (number_of(*object, "format") != 1) {
    return archive_broken(kArchiveManifestFile, "has a format that this version does not know");
  }
  const auto log_id = from_hex(text_of(*object, "log_id"));
  const auto recorded = Timestamp::parse(text_of(*object, "last_recorded_at"));
  ArchiveManifest read{
      .head = {.epoch = text_of(*object, "epoch"), .position = {number_of(*object, "last")}},
      .signed_head = text_of(*object, "signed_head"),
      .verifier_key = text_of(*object, "verifier_key")};
  if (!log_id || log_id->size() != kLogIdBytes || !recorded ||
      !read_hash(*object, "root", read.head.root) || read.head.epoch.empty()) {
    return archive_broken(kArchiveManifestFile, "has a member that is missing or wrong");
  }
  read.head.log_id = *log_id;
  read.last_recorded = *recorded;
  return read;
}

}  // namespace dealog
