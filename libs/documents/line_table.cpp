#include "libs/documents/line_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/documents/wording.hpp"

namespace dealog::documents {
namespace {

constexpr double kPadding = 3;
constexpr double kLeastTitleShare = 0.28;  // of the width, however long the numbers are

struct PlacedColumn {
  Column column;
  std::string head;
  double x = 0, width = 0;
};

// With its rate, where all lines have one.
std::string vat_head(const DocumentData& data) {
  const std::string_view name = data.language == Language::kRu ? "НДС" : "VAT";
  const auto shares = vat_by_rate(data);
  if (shares.size() != 1) return std::string(name);
  return fmt::format("{} {} %", name,
                     percent_text(std::max(shares.front().basis_points, 0), data.language));
}

std::string vat_cell(const DocumentData& data, const DocumentLine& line) {
  const std::int32_t rate = vat_rate_of(data, line);
  if (rate == kWithoutVat) return data.language == Language::kRu ? "без НДС" : "no VAT";
  const std::string vat = number_text(vat_in(line.total, rate), data.language);
  if (vat_by_rate(data).size() == 1) return vat;
  return fmt::format("{} % — {}", percent_text(rate, data.language), vat);
}

std::string head_of(Column column, const DocumentData& data) {
  const bool ru = data.language == Language::kRu;
  switch (column) {
    case Column::kNumber:
      return ru ? "№" : "No.";
    case Column::kTitle:
      return ru ? "Наименование" : "Description";
    case Column::kQuantity:
      return ru ? "Кол-во" : "Quantity";
    case Column::kPrice:
      return ru ? "Цена" : "Price";
    case Column::kDiscount:
      return ru ? "Скидка, %" : "Discount, %";
    case Column::kVat:
      return vat_head(data);
    case Column::kTotal:
      return ru ? "Сумма" : "Total";
  }
  return {};
}

std::string cell_of(Column column, const DocumentData& data, std::size_t index) {
  const DocumentLine& line = data.lines[index];
  switch (column) {
    case Column::kNumber:
      return std::to_string(index + 1);
    case Column::kTitle:
      return line.title;
    case Column::kQuantity:
      return quantity_text(line.quantity_thousandths, data.language);
    case Column::kPrice:
      return number_text(line.unit_price, data.language);
    case Column::kDiscount:
      return line.discount_basis_points == 0
                 ? std::string("—")
                 : percent_text(line.discount_basis_points, data.language);
    case Column::kVat:
      return vat_cell(data, line);
    case Column::kTotal:
      return number_text(line.total, data.language);
  }
  return {};
}

bool says_something(Column column, const DocumentData& data) {
  if (column == Column::kVat) {
    const auto shares = vat_by_rate(data);
    return !shares.empty() && shares.front().basis_points != kWithoutVat;
  }
  if (column != Column::kDiscount) return true;
  return std::ranges::any_of(
      data.lines, [](const DocumentLine& line) { return line.discount_basis_points > 0; });
}

class LineTable {
 public:
  LineTable(PageFlow& flow, const DocumentData& data, double text_size)
      : flow_(flow), data_(data), size_(text_size) {}

  void add(const std::vector<Column>& wanted) {
    for (const Column column : wanted) {
      if (says_something(column, data_)) columns_.push_back({column, head_of(column, data_)});
    }
    place_columns();
    const auto head = row_of(true, 0);
    for (std::size_t i = 0; i < data_.lines.size() && !flow_.too_long(); ++i) {
      const auto row = row_of(false, i);
      const double needed = height_of(row) + (i == 0 ? height_of(head) : 0);
      const bool breaks = flow_.y() + needed > flow_.bottom();
      if (breaks && (i > 0 || flow_.y() > flow_.left())) flow_.new_page();
      if (i == 0 || breaks) draw(head);
      draw(row);
    }
  }

 private:
  using Row = std::vector<LayoutRef>;

