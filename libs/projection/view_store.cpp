#include "libs/projection/view_store.hpp"

#include "libs/projection/page_projector.hpp"

namespace dealog {

std::string prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) ++end.back();
  return end;
}

Result<void> ViewReader::scan_prefix(std::string_view prefix, ScanOrder order,
                                     const RowVisitor& visit) const {
  return scan(prefix, prefix_end(prefix), order, visit);
}

Result<void> ViewSnapshot::read_checkpoint() {
  const auto row = TRY(dealog::read_checkpoint(*this));
  if (row) {
    position_ = {row->position()};
    recorded_ = {row->recorded_us()};
  }
  return {};
}

}  // namespace dealog
