#include "projections/files/files_view.hpp"

#include "dealog/v1/file_events.pb.h"
#include "dealog/v1/file_views.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/projection/row_reading.hpp"

namespace dealog::views {
namespace {

File read_file(const v1::FileRow& row, Position position, const BoxOpener& opener) {
  const auto texts = opener.open(row.texts());
  File file{.id = row.file(),
            .name = {texts.state(), {}},
            .media_type = row.media_type(),
            .bytes = row.bytes(),
            .touch = row.touch(),
            .person = row.person(),
            .attached_at = {row.occurred_us()},
            .actor_kind = row.actor_kind(),
            .actor_id = row.actor_id(),
            .position = position};
  if (const auto* attached = texts.as<v1::FileAttached>()) {
    file.name = texts.text(attached->name());
  }
  return file;
}

}  // namespace

Result<std::vector<File>> FilesView::of_deal(std::string_view deal) const {
  std::vector<File> files;
  const std::string prefix = row_keys::under(row_keys::kFileOfDeal, deal);
  TRY(visit_rows<v1::FileRow>(context_.rows, prefix, ScanOrder::kForward,
                              [&](std::string_view key, const v1::FileRow& row) {
                                const Position at{get_u64(key.substr(prefix.size()))};
                                files.push_back(read_file(row, at, opener_));
                                return true;
                              }));
  return files;
}

}  // namespace dealog::views