  TextStyle style(Column column, bool head) const {
    Align align = column == Column::kTitle ? Align::kLeft : Align::kRight;
    if (head || column == Column::kNumber) align = Align::kCenter;
    return {.size = head ? size_ - 0.5 : size_, .bold = head, .align = align};
  }

  // Numbers get what their longest one needs, the title gets the rest.
  void place_columns() {
    double numbers = 0;
    for (auto& placed : columns_) {
      if (placed.column == Column::kTitle) continue;
      std::string longest;
      for (std::size_t i = 0; i < data_.lines.size(); ++i) {
        std::string cell = cell_of(placed.column, data_, i);
        if (cell.size() > longest.size()) longest = std::move(cell);
      }
      placed.width = 2 * kPadding + 7 +
                     std::max(flow_.natural_width(longest, style(placed.column, false)),
                              flow_.natural_width(placed.head, style(placed.column, true)));
      numbers += placed.width;
    }
    const double most = flow_.width() * (1 - kLeastTitleShare);
    const double scale = numbers > most ? most / numbers : 1;
    double x = flow_.left();
    for (auto& placed : columns_) {
      placed.width =
          placed.column == Column::kTitle ? flow_.width() - numbers * scale : placed.width * scale;
      placed.x = x;
      x += placed.width;
    }
  }

  Row row_of(bool head, std::size_t index) const {
    Row row;
    for (const auto& placed : columns_) {
      row.push_back(flow_.lay_out(head ? placed.head : cell_of(placed.column, data_, index),
                                  placed.width - 2 * kPadding, style(placed.column, head)));
    }
    return row;
  }

  static double height_of(const Row& row) {
    double height = 0;
    for (const auto& cell : row) height = std::max(height, PageFlow::height_of(cell));
    return height + 2 * kPadding;
  }

  void draw(const Row& row) {
    const double height = height_of(row);
    for (std::size_t i = 0; i < row.size(); ++i) {
      flow_.box(columns_[i].x, flow_.y(), columns_[i].width, height);
      flow_.place(row[i], columns_[i].x + kPadding, flow_.y() + kPadding);
    }
    flow_.skip(height);
  }

  PageFlow& flow_;
  const DocumentData& data_;
  double size_;
  std::vector<PlacedColumn> columns_;
};

}  // namespace

void add_line_table(PageFlow& flow, const std::vector<Column>& columns, const DocumentData& data,
                    double text_size) {
  LineTable(flow, data, text_size).add(columns);
}

void add_totals(PageFlow& flow, const DocumentData& data, double text_size) {
  const bool ru = data.language == Language::kRu;
  std::vector<std::pair<std::string, std::string>> rows = {
      {ru ? "Итого:" : "Total:", amount_text(total_of(data), data.language)}};
  const auto shares = vat_by_rate(data);
  for (const VatShare& share : shares) {
    if (share.basis_points == kWithoutVat) {
      const bool all = shares.size() == 1;
      rows.emplace_back(fmt::format("{}{}", ru ? "Без НДС" : "No VAT", all ? "" : ":"),
                        all ? "" : amount_text(share.total, data.language));
      continue;
    }
    const std::string rate = percent_text(share.basis_points, data.language);
    rows.emplace_back(fmt::format("{} {} %:", ru ? "В том числе НДС" : "Including VAT", rate),
                      amount_text(share.vat, data.language));
  }
  const TextStyle style{.size = text_size, .bold = true, .align = Align::kRight};
  flow.skip(kPadding);
  flow.need(2.6 * text_size * static_cast<double>(rows.size()));
  for (const auto& [name, value] : rows) {
    // A label over the rest of the line, the sum in its last part, as wide as it needs.
    const double sum = value.empty() ? 0 : flow.natural_width(value, style) + 8;
    const auto label = flow.lay_out(name, flow.width() - sum, style);
    flow.place(label, flow.left(), flow.y());
    if (sum > 0) {
      flow.place(flow.lay_out(value, sum, style), flow.left() + flow.width() - sum, flow.y());
    }
    flow.skip(PageFlow::height_of(label) + 2);
  }
  flow.skip(kPadding);
}

}  // namespace dealog::documents
