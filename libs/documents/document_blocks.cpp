#include "libs/documents/document_blocks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/documents/line_table.hpp"
#include "libs/documents/wording.hpp"

namespace dealog::documents {
namespace {

constexpr double kGap = 4;  // between blocks
constexpr double kPadding = 3;

class Blocks {
 public:
  Blocks(PageFlow& flow, const Template& how, const DocumentData& data)
      : flow_(flow), how_(how), data_(data), size_(how.size_tenths / 10.0) {}

  void add(const Block& block) {
    if (!block.when.empty() && placeholder_value(block.when, data_).empty()) return;
    if (!block.unless.empty() && !placeholder_value(block.unless, data_).empty()) return;
    switch (block.kind) {
      case BlockKind::kHeading:
        return add_text(block, size_ * 1.5, true);
      case BlockKind::kText:
        return add_text(block, size_, block.bold);
      case BlockKind::kBankDetails:
        return add_bank_details();
      case BlockKind::kPairs:
        return add_pairs(block);
      case BlockKind::kTable:
        add_line_table(flow_, block.columns, data_, size_ - 0.5);
        return flow_.skip(kGap);
      case BlockKind::kTotals:
        return add_totals(flow_, data_, size_);
      case BlockKind::kPaymentCode:
        return add_payment_code(block);
      case BlockKind::kSignatures:
        return add_signatures(block);
      case BlockKind::kSpace:
        return flow_.skip(points_of_mm(block.millimetres));
      case BlockKind::kRule:
        return add_rule();
      case BlockKind::kPageBreak:
        return flow_.new_page();
    }
  }

 private:
  LayoutRef cell(const std::string& text, double width, bool bold = false) const {
    return flow_.lay_out(text, width, {.size = size_, .bold = bold});
  }

  void add_text(const Block& block, double size, bool bold) {
    const std::string text(trim(expand(block.text, data_)));
    if (text.empty()) return;
    if (block.size_tenths > 0) size = block.size_tenths / 10.0;
    const auto layout =
        flow_.lay_out(text, flow_.width(), {.size = size, .bold = bold, .align = block.align});
    // What begins something stays with what it begins.
    if (bold) flow_.need(std::min(PageFlow::height_of(layout) + 5 * size_, flow_.whole_page()));
    flow_.flow(layout, flow_.left());
    flow_.skip(kGap);
  }

  void add_rule() {
    flow_.need(8);
    flow_.skip(2);
    flow_.stroke({flow_.left(), flow_.y(), flow_.left() + flow_.width(), flow_.y(), 1.4});
    flow_.skip(6);
  }

  void add_pairs(const Block& block) {
    const double left_width = flow_.width() * 0.2;
    for (const auto& [left, right] : block.pairs) {
      const std::string value(trim(expand(right, data_)));
      if (value.empty()) continue;
      const auto name = cell(expand(left, data_), left_width - 6);
      const auto text = flow_.lay_out(value, flow_.width() - left_width,
                                      {.size = size_, .bold = how_.size_tenths < 100});
      flow_.need(std::max(PageFlow::height_of(name), std::min(PageFlow::height_of(text), 60.0)));
      const double top = flow_.y();
      flow_.place(name, flow_.left(), top);
      flow_.flow(text, flow_.left() + left_width);
      flow_.skip(std::max(0.0, top + PageFlow::height_of(name) - flow_.y()) + 3);
    }
  }

