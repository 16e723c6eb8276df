#include "libs/documents/pdf.hpp"

#include <cmath>
#include <memory>
#include <numbers>

#include <cairo-pdf.h>
#include <fmt/format.h>

#include "libs/documents/document_blocks.hpp"
#include "libs/documents/page_flow.hpp"
#include "libs/documents/wording.hpp"

namespace dealog::documents {
namespace {

constexpr double kFooterHeight = 18;
constexpr double kFooterSize = 7.5;
constexpr double kDraftSize = 96;

struct SurfaceDestroy {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct CairoDestroy {
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};

struct Output {
  std::string bytes;
  bool full = false;
};

cairo_status_t write_bytes(void* closure, const unsigned char* data, unsigned length) {
  auto& out = *static_cast<Output*>(closure);
  if (out.bytes.size() + length > kDocumentBytes) {
    out.full = true;
    return CAIRO_STATUS_WRITE_ERROR;
  }
  out.bytes.append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

void draw(cairo_t* cairo, const TextLine& text) {
  cairo_move_to(cairo, text.x, text.y);
  pango_cairo_show_layout_line(cairo, pango_layout_get_line_readonly(text.layout.get(), text.line));
}

void draw(cairo_t* cairo, const Stroke& line) {
  cairo_set_line_width(cairo, line.width);
  cairo_move_to(cairo, line.x1, line.y1);
  cairo_line_to(cairo, line.x2, line.y2);
  cairo_stroke(cairo);
}

// Runs of dark modules in one path: fewer bytes, and no hair lines between neighbours.
void draw(cairo_t* cairo, const CodeMark& mark) {
  const int size = mark.code.size;
  cairo_save(cairo);
  cairo_translate(cairo, mark.x, mark.y);
  cairo_scale(cairo, mark.side / size, mark.side / size);
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      int end = x;
      while (end < size && mark.code.dark[static_cast<std::size_t>(y * size + end)]) ++end;
      if (end == x) continue;
      cairo_rectangle(cairo, x, y, end - x, 1);
      x = end;
    }
  }
  cairo_fill(cairo);
  cairo_restore(cairo);
}

// The word across a page that has no number yet.
void draw_draft_mark(cairo_t* cairo, PangoContext* text, Language language) {
  const PageFlow measure(text, 0, 0);
  const auto word = measure.lay_out(language == Language::kRu ? "ЧЕРНОВИК" : "DRAFT", 0,
                                    {.size = kDraftSize, .bold = true});
  int width = 0, height = 0;
  pango_layout_get_size(word.get(), &width, &height);
  cairo_save(cairo);
  cairo_translate(cairo, kPageWidth / 2, kPageHeight / 2);
  cairo_rotate(cairo, -std::numbers::pi / 3.4);
  cairo_set_source_rgb(cairo, 0.9, 0.9, 0.9);
  cairo_move_to(cairo, -width / 2.0 / PANGO_SCALE, -height / 2.0 / PANGO_SCALE);
  pango_cairo_show_layout(cairo, word.get());
  cairo_restore(cairo);
}

// Left what the template says, right the page's number.
void add_footers(std::vector<Page>& pages, PangoContext* text, const Template& how,
                 const DocumentData& data) {
  const double margin = points_of_mm(how.margin_mm);
  const double y = kPageHeight - margin - kFooterHeight + 6;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    PageFlow flow(text, margin, 0);
    flow.stroke({margin, y - 2, kPageWidth - margin, y - 2, 0.4});
    const std::string number = data.language == Language::kRu
                                   ? fmt::format("Страница {} из {}", i + 1, pages.size())
                                   : fmt::format("Page {} of {}", i + 1, pages.size());
    const TextStyle left{.size = kFooterSize};
    const TextStyle right{.size = kFooterSize, .align = Align::kRight};
    flow.place(flow.lay_out(expand(how.footer, data), flow.width() * 0.75, left), margin, y);
    flow.place(flow.lay_out(number, flow.width(), right), margin, y);
    std::vector<Page> footer = std::move(flow).take();
    for (Mark& mark : footer.front()) pages[i].push_back(std::move(mark));
  }
}

void set_metadata(cairo_surface_t* surface, const DocumentData& data) {
  const std::string title = fmt::format("{} {}", kind_name(data.kind), data.number);
  const std::string date = data.issued_on.text() + "T00:00:00Z";
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title.c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Dealog");
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date.c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date.c_str());
}

Result<std::string> write_pdf(const std::vector<Page>& pages, PangoContext* text,
                              const DocumentData& data) {
  Output out;
  const std::unique_ptr<cairo_surface_t, SurfaceDestroy> surface(
      cairo_pdf_surface_create_for_stream(&write_bytes, &out, kPageWidth, kPageHeight));
  set_metadata(surface.get(), data);
  const std::unique_ptr<cairo_t, CairoDestroy> cairo(cairo_create(surface.get()));
  for (const Page& page : pages) {
    if (data.draft) draw_draft_mark(cairo.get(), text, data.language);
    cairo_set_source_rgb(cairo.get(), 0, 0, 0);
    for (const Mark& mark : page) {
      std::visit([&](const auto& one) { draw(cairo.get(), one); }, mark);
    }
    cairo_show_page(cairo.get());
  }
  cairo_surface_finish(surface.get());
  if (out.full) {
    return fail(ErrorKind::kTooLarge, "document_too_large",
                fmt::format("a document has at most {} bytes", kDocumentBytes));
  }
  for (const auto status : {cairo_status(cairo.get()), cairo_surface_status(surface.get())}) {
    if (status == CAIRO_STATUS_SUCCESS) continue;
    return fail(ErrorKind::kInternal, "pdf_failed",
                fmt::format("the PDF could not be drawn: {}", cairo_status_to_string(status)));
  }
  return std::move(out.bytes);
}

}  // namespace

Result<RenderedPdf> render_pdf(const Template& how, const DocumentData& data) {
  const ContextRef text = TRY(make_text_context());
  PageFlow flow(text.get(), points_of_mm(how.margin_mm), kFooterHeight);
  add_blocks(flow, how, data);
  if (flow.too_long()) {
    return fail(ErrorKind::kTooLarge, "document_too_large",
                fmt::format("a document has at most {} pages", kDocumentPages));
  }
  std::vector<Page> pages = std::move(flow).take();
  add_footers(pages, text.get(), how, data);
  return RenderedPdf{TRY(write_pdf(pages, text.get(), data)),
                     static_cast<std::uint32_t>(pages.size())};
}

}  // namespace dealog::documents
