// The files of an export, cut into pages.
#include <algorithm>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "libs/base/text.hpp"
#include "libs/connectors/export/export.hpp"
#include "libs/connectors/parse/csv.hpp"
#include "libs/connectors/parse/json.hpp"
#include "services/dealog/history/crm_import.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (!error && size > kExportFileBytes) {
    return fail(ErrorKind::kInvalid, "file_too_large", path.string() + " has more than 1 GB");
  }
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (error || !in.good()) {
    return fail(ErrorKind::kInvalid, "file_unreadable", "cannot read " + path.string());
  }
  return bytes;
}

Error of_file(const fs::path& path, Error error) {
  error.message = path.filename().string() + ": " + error.message;
  return error;
}

// "leads.json", "leads-2.json", "leads_2026.json", but not "leads_notes.json" for "leads".
bool is_named(const fs::path& path, std::string_view kind) {
  const std::string name = to_lower_ascii(path.filename().string());
  if (!name.ends_with(".json") || !name.starts_with(kind)) return false;
  const auto rest = std::string_view(name).substr(kind.size());
  return std::ranges::none_of(rest.substr(0, rest.size() - 5),
                              [](char c) { return c >= 'a' && c <= 'z'; });
}

// Reads files kind after kind; deals are given the contacts, and both the companies, that were read
// before them.
class FolderReader {
 public:
  explicit FolderReader(const connectors::Provider& provider)
      : provider_(provider), kinds_(connectors::exported_kinds(provider.name())) {}

  Result<std::vector<ExportPage>> read(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) files.push_back(entry.path());
    std::ranges::sort(files);
    std::string names;
    for (const auto& kind : kinds_) {
      names += fmt::format("{}{}*.json", names.empty() ? "" : ", ", kind.file);
      for (const auto& file : files) {
        if (is_named(file, kind.file)) TRY(add(file, kind));
      }
    }
    if (!pages_.empty()) return std::move(pages_);
    return fail(ErrorKind::kInvalid, "no_export",
                fmt::format("{} holds nothing to import; files are looked for as {}",
                            folder.string(), names));
  }

 private:
  Result<void> add(const fs::path& path, const connectors::ExportedKind& kind) {
    const std::string json = TRY(read_file(path));
    const auto items = connectors::exported_items(json);
    if (!items) return fail(of_file(path, items.error()));
    std::vector<std::string> introduced;
    std::vector<std::string_view> texts;
    introduced.reserve(items->size());
    for (const auto item : *items) {
      introduced.push_back(introduce(kind, item));
      if (kind.is_of_people()) keep_contact(introduced.back());
      if (kind.is_of_companies()) keep_company(kind, item);
      texts.push_back(introduced.back());
    }
    std::size_t before = 0;
    for (auto& body : connectors::exported_pages(texts)) {
      const std::size_t own = TRY(connectors::exported_items(body)).size();
      pages_.push_back({.file = path.filename().string(),
                        .what = std::string(kind.what),
                        .content_type = "application/json",
                        .body = std::move(body),
                        .before = before});
      before += own;
    }
    return {};
  }

  // What cannot be read is told when its page is decoded.
  void keep_contact(std::string_view item) {
    const auto contact = connectors::parse_json(item);
    if (!contact) return;
    if (const auto id = contact->text_of("id")) contacts_[*id] = item;
  }
  void keep_company(const connectors::ExportedKind& kind, std::string_view item) {
    const auto company = connectors::parse_json(item);
    if (!company) return;
    const auto facts = provider_.read_exported(kind.what, *company, {});
    if (!facts || facts->empty()) return;
    const auto* card = std::get_if<connectors::ContactFact>(&facts->front().content);
    if (card != nullptr) companies_[facts->front().external_id] = card->company;
  }
  // The item with whom it names by number only.
  std::string introduce(const connectors::ExportedKind& kind, std::string_view item) const {
    std::string out(item);
    if (kind.what != "deal" && !kind.is_of_people()) return out;
    const auto tree = connectors::parse_json(item);
    if (!tree || tree->kind != connectors::Node::Kind::kMap || tree->entries.empty()) return out;
    const auto company = companies_.find(connectors::company_of_item(*tree));
    if (company != companies_.end() && !company->second.empty()) {
      out = connectors::with_company(out, company->second);
    }
    if (kind.what != "deal") return out;
    const auto facts = provider_.read_exported("deal", *tree, {});
    if (!facts || facts->empty()) return out;
    const auto* stage = std::get_if<connectors::StageFact>(&facts->front().content);
    if (stage == nullptr) return out;
    const auto contact = contacts_.find(std::string(stage->person.id("external_contact")));
    return contact == contacts_.end() ? out : connectors::with_contact(out, contact->second);
  }

  const connectors::Provider& provider_;
  const std::vector<connectors::ExportedKind> kinds_;
  std::map<std::string, std::string> contacts_;   // by their ids there
  std::map<std::string, std::string> companies_;  // names, by their ids there
  std::vector<ExportPage> pages_;
};

// Each page is a table of its own, with the row of names.
Result<std::vector<ExportPage>> pages_of_table(const fs::path& path) {
  const std::string text = TRY(read_file(path));
  std::string_view rest = text;
  const char separator = connectors::csv_separator(rest);
  std::size_t number = 1;
  const auto take = [&]() -> Result<std::string_view> {
    const std::string_view before = rest;
    const auto row = connectors::take_csv_row(rest, separator, number++);
    if (!row) return fail(of_file(path, row.error()));
    return before.substr(0, before.size() - rest.size());
  };
  const std::string_view names = TRY(take());
  std::vector<ExportPage> pages;
  std::size_t rows = kCsvRowsAPage, all = 0;
  while (!trim(rest).empty()) {
    const std::string_view row = TRY(take());
    if (rows == kCsvRowsAPage ||
        pages.back().body.size() + row.size() > connectors::kExportedBytes) {
      pages.push_back({.file = path.filename().string(),
                       .what = {},
                       .content_type = "text/csv",
                       .body = std::string(names),
                       .before = all});
      rows = 0;
    }
    pages.back().body += row;
    ++rows;
    ++all;
  }
  if (!pages.empty()) return pages;
  return fail(ErrorKind::kInvalid, "no_export", path.string() + " holds no row");
}

}  // namespace

Result<std::vector<ExportPage>> export_pages(const connectors::Provider& provider,
                                             const std::filesystem::path& path) {
  const auto kinds = connectors::exported_kinds(provider.name());
  const bool folder = fs::is_directory(path);
  if (provider.name() == "csv") {
    if (!folder) return pages_of_table(path);
    return fail(ErrorKind::kInvalid, "no_export", path.string() + " is a folder, not a CSV file");
  }
  if (kinds.empty()) {
    return fail(ErrorKind::kInvalid, "no_export",
                fmt::format("exports of {} cannot be imported", provider.name()));
  }
  if (folder) return FolderReader(provider).read(path);
  return fail(ErrorKind::kInvalid, "no_export",
              path.string() + " is no folder; an export is a folder with a file for each kind");
}

}  // namespace dealog
