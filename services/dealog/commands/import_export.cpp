// dealog import amocrm|pipedrive|hubspot|csv PATH --data DIR [--source ID] [--dry-run]
#include <fmt/format.h>
#include <unistd.h>

#include "libs/base/clock.hpp"
#include "services/dealog/commands/commands.hpp"
#include "services/dealog/commands/say.hpp"
#include "services/dealog/data_folder.hpp"
#include "services/dealog/history/crm_import.hpp"

namespace dealog::commands {
namespace {

std::string sentence_of(const std::string& kind) {
  if (kind == "stage") return "deals";
  if (kind == "contact") return "people";
  if (kind == "company" || kind == "organization") return "companies";
  if (kind == "touch.logged") return "notes, calls and meetings";
  if (kind == "task") return "open tasks";
  return "left out: " + kind;
}

void say_list(const char* title, const std::map<std::string, std::uint64_t>& names) {
  if (names.empty()) return;
  say(title);
  for (const auto& [name, times] : names) say(fmt::format("  {} ({})", name, times));
}

void say_contents(const CrmImportReport& report) {
  for (const auto& [kind, times] : report.facts) {
    say(fmt::format("{:>9} {}", times, sentence_of(kind)));
  }
  if (report.nobodys > 0) say(fmt::format("{:>9} deals name nobody", report.nobodys));
  if (report.without_amount > 0) {
    say(fmt::format("{:>9} deals have no amount", report.without_amount));
  }
  say_list("Stages without a counterpart here (name them in the source's setting `stages`):",
           report.unmapped_stages);
  say_list("Users nobody is mapped to (setting `users`; their deals go to the source's owner):",
           report.unknown_users);
  for (const auto& item : report.left_out) say("left out: " + item);
  if (report.left_out_count > report.left_out.size()) {
    say(fmt::format("and {} more", report.left_out_count - report.left_out.size()));
  }
  for (const auto& page : report.not_imported) say("not imported: " + page);
}

bool is_whole(const CrmImportReport& report) {
  return report.not_imported.empty() && report.left_out_count == 0;
}

int say_result(const CrmImportReport& report) {
  say(fmt::format("{} pages: {} imported, {} known already, {} not imported; {} items left out",
                  report.pages, report.imported, report.known, report.not_imported.size(),
                  report.left_out_count));
  if (is_whole(report)) return kDone;
  say("Mend what is said above and import again: what is done stays done.");
  return kFailed;
}

int say_look(const CrmImportReport& report) {
  say(fmt::format("{} pages looked at, nothing written; {} items would be left out", report.pages,
                  report.left_out_count));
  return is_whole(report) ? kDone : kFailed;
}

}  // namespace

Result<int> import_export(const Import& arguments, const std::string& provider,
                          const std::filesystem::path& path) {
  const auto* known = connectors::find_provider(provider);
  if (known == nullptr) {
    return fail(ErrorKind::kInvalid, "wrong_use",
                "there are no exports of " + provider +
                    "; known are events, amocrm, pipedrive, hubspot and csv");
  }
  TRY(require_log(arguments.data));
  const auto pages = TRY(export_pages(*known, path));
  const SystemClock clock;
  SystemIds ids(clock);
  const auto core = TRY(Core::open({.data = arguments.data, .clock = &clock, .ids = &ids}));
  const auto source = TRY(source_for_import(*core, known->name(), arguments.source));
  CrmImport import(*core, source);
  for (std::size_t n = 0; n < pages.size(); ++n) {
    if (isatty(STDOUT_FILENO) != 0) {
      fmt::print("\r{} of {} pages ({})\x1b[K", n, pages.size(), pages[n].file);
      std::fflush(stdout);
    }
    if (arguments.dry_run) {
      TRY(import.look_at(pages[n]));
    } else {
      TRY(import.import(pages[n]));
    }
  }
  if (isatty(STDOUT_FILENO) != 0) fmt::print("\r\x1b[K");
  say_contents(import.report());
  return arguments.dry_run ? say_look(import.report()) : say_result(import.report());
}

}  // namespace dealog::commands
