#include "libs/documents/page_flow.hpp"

#include <filesystem>

#include <fmt/format.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>

#include "libs/documents/pdf.hpp"

namespace dealog::documents {
namespace {

constexpr std::string_view kFontFiles[] = {
    "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf",
    // For letters that Liberation lacks: Georgian, Armenian.
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
};

struct ConfigDestroy {
  void operator()(FcConfig* config) const { FcConfigDestroy(config); }
};

Result<std::unique_ptr<FcConfig, ConfigDestroy>> own_fonts() {
  std::unique_ptr<FcConfig, ConfigDestroy> config(FcConfigCreate());
  for (const std::string_view file : kFontFiles) {
    const auto* name = reinterpret_cast<const FcChar8*>(file.data());
    if (config && FcConfigAppFontAddFile(config.get(), name)) continue;
    return fail(ErrorKind::kInternal, "fonts_missing",
                fmt::format("the font {} cannot be read; install the packages fonts-liberation2 "
                            "and fonts-dejavu-core",
                            file));
  }
  return config;
}

double points(int pango_units) { return static_cast<double>(pango_units) / PANGO_SCALE; }

PangoAlignment pango_align(Align align) {
  if (align == Align::kCenter) return PANGO_ALIGN_CENTER;
  return align == Align::kRight ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
}

// Calls `use(index, x, baseline, top, height)` for each line; lengths from the layout's own top.
template <class Use>
void each_line(PangoLayout* layout, const Use& use) {
  PangoLayoutIter* at = pango_layout_get_iter(layout);
  int index = 0;
  do {
    PangoRectangle extents;
    pango_layout_iter_get_line_extents(at, nullptr, &extents);
    use(index++, points(extents.x), points(pango_layout_iter_get_baseline(at)), points(extents.y),
        points(extents.height));
  } while (pango_layout_iter_next_line(at));
  pango_layout_iter_free(at);
}

}  // namespace

Result<ContextRef> make_text_context() {
  const auto config = TRY(own_fonts());
  const std::unique_ptr<PangoFontMap, GObjectUnref> fonts(
      pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT));
  if (!fonts) return fail(ErrorKind::kInternal, "pdf_failed", "Pango has no FreeType fonts");
  pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(fonts.get()), config.get());
  ContextRef context(pango_font_map_create_context(fonts.get()));
  pango_cairo_context_set_resolution(context.get(), 72);  // so that a unit is a point
  cairo_font_options_t* options = cairo_font_options_create();
  // Paper has no pixels to fit letters to.
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context.get(), options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(context.get(), FALSE);
  return context;
}

PageFlow::PageFlow(PangoContext* text, double margin, double footer_height)
    : text_(text), margin_(margin), footer_height_(footer_height), y_(margin), pages_(1) {}

LayoutRef PageFlow::lay_out(const std::string& text, double width, const TextStyle& style) const {
  LayoutRef layout(pango_layout_new(text_), GObjectUnref{});
  PangoFontDescription* font = pango_font_description_new();
  pango_font_description_set_family(font, "Liberation Sans");
  pango_font_description_set_size(font, static_cast<int>(style.size * PANGO_SCALE + 0.5));
  pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description(layout.get(), font);
  pango_font_description_free(font);
  // Whatever the text is: its direction does not turn the page around.
  pango_layout_set_auto_dir(layout.get(), FALSE);
  if (width > 0) pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment(layout.get(), pango_align(style.align));
  pango_layout_set_justify(layout.get(), style.align == Align::kJustify);
  pango_layout_set_line_spacing(layout.get(), 1.12F);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  return layout;
}

double PageFlow::height_of(const LayoutRef& layout) {
  int width = 0, height = 0;
  pango_layout_get_size(layout.get(), &width, &height);
  return points(height);
}

double PageFlow::natural_width(const std::string& text, const TextStyle& style) const {
  int width = 0, height = 0;
  pango_layout_get_size(lay_out(text, 0, style).get(), &width, &height);
  return points(width);
}

void PageFlow::new_page() {
  if (pages_.size() >= kDocumentPages) {
    too_long_ = true;
    pages_.back().clear();
  } else {
    pages_.emplace_back();
  }
  y_ = margin_;
}

void PageFlow::need(double height) {
  if (y_ + height > bottom() && y_ > margin_) new_page();
}

void PageFlow::flow(const LayoutRef& layout, double x) {
  each_line(layout.get(), [&](int line, double dx, double baseline, double top, double height) {
    need(height);
    pages_.back().emplace_back(TextLine{layout, line, x + dx, y_ + baseline - top});
    y_ += height;
  });
}

void PageFlow::place(const LayoutRef& layout, double x, double y) {
  each_line(layout.get(), [&](int line, double dx, double baseline, double, double) {
    pages_.back().emplace_back(TextLine{layout, line, x + dx, y + baseline});
  });
}

void PageFlow::box(double x, double y, double width, double height) {
  stroke({x, y, x + width, y});
  stroke({x, y + height, x + width, y + height});
  stroke({x, y, x, y + height});
  stroke({x + width, y, x + width, y + height});
}

}  // namespace dealog::documents
