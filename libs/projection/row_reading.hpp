// Reading typed rows: one, all of a kind, a page of a kind.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "libs/projection/row_keys.hpp"
#include "libs/projection/view_context.hpp"

namespace dealog {

inline std::unexpected<Error> row_broken() {
  return fail(ErrorKind::kInternal, "view_row_broken",
              "a row of the views cannot be read; run `dealog rebuild`");
}

template <class Row>
Result<Row> parse_row(std::string_view bytes) {
  Row row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return row_broken();
  return row;
}

// Nothing when there is none.
template <class Row>
Result<std::optional<Row>> find_row(const ViewReader& rows, std::string_view key) {
  const auto bytes = TRY(rows.get(key));
  if (!bytes) return std::nullopt;
  return TRY(parse_row<Row>(*bytes));
}

// `visit` is (key, Row) → bool and says whether to go on. The row is used again for the next one.
template <class Row, class Visit>
Result<void> visit_rows(const ViewReader& rows, std::string_view prefix, ScanOrder order,
                        const Visit& visit) {
  Row row;
  bool broken = false;
  auto scanned = rows.scan_prefix(prefix, order, [&](std::string_view key, std::string_view value) {
    broken = !row.ParseFromArray(value.data(), static_cast<int>(value.size()));
    return !broken && visit(key, std::as_const(row));
  });
  if (scanned && broken) return row_broken();
  return scanned;
}

// A page of the rows whose keys begin with `prefix`, from the last key down. `read` is
// (key, value) → Result<std::optional<Item>>; nothing leaves the row out.
template <class Item, class Read>
Result<Page<Item>> page_of_rows(const ViewReader& rows, std::string_view prefix,
                                const PageRequest& page, const Read& read) {
  std::string end = prefix_end(prefix);
  if (!page.cursor.empty()) {
    end = row_keys::key(prefix, TRY(read_cursor(page.cursor)));
    if (end.size() == prefix.size()) {
      return fail(ErrorKind::kInvalid, "invalid_cursor", "the cursor is not one of this list");
    }
  }
  Page<Item> out;
  std::string last;
  Result<void> failed;
  const auto visit = [&](std::string_view key, std::string_view value) {
    Result<std::optional<Item>> item = read(key, value);
    if (!item) {
      failed = fail(std::move(item).error());
      return false;
    }
    if (!*item) return true;
    if (out.items.size() == page.limit) {
      out.next_cursor = make_cursor(last);
      return false;
    }
    last = key.substr(prefix.size());
    out.items.push_back(std::move(**item));
    return true;
  };
  TRY(rows.scan(prefix, end, ScanOrder::kBackward, visit));
  if (!failed) return fail(std::move(failed).error());
  return out;
}

}  // namespace dealog
