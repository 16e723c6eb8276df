#include "libs/projection/row_keys.hpp"

#include "libs/base/encoding.hpp"

namespace dealog::row_keys {

std::string position_key(std::string_view kind, std::uint64_t position) {
  std::string out(kind);
  put_u64(out, position);
  return out;
}

}  // namespace dealog::row_keys
