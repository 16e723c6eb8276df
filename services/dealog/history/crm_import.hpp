// Moving over from another CRM: its export as deliveries of the source that it is connected as.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/dealog/core.hpp"
#include "services/webhooks/fact_commands.hpp"

namespace dealog {

inline constexpr std::uintmax_t kExportFileBytes = 1ULL << 30;
inline constexpr std::size_t kCsvRowsAPage = 1'000;

// A piece of the export that is understood, and settled, as a whole.
struct ExportPage {
  std::string file;  // its name, for messages
  std::string what;  // "deal"; empty: what the provider takes at its hook (a table)
  std::string content_type;
  std::string body;
  std::size_t before = 0;  // items, or rows, of the file in the pages before
};

// The export in the order in which it is imported. Of a folder the files `<kind>*.json` count, like
// leads-1.json; of a source for tables `path` is the CSV file.
// Errors: kInvalid "no_export" (says which names are looked for), "file_unreadable",
// "file_too_large", "no_items", "malformed_json", "malformed_csv".
Result<std::vector<ExportPage>> export_pages(const connectors::Provider& provider,
                                             const std::filesystem::path& path);

struct CrmImportReport {
  std::map<std::string, std::uint64_t> facts;            // by kind: "stage", "contact", "task" …
  std::map<std::string, std::uint64_t> unmapped_stages;  // of open deals, "<pipeline>/<stage>"
  std::map<std::string, std::uint64_t> unknown_users;    // who own deals there
  std::uint64_t nobodys = 0;                             // deals without a person
  std::uint64_t without_amount = 0;
  std::uint64_t pages = 0, known = 0;  // known: imported before, and settled
  std::uint64_t imported = 0;          // pages, some of whose items may be left out
  // Items that cannot be read or are refused, kLeftOutShown at most: file, item, id, reason.
  std::vector<std::string> left_out;
  std::uint64_t left_out_count = 0;
  std::vector<std::string> not_imported;  // pages of which nothing is imported, and why
};
inline constexpr std::size_t kLeftOutShown = 50;

class CrmImport {
 public:
  CrmImport(Core& core, std::shared_ptr<const webhooks::ConnectedSource> source)
      : core_(core), source_(std::move(source)) {}

  // Looks at the page: counts what it says, and has each item decided as its import would decide
  // it; writes nothing. What an item says of a deal that an earlier page holds is taken for
  // possible. Errors: those of the log.
  Result<void> look_at(const ExportPage& page);
  // The same; then records the page and waits until it has had its effect. A page that was imported
  // before is left; one that is in quarantine is tried again. Errors: those of the log and the
  // views.
  Result<void> import(const ExportPage& page);

  const CrmImportReport& report() const { return report_; }

 private:
  struct Look {
    std::size_t items = 0, left_out = 0;
  };
  Result<Look> look(const ExportPage& page);
  connectors::Delivery delivery_of(const ExportPage& page) const;
  void count(const connectors::Fact& fact, const ExportPage& page);
  void count_deal(const connectors::StageFact& deal, const webhooks::FactAt& at);
  // Why it would be refused; nothing when it would not.
  Result<std::optional<Error>> judge(const connectors::Fact& fact);
  bool is_told_here(const connectors::Fact& fact) const;
  void leave_out(const connectors::Fact& fact, const ExportPage& page, const std::string& reason);
  Result<DeliveryId> receive(const ExportPage& page, const std::string& key);

  Core& core_;
  const std::shared_ptr<const webhooks::ConnectedSource> source_;
  CrmImportReport report_;
  std::set<std::string> deals_;  // of the export so far, by their ids there
};

// The source by its id or, without one, the only active one of the provider.
// Waits until the views have caught up. Errors: kNotFound "source_not_found"; kInvalid
// "several_sources", "other_provider"; kUnavailable "position_not_reached".
Result<std::shared_ptr<const webhooks::ConnectedSource>> source_for_import(
    Core& core, std::string_view provider, std::string_view id);

}  // namespace dealog
