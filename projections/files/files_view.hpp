// The files that lie with a deal.
#pragma once

#include "libs/projection/view_context.hpp"

namespace dealog::views {

struct File {
  std::string id;
  SealedText name;
  std::string media_type;
  std::uint64_t bytes = 0;
  std::string touch;   // that brought it; "" for one that somebody uploaded
  std::string person;  // with whom it goes when he is erased; "" for nobody
  Timestamp attached_at;
  std::string actor_kind, actor_id;
  Position position;
};

// Thread: one.
class FilesView {
 public:
  explicit FilesView(const ViewContext& context)
      : context_(context), opener_(context.keys, context.personal) {}

  // In the order in which they came; at most limits::kFilesOfDeal, or a few more.
  Result<std::vector<File>> of_deal(std::string_view deal) const;

 private:
  const ViewContext& context_;
  BoxOpener opener_;
};

}  // namespace dealog::views