  // The frame that stands on top of a Russian invoice.
  void add_bank_details() {
    const bool ru = data_.language == Language::kRu;
    const Seller& seller = data_.seller;
    const double wide = flow_.width() * 0.58, narrow = flow_.width() * 0.1;
    const double last = flow_.width() - wide - narrow;
    const auto word = [&](std::string_view russian, std::string_view english) {
      return std::string(ru ? russian : english);
    };
    std::string codes = word("ИНН ", "Tax ID ") + seller.tax_id;
    if (!seller.tax_registration.empty()) {
      codes += word("      КПП ", "      KPP ") + seller.tax_registration;
    }
    const std::string rows[3][3] = {
        {seller.bank + "\n" + word("Банк получателя", "Payee's bank"), word("БИК", "BIC"),
         seller.bic},
        {codes, word("Сч. №", "Acc."), seller.correspondent_account},
        {seller.name + "\n" + word("Получатель", "Payee"), word("Сч. №", "Acc."), seller.account}};
    std::vector<std::vector<LayoutRef>> cells;
    double height = 0;
    for (const auto& row : rows) {
      cells.push_back({cell(row[0], wide - 2 * kPadding), cell(row[1], narrow - 2 * kPadding),
                       cell(row[2], last - 2 * kPadding)});
      height += row_height(cells.back());
    }
    flow_.need(height);
    for (const auto& row : cells) {
      double x = flow_.left();
      for (std::size_t i = 0; i < row.size(); ++i) {
        const double width = i == 0 ? wide : i == 1 ? narrow : last;
        flow_.box(x, flow_.y(), width, row_height(row));
        flow_.place(row[i], x + kPadding, flow_.y() + kPadding);
        x += width;
      }
      flow_.skip(row_height(row));
    }
    flow_.skip(kGap);
  }

  static double row_height(const std::vector<LayoutRef>& row) {
    double height = 0;
    for (const auto& one : row) height = std::max(height, PageFlow::height_of(one));
    return height + 2 * kPadding;
  }

  void add_payment_code(const Block& block) {
    if (data_.kind != DocumentKind::kInvoice || data_.draft) return;
    const bool ru = data_.language == Language::kRu;
    const Seller& seller = data_.seller;
    const auto text = payment_code_text(
        {.name = seller.name,
         .account = seller.account,
         .bank = seller.bank,
         .bic = seller.bic,
         .correspondent_account = seller.correspondent_account,
         .sum = total_of(data_),
         .purpose = ru ? fmt::format("Оплата по счёту № {} от {}", data_.number,
                                     date_text(data_.issued_on, data_.language))
                       : fmt::format("Invoice No. {} of {}", data_.number, data_.issued_on.text()),
         .tax_id = seller.tax_id,
         .tax_registration = seller.tax_registration});
    if (!text) return;
    auto made = qr_code(*text);
    if (!made) return;
    const double side = points_of_mm(block.millimetres == 0 ? 34 : block.millimetres);
    flow_.need(side + 8);
    flow_.skip(4);
    flow_.code({flow_.left(), flow_.y(), side, *std::move(made)});
    const auto words = cell(expand(block.text, data_), flow_.width() - side - 12);
    flow_.place(words, flow_.left() + side + 12, flow_.y());
    flow_.skip(side + kGap);
  }

  // Whoever has no name here does not sign, unless the template leaves room for the other side.
  void add_signatures(const Block& block) {
    for (const auto& [who, name] : block.pairs) {
      const std::string signatory(trim(expand(name, data_)));
      if (signatory.empty() && !name.empty()) continue;
      const auto position = cell(expand(who, data_), flow_.width() * 0.32 - 6);
      const double height = std::max(PageFlow::height_of(position), size_ * 1.3) + 18;
      flow_.need(height);
      const double base = flow_.y() + height - 6;
      const double from = flow_.left() + flow_.width() * 0.32;
      const double to = flow_.left() + flow_.width() * 0.62;
      flow_.place(position, flow_.left(), base - PageFlow::height_of(position));
      flow_.stroke({from, base, to, base});
      if (!signatory.empty()) {
        const auto text = cell("/ " + signatory + " /", flow_.left() + flow_.width() - to - 8);
        flow_.place(text, to + 8, base - PageFlow::height_of(text));
      }
      flow_.skip(height);
    }
  }

  PageFlow& flow_;
  const Template& how_;
  const DocumentData& data_;
  double size_;
};

}  // namespace

void add_blocks(PageFlow& flow, const Template& how, const DocumentData& data) {
  Blocks blocks(flow, how, data);
  for (const Block& block : how.blocks) {
    if (flow.too_long()) return;
    blocks.add(block);
  }
}

}  // namespace dealog::documents
