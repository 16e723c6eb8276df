// Where everything stands: text measured by Pango, laid out top to bottom over pages, and drawn
// once the number of pages is known. Lengths are points (1/72 inch) from the page's top left
// corner. Thread: one.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <pango/pangocairo.h>

#include "libs/base/result.hpp"
#include "libs/documents/payment_code.hpp"
#include "libs/documents/template.hpp"

namespace dealog::documents {

inline constexpr double kPageWidth = 595.276;  // A4
inline constexpr double kPageHeight = 841.89;
constexpr double points_of_mm(int millimetres) { return millimetres * 72.0 / 25.4; }

struct GObjectUnref {
  void operator()(void* object) const { g_object_unref(object); }
};
using ContextRef = std::unique_ptr<PangoContext, GObjectUnref>;
// Shared by the lines of a text that stand on several pages.
using LayoutRef = std::shared_ptr<PangoLayout>;

// Fonts that are files of two Debian packages and nothing else of the machine, so that the same
// document looks the same everywhere. Errors: kInternal "fonts_missing".
Result<ContextRef> make_text_context();

struct TextStyle {
  double size = 9.5;
  bool bold = false;
  Align align = Align::kLeft;
};

// One line of a laid out text; (x, y) is where its baseline begins.
struct TextLine {
  LayoutRef layout;
  int line = 0;
  double x = 0, y = 0;
};
struct Stroke {
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0, width = 0.6;
};
struct CodeMark {
  double x = 0, y = 0, side = 0;
  QrCode code;
};
using Mark = std::variant<TextLine, Stroke, CodeMark>;
using Page = std::vector<Mark>;

class PageFlow {
 public:
  PageFlow(PangoContext* text, double margin, double footer_height);

  double left() const { return margin_; }
  double width() const { return kPageWidth - 2 * margin_; }
  double y() const { return y_; }
  double bottom() const { return kPageHeight - margin_ - footer_height_; }
  double whole_page() const { return bottom() - margin_; }

  LayoutRef lay_out(const std::string& text, double width, const TextStyle& style) const;
  static double height_of(const LayoutRef& layout);
  // Of one unbroken line.
  double natural_width(const std::string& text, const TextStyle& style) const;

  void skip(double height) { y_ += height; }
  void new_page();
  // Begins a page when less than `height` is left and the page has something on it.
  void need(double height);
  // Puts a text at the current place, line by line over as many pages as it takes.
  void flow(const LayoutRef& layout, double x);
  // Puts a text with its top at (x, y) of the current page.
  void place(const LayoutRef& layout, double x, double y);
  void stroke(Stroke line) { pages_.back().emplace_back(line); }
  void box(double x, double y, double width, double height);
  void code(CodeMark mark) { pages_.back().emplace_back(std::move(mark)); }

  bool too_long() const { return too_long_; }
  std::vector<Page> take() && { return std::move(pages_); }

 private:
  PangoContext* text_;
  double margin_, footer_height_;
  double y_;
  bool too_long_ = false;
  std::vector<Page> pages_;
};

}  // namespace dealog::documents
