#include "libs/keys/erasure_ledger.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "libs/base/text.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeader = "dealog erasures 1";

std::unexpected<Error> unusable(const fs::path& file, const std::string& doing, int error) {
  return fail(ErrorKind::kInternal, "erasures_unusable",
              doing + " the list of erasures " + file.string() + ": " +
                  std::generic_category().message(error));
}

std::unexpected<Error> broken(const fs::path& file, std::size_t line, std::string_view what) {
  return fail(ErrorKind::kInternal, "erasures_broken",
              file.string() + ", line " + std::to_string(line) + ": " + std::string(what) +
                  ". Restore the file from its copy beside the backups");
}

bool is_stream_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

Result<void> write_all(int fd, std::string_view bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return unusable(file, "writing", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Cuts off what was torn, appends, syncs.
Result<void> append_durably(const fs::path& file, std::uint64_t whole_bytes,
                            std::string_view bytes) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return unusable(file, "opening", errno);
  auto done = [&]() -> Result<void> {
    const auto end = static_cast<off_t>(whole_bytes);
    if (::ftruncate(fd, end) != 0 || ::lseek(fd, end, SEEK_SET) != end) {
      return unusable(file, "writing", errno);
    }
    if (auto written = write_all(fd, bytes, file); !written) return written;
    if (::fsync(fd) != 0) return unusable(file, "syncing", errno);
    return {};
  }();
  ::close(fd);
  if (!done || whole_bytes > 0) return done;
  // The file is new: its name has to be durable as well.
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const int names = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = names >= 0 && ::fsync(names) == 0;
  const int error = errno;
  if (names >= 0) ::close(names);
  if (!synced) return unusable(file, "syncing", error);
  return {};
}

}  // namespace

Result<ErasureLedger> ErasureLedger::open(const fs::path& file) {
  std::set<std::string, std::less<>> subjects;
  std::error_code error;
  const bool there = fs::exists(file, error);
  if (error) return unusable(file, "opening", error.value());
  if (!there) return ErasureLedger(file, std::move(subjects), 0);
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) return unusable(file, "reading", errno);
  const std::size_t whole = text.rfind('\n') + 1;  // npos + 1 is 0
  std::size_t number = 0;
  for (std::size_t at = 0; at < whole;) {
    const std::size_t end = text.find('\n', at);
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (++number == 1) {
      if (line != kHeader) return broken(file, number, "it is no list of erasures");
      continue;
    }
    if (!is_stream_name(line)) return broken(file, number, dealog::quoted(line) + " is no subject");
    subjects.emplace(line);
  }
  return ErasureLedger(file, std::move(subjects), whole);
}

Result<void> ErasureLedger::add(const std::vector<std::string>& subjects) {
  std::string lines = whole_bytes_ == 0 ? std::string(kHeader) + "\n" : std::string();
  std::set<std::string, std::less<>> fresh;
  for (const auto& subject : subjects) {
    if (!is_stream_name(subject)) {
      return fail(ErrorKind::kInternal, "erasures_unusable",
                  dealog::quoted(subject) + " cannot be noted as erased: it is no stream name");
    }
    if (subjects_.contains(subject) || !fresh.insert(subject).second) continue;
    lines += subject + "\n";
  }
  if (fresh.empty()) return {};
  TRY(append_durably(file_, whole_bytes_, lines));
  whole_bytes_ += lines.size();
  subjects_.merge(fresh);
  return {};
}

}  // namespace dealog
