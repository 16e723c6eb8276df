#include "libs/domain/file/file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/file_events.pb.h"
#include "libs/base/text.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::file {
namespace {

constexpr std::string_view kAnyBytes = "application/octet-stream";

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

}  // namespace dealog::file
