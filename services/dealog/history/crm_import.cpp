#include "services/dealog/history/crm_import.hpp"

#include <fmt/format.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/invalid_input.hpp"
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/command/use_cases/history.hpp"
#include "libs/command/user_directory.hpp"
#include "libs/connectors/arrival_settings.hpp"
#include "libs/connectors/export/export.hpp"
#include "libs/domain/delivery/delivery.hpp"
#include "projections/intake/intake_view.hpp"
#include "services/webhooks/in_hand.hpp"

namespace dealog {
namespace {

using connectors::Fact;

constexpr std::size_t kSourcesAPage = 200;
constexpr std::chrono::minutes kViewsWithin{5};
constexpr std::string_view kOddItem = "row";  // the kind of a fact that says what cannot be read
constexpr std::string_view kOnlyJudged = "only_judged";

std::string key_of(const ExportPage& page) {
  return fmt::format("export:{}:sha256:{}", page.what, to_hex(sha256(page.body)));
}

}  // namespace

connectors::Delivery CrmImport::delivery_of(const ExportPage& page) const {
  connectors::Delivery delivery;
  if (!page.what.empty()) delivery.suffix = "/exported/" + page.what;
  delivery.headers = {{"Content-Type", page.content_type}};
  delivery.body = page.body;
  delivery.received_at = core_.clock().now();
  return delivery;
}

void CrmImport::leave_out(const Fact& fact, const ExportPage& page, const std::string& reason) {
  if (report_.left_out_count++ >= kLeftOutShown) return;
  const bool table = page.what.empty();
  const std::string id =
      fact.external_id.empty()
          ? ""
          : fmt::format(" ({} {})", table ? "deal" : page.what, fact.external_id);
  report_.left_out.push_back(fmt::format("{}, {} {}{}: {}", page.file, table ? "row" : "item",
                                         page.before + fact.item, id, reason));
}

void CrmImport::count_deal(const connectors::StageFact& deal, const webhooks::FactAt& at) {
  if (connectors::lacks_stage(at.arrivals(), deal.stage)) {
    ++report_.unmapped_stages[deal.stage.pipeline + "/" + deal.stage.to];
  }
  if (!deal.owner.empty() && !at.user(deal.owner)) ++report_.unknown_users[deal.owner];
  if (deal.person.empty()) ++report_.nobodys;
  if (!deal.amount) ++report_.without_amount;
}

void CrmImport::count(const Fact& fact, const ExportPage& page) {
  if (const auto* ignored = std::get_if<connectors::IgnoreFact>(&fact.content)) {
    if (ignored->what != kOddItem) ++report_.facts[ignored->reason];
    return;
  }
  const bool card_of_company = page.what == "company" || page.what == "organization";
  ++report_.facts[card_of_company ? page.what : std::string(fact.kind())];
  const auto* deal = std::get_if<connectors::StageFact>(&fact.content);
  if (deal == nullptr) return;
  const StreamName delivery;
  const std::optional<UserId> owner;
  count_deal(*deal, {fact, *source_, delivery, core_.clock().now(), owner});
}

// Notes and tasks name a deal that is there by the time of their import.
bool CrmImport::is_told_here(const Fact& fact) const {
  if (const auto* logged = std::get_if<connectors::LoggedFact>(&fact.content)) {
    return deals_.contains(logged->deal);
  }
  const auto* task = std::get_if<connectors::TaskFact>(&fact.content);
  return task != nullptr && deals_.contains(task->deal);
}

// The very command of the import, given up when it has decided.
Result<std::optional<Error>> CrmImport::judge(const Fact& fact) {
  const StreamName delivery;
  const auto users = TRY(UserDirectory(core_.bus().folds()).users());
  const std::optional<UserId> owner = users.empty() ? std::nullopt : std::optional(users.front());
  auto command = webhooks::command_for({fact, *source_, delivery, core_.clock().now(), owner});
  if (!command) return std::nullopt;
  const auto judged = core_.bus().run(
      {.name = "judge_export",
       .stream = command->stream,
       .actor = {use_cases::kImportActor, "command-line"},
       .rights = user::Rights::all(),
       .caller = Caller::kSource,
       .computed_id = Uuid::derived(source_->id.uuid(), "fact:" + fact.key)},
      [work = std::move(command->work)](Unit& unit) mutable -> Result<void> {
        TRY(work(unit));
        return fail(ErrorKind::kInvalid, std::string(kOnlyJudged), "nothing is written");
      });
  if (judged || judged.error().code == kOnlyJudged) return std::nullopt;
  if (webhooks::is_passing(judged.error())) return fail(judged.error());
  if (judged.error().code == "deal_not_imported" && is_told_here(fact)) return std::nullopt;
  return judged.error();
}

Result<CrmImport::Look> CrmImport::look(const ExportPage& page) {
  ++report_.pages;
  Look look;
  const auto facts = connectors::decode(*source_->provider, delivery_of(page), source_->settings);
  if (!facts) {
    report_.not_imported.push_back(fmt::format("{}: {}", page.file, facts.error().message));
    return look;
  }
  look.items = facts->size();
  for (const auto& fact : *facts) {
    count(fact, page);
    std::optional<std::string> refusal;
    if (fact.kind() == kOddItem) {
      refusal = std::get<connectors::IgnoreFact>(fact.content).reason;
    } else if (const auto error = TRY(judge(fact))) {
      refusal = in_one_line(*error);
    }
    if (refusal) {
      ++look.left_out;
      leave_out(fact, page, *refusal);
    } else if (std::holds_alternative<connectors::StageFact>(fact.content)) {
      deals_.insert(fact.external_id);
    }
  }
  return look;
}

Result<void> CrmImport::look_at(const ExportPage& page) {
  TRY(look(page));
  return {};
}

// New, or in quarantine and decoded once more.
Result<DeliveryId> CrmImport::receive(const ExportPage& page, const std::string& key) {
  const std::string source = source_->id.text();
  const auto known = TRY(use_cases::known_delivery(core_.bus().folds(), source, key));
  DeliveryId id;
  const auto delivery = delivery_of(page);
  TRY(core_.bus().run({.name = "import_export",
                       .stream = source,
                       .actor = {use_cases::kImportActor, "command-line"},
                       .rights = user::Rights::all()},
                      [&](Unit& unit) -> Result<void> {
                        if (known) {
                          id = TRY(DeliveryId::parse(*known));
                          return use_cases::replay_delivery(unit, id);
                        }
                        const auto received = TRY(
                            use_cases::receive_delivery(unit, {.source = source,
                                                               .method = delivery.method,
                                                               .suffix = delivery.suffix,
                                                               .content_type = page.content_type,
                                                               .headers = delivery.headers,
                                                               .query = {},
                                                               .remote_ip = {},
                                                               .body = delivery.body,
                                                               .delivery_key = key}));
                        id = received.delivery;
                        return {};
                      }));
  return id;
}

Result<void> CrmImport::import(const ExportPage& page) {
  const Look looked = TRY(look(page));
  if (looked.items == 0) return {};
  const std::string key = key_of(page);
  const auto& folds = core_.bus().folds();
  const auto known = TRY(use_cases::known_delivery(folds, source_->id.text(), key));
  if (known) {
    const auto state = TRY(folds.current<delivery::State>(*known));
    if (state->status != delivery::Status::kQuarantined) {
      ++report_.known;
      return {};
    }
  }
  const DeliveryId id = TRY(receive(page, key));
  TRY(core_.settle());
  const auto state = TRY(folds.current<delivery::State>(id.text()));
  // Of a page with refused items the others have had their effect.
  const bool in_part = looked.left_out > 0 && looked.left_out < looked.items;
  if (state->status != delivery::Status::kQuarantined || in_part) {
    ++report_.imported;
  } else {
    const bool all = looked.left_out == looked.items;
    report_.not_imported.push_back(
        fmt::format("{}: {}", page.file, all ? "all of its items are left out" : state->reason));
  }
  return {};
}

Result<std::shared_ptr<const webhooks::ConnectedSource>> source_for_import(
    Core& core, std::string_view provider, std::string_view id) {
  if (!id.empty()) {
    auto source = TRY(core.sources().find(id));
    if (source->provider->name() == provider) return source;
    return fail(
        ErrorKind::kInvalid, "other_provider",
        fmt::format("{} is a source of {}, not of {}", id, source->provider->name(), provider));
  }
  // After a stop in a hurry the views may be behind.
  if (!core.projections().wait_for(core.log().head(), kViewsWithin)) {
    return fail(ErrorKind::kUnavailable, "position_not_reached",
                "the views are far behind the log; run `dealog rebuild` first");
  }
  const auto snapshot = TRY(core.views().snapshot());
  const ViewContext context{*snapshot, core.keys(), PersonalView::kMasked, core.clock().now()};
  const auto page = TRY(views::IntakeView(context).sources({.limit = kSourcesAPage}));
  std::vector<std::string> found;
  for (const auto& source : page.items) {
    if (source.provider == provider) found.push_back(source.id);
  }
  if (found.size() == 1) return core.sources().find(found.front());
  if (found.empty()) {
    return fail(ErrorKind::kNotFound, "source_not_found",
                fmt::format("no source of {} is connected: POST /v1/sources makes one, with the "
                            "settings `stages` and `users`",
                            provider));
  }
  return fail(ErrorKind::kInvalid, "several_sources",
              fmt::format("several sources of {} are connected; choose one with --source: {}",
                          provider, fmt::join(found, ", ")));
}

}  // namespace dealog
