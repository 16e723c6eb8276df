#include "libs/eventlog/archive_segment.hpp"

#include <algorithm>

#include <zstd.h>

#include "libs/base/assert.hpp"
#include "libs/base/encoding.hpp"
#include "libs/eventlog/manifest_json.hpp"

namespace dealog {
namespace {

namespace json = boost::json;
using manifest::number_of;
using manifest::read_hash;
using manifest::text_of;

constexpr std::string_view kMagic = "dealog segment 1\n";
// Levels above it take twice the time for a few hundredths of the size.
constexpr int kCompressionLevel = 3;
// A block holds about 1 MB, and at most one record or commit row more.
constexpr std::uint64_t kMaxBlockBytes = 64 << 20;
constexpr std::size_t kU64 = 8;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

}  // namespace

std::unexpected<Error> archive_broken(const std::string& where, const std::string& what) {
  return fail(ErrorKind::kInternal, "archive_broken",
              "the archive's " + where + " " + what + ". Use another copy of it");
}

std::string segment_header(const ArchiveSegment& segment) {
  std::string header(kMagic);
  header += segment.log_id;
  put_u64(header, segment.first.value);
  put_u64(header, segment.last.value);
  return header;
}

std::string compressed_block(std::string_view content) {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  DEALOG_ASSERT(context != nullptr);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kCompressionLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string frame(ZSTD_compressBound(content.size()), '\0');
  const std::size_t size =
      ZSTD_compress2(context.get(), frame.data(), frame.size(), content.data(), content.size());
  DEALOG_ASSERT(ZSTD_isError(size) == 0);
  frame.resize(size);
  std::string block;
  put_u64(block, frame.size());
  return block + frame;
}

Result<std::string> next_block(std::string_view& bytes, const std::string& where) {
  const std::uint64_t size = bytes.size() < kU64 ? UINT64_MAX : get_u64(bytes);
  if (size > bytes.size() - std::min(bytes.size(), kU64)) {
    return archive_broken(where, "ends in the middle of a block");
  }
  const std::string_view frame = bytes.substr(kU64, size);
  bytes.remove_prefix(kU64 + size);
  const auto length = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (length > kMaxBlockBytes) return archive_broken(where, "has a block that is none");
  std::string content(length, '\0');
  const std::size_t got =
      ZSTD_decompress(content.data(), content.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) != 0 || got != length) {
    return archive_broken(where, "has a block that does not fit its checksum");
  }
  return content;
}

void put_entry(std::string& block, SegmentEntry kind, std::string_view bytes) {
  block += static_cast<char>(kind);
  put_u64(block, bytes.size());
  block += bytes;
}

Result<void> each_entry_of(std::string_view content, const std::string& where,
                           const EntryVisitor& visit) {
  for (std::string_view rest = content; !rest.empty();) {
    const auto kind = static_cast<SegmentEntry>(rest.front());
    const bool known = kind == SegmentEntry::kRecord || kind == SegmentEntry::kCommit;
    const std::uint64_t size = rest.size() < 1 + kU64 ? UINT64_MAX : get_u64(rest.substr(1));
    if (!known || size > rest.size() - 1 - kU64) {
      return archive_broken(where, "has an entry that is none");
    }
    TRY(visit(kind, rest.substr(1 + kU64, size)));
    rest.remove_prefix(1 + kU64 + size);
  }
  return {};
}

Result<void> each_entry(std::string_view segment, const ArchiveSegment& expected,
                        const EntryVisitor& visit) {
  const std::string header = segment_header(expected);
  if (!segment.starts_with(header)) {
    return archive_broken(expected.file.path, "does not begin as it should");
  }
  for (segment.remove_prefix(header.size()); !segment.empty();) {
    const std::string content = TRY(next_block(segment, expected.file.path));
    TRY(each_entry_of(content, expected.file.path, visit));
  }
  return {};
}

std::string to_json(const ArchiveSegment& segment) {
  return json::serialize(json::object{{"format", 1},
                                      {"log_id", to_hex(segment.log_id)},
                                      {"first", segment.first.value},
                                      {"last", segment.last.value},
                                      {"last_recorded_at", segment.last_recorded.rfc3339()},
                                      {"root_before", to_hex(merkle::view(segment.root_before))},
                                      {"root", to_hex(merkle::view(segment.root))},
                                      {"path", segment.file.path},
                                      {"bytes", segment.file.bytes},
                                      {"sha256", to_hex(segment.file.sha256)}}) +
         "\n";
}

Result<ArchiveSegment> parse_segment(std::string_view text, const std::string& where) {
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  const json::object* object = error ? nullptr : value.if_object();
  if (object == nullptr) return archive_broken(where, "is no JSON object");
  if (number_of(*object, "format") != 1) {
    return archive_broken(where, "has a format that this version does not know");
  }
  const auto log_id = from_hex(text_of(*object, "log_id"));
  const auto recorded = Timestamp::parse(text_of(*object, "last_recorded_at"));
  const auto sha256 = from_hex(text_of(*object, "sha256"));
  ArchiveSegment segment{
      .first = {number_of(*object, "first")},
      .last = {number_of(*object, "last")},
      .file = {.path = text_of(*object, "path"), .bytes = number_of(*object, "bytes")}};
  const bool whole = log_id && log_id->size() == kLogIdBytes && recorded && sha256 &&
                     read_hash(*object, "root_before", segment.root_before) &&
                     read_hash(*object, "root", segment.root) && segment.first.value > 0 &&
                     segment.first <= segment.last &&
                     segment.file.path.find('/') == std::string::npos;
  if (!whole) return archive_broken(where, "has a member that is missing or wrong");
  segment.log_id = *log_id;
  segment.last_recorded = *recorded;
  segment.file.sha256 = *sha256;
  return segment;
}

}  // namespace dealog
