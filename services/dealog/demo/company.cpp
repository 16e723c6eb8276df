#include "services/dealog/demo/company.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "libs/storage/unsynced_environment.hpp"
#include "regulation_files.hpp"
#include "services/dealog/core.hpp"
#include "services/dealog/demo/year.hpp"
#include "services/dealog/first_start.hpp"

namespace dealog::demo {
namespace {

constexpr std::chrono::hours kDay{24};
// How long before the end a seller leaves.
constexpr int kDepartureDays = 20;
// What a command takes of the story's time; less when there are many of them.
constexpr std::chrono::microseconds kPause{4'000'000};
constexpr std::size_t kDealsOfFullPause = 2500;  // a year

constexpr std::array<const char*, 11> kStages = {
    "incoming",  "classification", "meeting_scheduling", "meeting",    "proposal",    "negotiation",
    "invoicing", "prepayment",     "in_progress",        "acceptance", "paid_in_full"};

Timestamp months_before(Timestamp at, std::size_t months) {
  return at - kDay * 365 * static_cast<std::int64_t>(months) / 12;
}

Duration pause_of(const CompanyOptions& options) {
  const std::size_t a_year = options.deals * 12 / std::max<std::size_t>(1, options.months);
  return kPause * static_cast<std::int64_t>(kDealsOfFullPause) /
         static_cast<std::int64_t>(std::max(kDealsOfFullPause, a_year));
}

Result<PublishedFile> publish_regulation(Core& core, const std::filesystem::path& file) {
  if (!file.empty()) return publish_regulation_file(core, file);
  return publish_regulation_text(core, "web-studio.yaml",
                                 std::string(regulation_files::web_studio_yaml()));
}

Result<void> require_stages(const rules::Regulation& regulation) {
  for (const char* stage : kStages) {
    if (regulation.stage(stage)) continue;
    return fail(ErrorKind::kInvalid, "regulation_unfit",
                fmt::format("the demo company works by the web studio's regulation; this one has "
                            "no stage {}",
                            stage));
  }
  return {};
}

Season season_of(const CompanyOptions& options, Timestamp from, const Staff& staff,
                 const WorkDays& days) {
  const Date departure{days.day_of(options.until).days - kDepartureDays};
  return {.seed = options.seed,
          .deals = options.deals,
          .from = from,
          .until = options.until,
          .sellers = staff.sellers().size(),
          .staying = staff.staying(),
          .departure = days.at_hour(departure, 17)};
}

}  // namespace

Result<MonthReport> fill_company(const CompanyOptions& options) {
  const Timestamp from = months_before(options.until, options.months);
  ManualClock clock(from);
  SeededIds ids(clock, options.seed);
  const storage::UnsyncedEnvironment unsynced;
  // One thread: what is done at the same time in another order would get other positions.
  const auto core = TRY(Core::open({.data = options.data,
                                    .clock = &clock,
                                    .ids = &ids,
                                    .command_threads = 1,
                                    .environment = unsynced.get()}));
  const auto published = TRY(publish_regulation(*core, options.regulation));
  const auto regulation = TRY(core->regulations().current(published.pipeline));
  TRY(require_stages(*regulation));
  const WorkDays days(regulation->calendar);
  TRY(ensure_owner(*core, options.data, days.zone()));
  const UserId owner = TRY(core->users().users()).front();

  Desk desk(*core, clock, options.until, pause_of(options));
  const Staff staff = TRY(Staff::hire(desk, owner, options.sellers, options.seed));
  const auto door = TRY(FrontDoor::open(desk, owner, staff.head(), published.pipeline));
  const Season season = season_of(options, desk.now(), staff, days);
  Stagehands crew{.desk = desk, .staff = staff, .door = *door, .pipeline = published.pipeline};
  Year year(crew, season, days, write_stories(season, *regulation, days));
  return year.play(options);
}

}  // namespace dealog::demo
