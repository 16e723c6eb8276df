#include "libs/eventlog/backup_manifest.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "libs/base/encoding.hpp"

namespace dealog {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kManifestFormat = 1;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kLogIdSize = 16;

// Reads members of one object; the first that is missing or wrong is remembered.
class Members {
 public:
  Members(const json::value& value, std::string_view file)
      : object_(value.if_object()), file_(file) {
    if (object_ == nullptr) wrong("");
  }

  std::string text(const char* key) {
    const json::value* found = find(key);
    const json::string* text = found == nullptr ? nullptr : found->if_string();
    if (text == nullptr) wrong(key);
    return text == nullptr ? std::string() : std::string(*text);
  }
  std::uint64_t number(const char* key) {
    const json::value* found = find(key);
    const bool fits = found != nullptr && found->is_number() && !found->is_double() &&
                      (found->is_uint64() || found->as_int64() >= 0);
    if (!fits) wrong(key);
    return fits ? found->to_number<std::uint64_t>() : 0;
  }
  std::string bytes(const char* key, std::size_t size) {
    auto decoded = from_hex(text(key));
    if (!decoded || decoded->size() != size) wrong(key);
    return decoded.value_or("");
  }
  Timestamp time(const char* key) {
    const auto parsed = Timestamp::parse(text(key));
    if (!parsed) wrong(key);
    return parsed.value_or(Timestamp{});
  }
  const json::array* list(const char* key) {
    const json::value* found = find(key);
    const json::array* array = found == nullptr ? nullptr : found->if_array();
    if (array == nullptr) wrong(key);
    return array;
  }
  bool has(const char* key) const { return object_ != nullptr && object_->contains(key); }
  void wrong(const std::string& key) {
    if (!error_.empty()) return;
    error_ = file_ + (key.empty() ? " is no JSON object" : ": '" + key + "' is missing or wrong");
  }
  Result<void> result() const {
    if (error_.empty()) return {};
    return fail(ErrorKind::kInternal, "manifest_broken", error_ + ". Use another backup");
  }

 private:
  const json::value* find(const char* key) const {
    return object_ == nullptr ? nullptr : object_->if_contains(key);
  }

  const json::object* object_;
  const std::string file_;
  std::string error_;
};

Result<json::value> parse(std::string_view text, std::string_view file) {
  boost::system::error_code error;
  auto value = json::parse(text, error);
  if (error) {
    return fail(ErrorKind::kInternal, "manifest_broken",
                std::string(file) + " is no JSON: " + error.message() + ". Use another backup");
  }
  return value;
}

json::array to_array(const std::vector<BackedUpFile>& files) {
  json::array array;
  for (const auto& file : files) {
    array.push_back(
        json::object{{"path", file.path}, {"bytes", file.bytes}, {"sha256", to_hex(file.sha256)}});
  }
  return array;
}

// A name without a way out of its folder.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

std::vector<BackedUpFile> files_of(Members& in, const char* key, std::string_view file_name) {
  std::vector<BackedUpFile> files;
  const json::array* list = in.list(key);
  if (list == nullptr) return files;
  for (const auto& item : *list) {
    Members one(item, file_name);
    BackedUpFile file{.path = one.text("path"),
                      .bytes = one.number("bytes"),
                      .sha256 = one.bytes("sha256", kHashBytes)};
    if (!one.result() || !is_plain_name(file.path)) in.wrong(key);
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

std::string to_json(const BackupManifest& manifest) {
  const json::object object{{"format", kManifestFormat},
                            {"id", manifest.id},
                            {"created_at", manifest.created.rfc3339()},
                            {"log_id", to_hex(manifest.log_id)},
                            {"epoch", manifest.epoch},
                            {"head", manifest.head.value},
                            {"head_recorded_at", manifest.head_recorded.rfc3339()},
                            {"root", to_hex(merkle::view(manifest.root))},
                            {"signed_head", manifest.signed_head},
                            {"log", to_array(manifest.log)},
                            {"files", to_array(manifest.files)}};
  return json::serialize(object) + "\n";
}

Result<BackupManifest> parse_manifest(std::string_view text, std::string_view file_name) {
  const auto value = TRY(parse(text, file_name));
  Members in(value, file_name);
  const auto format = in.number("format");
  if (TRY(in.result()), format != kManifestFormat) {
    return fail(ErrorKind::kInternal, "manifest_format_unknown",
                std::string(file_name) + " has format " + std::to_string(format) +
                    ", this version of dealog knows " + std::to_string(kManifestFormat) +
                    ". Use the newer version that wrote it");
  }
  BackupManifest manifest{.id = in.text("id"),
                          .created = in.time("created_at"),
                          .log_id = in.bytes("log_id", kLogIdSize),
                          .epoch = in.text("epoch"),
                          .head = {in.number("head")},
                          .head_recorded = in.time("head_recorded_at"),
                          .signed_head = in.text("signed_head"),
                          .log = files_of(in, "log", file_name),
                          .files = {}};
  // Backups of versions that knew no files have no such list.
  if (in.has("files")) manifest.files = files_of(in, "files", file_name);
  const std::string root = in.bytes("root", kHashBytes);
  TRY(in.result());
  std::ranges::copy(root, reinterpret_cast<char*>(manifest.root.data()));
  return manifest;
}

std::string files_to_json(const std::vector<BackedUpFile>& files) {
  return json::serialize(json::object{{"format", kManifestFormat}, {"files", to_array(files)}}) +
         "\n";
}

Result<std::vector<BackedUpFile>> parse_files(std::string_view text, std::string_view file_name) {
  const auto value = TRY(parse(text, file_name));
  Members in(value, file_name);
  if (in.number("format") != kManifestFormat) in.wrong("format");
  auto files = files_of(in, "files", file_name);
  TRY(in.result());
  return files;
}

}  // namespace dealog
