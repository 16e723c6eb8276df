#include "services/automation/backtest/staff_then.hpp"

#include "dealog/v1/deal_events.pb.h"
#include "libs/domain/user/user.hpp"

namespace dealog::automation {
namespace {

// Customers' links of a back-test lead nowhere and are read by nobody.
constexpr const char* kPublicUrl = "https://backtest.invalid";

}  // namespace

void StaffThen::count(const OpenDeal& deal, int change) {
  if (!deal.open) return;
  auto& open = open_by_owner_[deal.owner];
  open = static_cast<std::uint32_t>(static_cast<int>(open) + change);
}

void StaffThen::assign(const StreamName& stream, const std::string& owner) {
  const auto deal = deals_.find(stream);
  if (deal == deals_.end()) return;
  count(deal->second, -1);
  deal->second.owner = owner;
  count(deal->second, 1);
}

void StaffThen::set_open(const StreamName& stream, bool open) {
  const auto deal = deals_.find(stream);
  if (deal == deals_.end() || deal->second.open == open) return;
  count(deal->second, -1);
  deal->second.open = open;
  count(deal->second, 1);
}

void StaffThen::see(const RecordedEvent& event) {
  if (event.stream.starts_with("usr_")) {
    staff_.reset();
  } else if (!event.stream.starts_with("deal_")) {
    return;
  } else if (const auto* opened = event.as<v1::DealOpened>()) {
    const auto& deal = deals_[event.stream] = {.owner = opened->owner()};
    count(deal, 1);
  } else if (const auto* assigned = event.as<v1::DealOwnerAssigned>()) {
    assign(event.stream, assigned->owner());
  } else if (event.as<v1::DealWon>() != nullptr || event.as<v1::DealLost>() != nullptr) {
    set_open(event.stream, false);
  } else if (event.as<v1::DealReopened>() != nullptr) {
    set_open(event.stream, true);
  }
}

Result<std::shared_ptr<const use_cases::Staff>> StaffThen::now(bool counts, Position head) {
  if (!staff_) {
    auto staff = std::make_shared<use_cases::Staff>();
    staff->public_url = kPublicUrl;
    for (const auto& event : TRY(folds_.with_tag(open_tag(std::string(user::kUsersTag)), kStaff))) {
      const auto id = UserId::parse(event.stream);
      if (!id || event.version.value != 1) continue;
      const auto state = TRY(folds_.current<user::State>(event.stream));
      if (state->active) staff->members.push_back({*id, state->role, 0, state->team});
    }
    staff_ = std::move(staff);
  }
  if (!counts) return staff_;
  auto counted = std::make_shared<use_cases::Staff>(*staff_);
  counted->counted_at = head;
  for (auto& member : counted->members) {
    const auto open = open_by_owner_.find(member.user.text());
    if (open != open_by_owner_.end()) member.open_deals = open->second;
  }
  return counted;
}

}  // namespace dealog::automation
