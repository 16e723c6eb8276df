#include "services/dealog/history/crm_import.hpp"

#include <fmt/format.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/command/use_cases/history.hpp"
#include "libs/connectors/export/export.hpp"
#include "libs/domain/delivery/delivery.hpp"
#include "projections/intake/intake_view.hpp"
#include "services/webhooks/fact_commands.hpp"

namespace dealog {
namespace {

using connectors::Fact;

constexpr std::size_t kSourcesAPage = 200;
constexpr std::chrono::minutes kViewsWithin{5};

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

void CrmImport::add_odd(const std::string& file, const std::string& what) {
  if (report_.odd_count++ < kOddShown) report_.odd.push_back(file + ": " + what);
}

void CrmImport::count(const Fact& fact, const ExportPage& page) {
  if (const auto* ignored = std::get_if<connectors::IgnoreFact>(&fact.content)) {
    if (ignored->what == "row") {
      add_odd(page.file, ignored->reason);
    } else {
      ++report_.facts[ignored->reason];
    }
    return;
  }
  const bool card_of_company = page.what == "company" || page.what == "organization";
  ++report_.facts[card_of_company ? page.what : std::string(fact.kind())];
  const auto* deal = std::get_if<connectors::StageFact>(&fact.content);
  if (deal == nullptr || deal->stage == connectors::StagePlace{}) return;
  const StreamName delivery;
  const std::optional<UserId> owner;
  const webhooks::FactAt at{fact, *source_, delivery, core_.clock().now(), owner};
  if (deal->stage.outcome.empty() && at.stage(deal->stage).empty()) {
    ++report_.unmapped_stages[deal->stage.pipeline + "/" + deal->stage.to];
  }
  if (!deal->owner.empty() && !at.user(deal->owner)) ++report_.unknown_users[deal->owner];
  if (deal->person.empty()) ++report_.nobodys;
  if (!deal->amount) ++report_.without_amount;
}

void CrmImport::look_at(const ExportPage& page) {
  ++report_.pages;
  const auto facts = connectors::decode(*source_->provider, delivery_of(page), source_->settings);
  if (!facts) return add_odd(page.file, facts.error().message);
  for (const auto& fact : *facts) count(fact, page);
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
  look_at(page);
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
  if (state->status == delivery::Status::kQuarantined) {
    report_.left_out.push_back(fmt::format("{}: {}", page.file, state->reason));
  } else {
    ++report_.imported;
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
