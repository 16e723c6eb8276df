#include "libs/domain/file/file.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dealog/v1/channel_events.pb.h"
#include "dealog/v1/file_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::file {
namespace {

constexpr std::string_view kAnyBytes = "application/octet-stream";

// The first ending of a type, and the first type of an ending, is the usual one.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kEndings{{
    {"audio/mpeg", "mp3"},
    {"audio/mp3", "mp3"},
    {"audio/wav", "wav"},
    {"audio/x-wav", "wav"},
    {"audio/wave", "wav"},
    {"audio/ogg", "ogg"},
    {"audio/mp4", "m4a"},
    {"audio/amr", "amr"},
    {"image/jpeg", "jpg"},
    {"image/png", "png"},
    {"image/webp", "webp"},
    {"video/mp4", "mp4"},
    {"application/pdf", "pdf"},
    {"text/plain", "txt"},
}};

// RFC 6838, 4.2: what a registered name may be made of.
bool is_type_name(std::string_view text) {
  constexpr std::string_view kMarks = "!#$&-^_.+";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kMarks.contains(c);
  });
}

}  // namespace

std::string tidy_name(std::string_view name) {
  if (!is_valid_utf8(name)) return {};
  const auto slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string tidy;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) tidy += c;
  }
  const std::string trimmed(trim(tidy));
  return trimmed == "." || trimmed == ".." ? std::string() : trimmed;
}

std::string plain_media_type(std::string_view type) {
  const std::string plain = to_lower_ascii(trim(type.substr(0, type.find(';'))));
  const auto slash = plain.find('/');
  const bool right = plain.size() <= limits::kMediaTypeBytes && slash != std::string::npos &&
                     is_type_name(std::string_view(plain).substr(0, slash)) &&
                     is_type_name(std::string_view(plain).substr(slash + 1));
  return right ? plain : std::string(kAnyBytes);
}

std::string with_ending(std::string name, std::string_view media_type) {
  if (name.find('.') != std::string::npos) return name;
  const auto* known =
      std::ranges::find(kEndings, media_type, [](const auto& e) { return e.first; });
  if (known == kEndings.end() || name.empty()) return name;
  return fmt::format("{}.{}", name, known->second);
}

std::string media_type_of(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return std::string(kAnyBytes);
  const std::string ending = to_lower_ascii(name.substr(dot + 1));
  const auto* known = std::ranges::find(kEndings, ending, [](const auto& e) { return e.second; });
  return std::string(known == kEndings.end() ? kAnyBytes : known->first);
}

Tag deletion_of(const FileId& file) { return open_tag("deleted:" + file.text()); }
Tag files_of(const DealId& deal) { return open_tag("files:" + deal.text()); }
Tag files_of(const PersonId& person) { return open_tag("files:" + person.text()); }

Result<NewEvent> decide(const AttachFile& command, std::size_t others, Language language) {
  InputCheck check(language);
  check.text(command.name, "/name", limits::kFileNameBytes, Presence::kRequired);
  TRY(check.result());
  if (others >= limits::kFilesOfDeal) {
    return refuse(
        language, ErrorKind::kConflict, "too_many_files",
        fmt::format("у сделки уже {} файлов, больше нельзя", limits::kFilesOfDeal),
        fmt::format("the deal has {} files already; no more are taken", limits::kFilesOfDeal));
  }
  v1::FileAttached event;
  event.set_file(command.id.text());
  event.set_name(command.name);
  event.set_media_type(command.media_type);
  event.set_bytes(command.bytes);
  event.set_stored_as(command.stored.name);
  event.set_sealed_sha256(command.stored.sealed_sha256);
  event.set_key_id(command.stored.key);
  std::vector<Tag> tags = {open_tag(command.id.text()), files_of(command.deal),
                           open_tag(std::string(kAllFiles))};
  if (command.touch) event.set_touch(command.touch->text());
  if (command.person) {
    event.set_person(command.person->text());
    tags.push_back(files_of(*command.person));
  }
  NewEvent attached = make_event(std::move(event), std::move(tags));
  attached.subject = command.id.text();
  return attached;
}

Result<NewEvent> decide(const DeleteFile& command, Language language) {
  InputCheck check(language);
  check.text(command.reason, "/reason", dealog::limits::kTitleBytes, Presence::kRequired);
  TRY(check.result());
  v1::FileDeleted event;
  event.set_file(command.id.text());
  event.set_reason(command.reason);
  return make_event(std::move(event), {deletion_of(command.id), open_tag(std::string(kDeletions))});
}

}  // namespace dealog::file
