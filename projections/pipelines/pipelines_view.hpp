// The regulations in force.
#pragma once

#include "libs/projection/view_context.hpp"

namespace dealog::views {

struct Pipeline {
  std::string code;
  std::uint64_t version = 0;  // in force
  Position position;          // of its publication
  std::string sha256;
  std::string yaml;
  Timestamp published_at;
};

// Thread: one.
class PipelinesView {
 public:
  explicit PipelinesView(const ViewContext& context) : context_(context) {}

  Result<std::optional<Pipeline>> get(std::string_view code) const;
  Result<std::vector<Pipeline>> all() const;  // by code

 private:
  const ViewContext& context_;
};

}  // namespace dealog::views
