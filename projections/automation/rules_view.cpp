#include "projections/automation/rules_view.hpp"

#include "dealog/v1/rule_events.pb.h"
#include "dealog/v1/rule_views.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/domain/rule/rule.hpp"
#include "libs/projection/row_reading.hpp"
#include "projections/automation/rule_deal.hpp"

namespace dealog::views {
namespace {

// The first key of what is due after the instant.
std::string due_end(Timestamp at) {
  std::string key(row_keys::kRuleDue);
  put_u64(key, static_cast<std::uint64_t>(at.us) + 1);
  return key;
}

PendingRule pending_of(v1::PendingRuleRow row) {
  return {.trigger = rule::trigger_id(Uuid::from_bytes(row.cause()), row.pipeline(), row.rule(),
                                      row.visit(), row.about(), row.step()),
          .rule = std::move(*row.mutable_rule()),
          .pipeline = std::move(*row.mutable_pipeline()),
          .regulation_version = row.regulation_version(),
          .step = row.step(),
          .deal = std::move(*row.mutable_deal()),
          .visit = row.visit(),
          .episode = row.episode(),
          .about = std::move(*row.mutable_about()),
          .due_at = {row.due_us()},
          .since = {row.since_us()},
          .cause = Uuid::from_bytes(row.cause()),
          .position = {row.position()},
          .causation_depth = row.causation_depth(),
          .correlation_id = Uuid::from_bytes(row.correlation_id()),
          .came = row.came()};
}

}  // namespace

Result<std::vector<PendingRule>> RulesView::due(std::size_t limit) const {
  std::vector<PendingRule> out;
  Result<void> parsed;
  const auto visit = [&](std::string_view, std::string_view value) {
    if (out.size() == limit) return false;
    auto row = parse_row<v1::PendingRuleRow>(value);
    if (!row) {
      parsed = fail(std::move(row).error());
      return false;
    }
    out.push_back(pending_of(std::move(*row)));
    return true;
  };
  TRY(context_.rows.scan(row_keys::kRuleDue, due_end(context_.at), ScanOrder::kForward, visit));
  if (!parsed) return fail(std::move(parsed).error());
  return out;
}

Result<bool> RulesView::any_due_until(Position position) const {
  bool any = false;
  constexpr std::size_t kPositionAt = 2 + 8;  // in the key: kind, due, position
  const auto visit = [&](std::string_view key, std::string_view) {
    any = get_u64(key.substr(kPositionAt)) <= position.value;
    return !any;
  };
  TRY(context_.rows.scan(row_keys::kRuleDue, due_end(context_.at), ScanOrder::kForward, visit));
  return any;
}

Result<ScheduledDeals> RulesView::scheduled_deals(std::string_view pipeline,
                                                  const rules::Rule& rule,
                                                  std::size_t limit) const {
  ScheduledDeals out;
  std::vector<std::string> open;
  const std::string begin = row_keys::under(row_keys::kRuleOpen, pipeline);
  const auto visit = [&](std::string_view key, std::string_view) {
    open.emplace_back(key.substr(begin.size()));
    return true;
  };
  TRY(context_.rows.scan(begin, prefix_end(begin), ScanOrder::kForward, visit));
  for (auto& deal : open) {
    const auto row =
        TRY(find_row<v1::RuleDealRow>(context_.rows, row_keys::key(row_keys::kRuleDeal, deal)));
    if (!row || !may_act(rule, *row)) continue;
    if (out.deals.size() < limit) {
      out.deals.push_back(std::move(deal));
    } else {
      ++out.left_out;
    }
  }
  return out;
}

Result<std::optional<Timestamp>> RulesView::next_due() const {
  std::optional<Timestamp> next;
  const auto visit = [&](std::string_view key, std::string_view) {
    next = Timestamp{static_cast<std::int64_t>(get_u64(key.substr(row_keys::kRuleDue.size())))};
    return false;
  };
  TRY(context_.rows.scan(due_end(context_.at), prefix_end(row_keys::kRuleDue), ScanOrder::kForward,
                         visit));
  return next;
}

Result<RuleCounts> RulesView::counts(std::string_view pipeline, std::string_view rule) const {
  const auto row = TRY(find_row<v1::RuleCountsRow>(
      context_.rows, row_keys::key(row_keys::kRuleCounts, pipeline, rule)));
  if (!row) return RuleCounts{};
  return RuleCounts{.fired = row->fired(),
                    .simulated = row->simulated(),
                    .skipped = row->skipped(),
                    .failed = row->failed(),
                    .last_at = instant(row->last_us()),
                    .last_event = Uuid::from_bytes(row->last_event())};
}

Result<Page<Notification>> RulesView::notifications(std::string_view user,
                                                    const PageRequest& page) const {
  const auto read = [&](std::string_view,
                        std::string_view value) -> Result<std::optional<Notification>> {
    const auto row = TRY(parse_row<v1::NotificationRow>(value));
    const auto opened = opener_.open(row.text());
    const auto* fields = opened.as<v1::NotificationRaised>();
    return Notification{.position = {row.position()},
                        .event = Uuid::from_bytes(row.event()),
                        .deal = row.deal(),
                        .rule = row.rule(),
                        .pipeline = row.pipeline(),
                        .text = opened.text(fields ? fields->text() : std::string()),
                        .at = {row.at_us()}};
  };
  return page_of_rows<Notification>(context_.rows, row_keys::under(row_keys::kNotification, user),
                                    page, read);
}

}  // namespace dealog::views
