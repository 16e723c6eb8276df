#include "services/dealog/first_start.hpp"

#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "libs/command/use_cases/regulations.hpp"
#include "libs/command/use_cases/users.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

CommandRequest system_command(std::string name, StreamName stream) {
  return {.name = std::move(name),
          .stream = std::move(stream),
          .actor = {"system", "first_start"},
          .rights = user::Rights::all()};
}

std::unexpected<Error> cannot_write(const fs::path& file) {
  return fail(ErrorKind::kInternal, "file_unwritable",
              fmt::format("cannot write {}: {}; give the service the right to write its data "
                          "folder and start again",
                          file.string(), std::generic_category().message(errno)));
}

// Written beside and renamed, so that the file is whole or not there.
Result<void> write_secret_file(const fs::path& file, const std::string& text) {
  const fs::path beside = file.string() + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return cannot_write(beside);
  const std::string line = text + "\n";
  const bool ok = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                  ::fsync(fd) == 0;
  ::close(fd);
  if (!ok || ::rename(beside.c_str(), file.c_str()) != 0) return cannot_write(file);
  return {};
}

template <class Parsed>
Result<void> require_sound(const Parsed& parsed, const std::string& name) {
  if (parsed.sound()) return {};
  std::string issues;
  for (const auto& issue : parsed.issues) issues += "\n" + rules::format_issue(name, issue);
  return fail(ErrorKind::kInvalid, "regulation_unsound",
              fmt::format("{} is not sound:{}", name, issues));
}

}  // namespace

Result<std::string> read_text_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in || fs::is_directory(file)) {
    return fail(ErrorKind::kInvalid, "file_unreadable",
                fmt::format("cannot read the file {}", file.string()));
  }
  return text.str();
}

Result<PublishedFile> publish_regulation_file(Core& core, const fs::path& file, Publish when) {
  return publish_regulation_text(core, file.string(), TRY(read_text_file(file)), when);
}

Result<void> check_regulation_file(const fs::path& file) {
  return require_sound(rules::parse_regulation(TRY(read_text_file(file))), file.string());
}

Result<PublishedFile> publish_regulation_text(Core& core, const std::string& name,
                                              const std::string& yaml, Publish when) {
  const auto parsed = rules::parse_regulation(yaml);
  TRY(require_sound(parsed, name));
  const std::string code = parsed.regulation.code;
  if (when == Publish::kWhenThereIsNone) {
    if (const auto current = core.regulations().current(code)) {
      return PublishedFile{code, (*current)->version, false};
    }
  }
  const auto done =
      TRY(core.bus().run_for(system_command("publish_regulation", "pip_" + code), [&](Unit& unit) {
        return use_cases::publish_regulation(unit, code, yaml);
      }));
  return PublishedFile{code, done.value->version, done.value->published};
}

Result<std::optional<fs::path>> ensure_owner(Core& core, const fs::path& data,
                                             const std::string& time_zone) {
  if (!TRY(core.users().users()).empty()) return std::nullopt;
  const auto done = TRY(core.bus().run_for(
      system_command("register_owner", "usr_first"),
      [&](Unit& unit) -> Result<use_cases::IssuedToken> {
        const UserId owner = TRY(use_cases::register_user(unit, {.name = "Owner",
                                                                 .email = "",
                                                                 .role = "owner",
                                                                 .time_zone = time_zone,
                                                                 .rights = user::Rights::all()}));
        return use_cases::issue_token(
            unit, owner, {.rights = user::Rights::all(), .label = "first start", .expires_at = {}});
      }));
  const fs::path file = data / "owner-token";
  TRY(write_secret_file(file, done.value->text));
  return file;
}

}  // namespace dealog
