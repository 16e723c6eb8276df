#include "services/dealog/demo/staff.hpp"

#include <fmt/format.h>

#include "libs/command/use_cases/users.hpp"
#include "services/dealog/demo/people.hpp"

namespace dealog::demo {
namespace {

using user::Right;

// Streams of random draws, apart from those of the deals.
constexpr std::uint64_t kStaffStream = 1ULL << 40;
// Numbers of people, apart from those of the customers.
constexpr std::uint64_t kStaffNumbers = 90'000'000;
constexpr const char* kZones[] = {"Europe/Moscow", "Europe/Moscow", "Europe/Samara",
                                  "Asia/Yekaterinburg", "Asia/Novosibirsk"};

const user::Rights& seller_rights() {
  static const user::Rights kRights = {Right::kRead, Right::kWrite, Right::kPersonal};
  return kRights;
}

user::Rights head_rights() {
  return seller_rights().joined({Right::kOverride, Right::kPublish, Right::kImport});
}

Result<UserId> hire_one(Desk& desk, const UserId& by, user::RegisterUser command) {
  const std::string stream = "usr_" + command.email;  // nobody else waits for it
  return desk.by(by, "register_user", stream,
                 [command](Unit& unit) { return use_cases::register_user(unit, command); });
}

}  // namespace

Result<Staff> Staff::hire(Desk& desk, const UserId& owner, std::size_t sellers,
                          std::uint64_t seed) {
  Random random(seed, kStaffStream);
  Staff staff;
  staff.owner_ = owner;
  TRY(desk.by(owner, "change_user", owner.text(), [&](Unit& unit) -> Result<bool> {
    TRY(use_cases::change_user(unit, owner,
                               {.name = "Вера Орлова", .email = "vera.orlova@example.com"}));
    return true;
  }));
  std::uint64_t number = kStaffNumbers;
  const auto hire = [&](std::string role, user::Rights rights, std::string zone) -> Result<Seller> {
    const PersonSketch sketch = draw_person(random, ++number);
    const UserId id = TRY(hire_one(desk, owner,
                                   {.name = sketch.name,
                                    .email = sketch.email,
                                    .role = std::move(role),
                                    .time_zone = std::move(zone),
                                    .rights = rights}));
    return Seller{id, sketch.name};
  };
  staff.head_ = TRY(hire("supervisor", head_rights(), "Europe/Moscow")).id;
  staff.accountant_ = TRY(hire("supervisor", seller_rights(), "Europe/Moscow")).id;
  staff.producer_ = TRY(hire("supervisor", seller_rights(), "Europe/Moscow")).id;
  TRY(hire("marketing", {Right::kRead}, "Europe/Moscow"));
  for (std::size_t i = 0; i < sellers; ++i) {
    staff.sellers_.push_back(TRY(hire("seller", seller_rights(), random.pick(kZones))));
  }
  return staff;
}

}  // namespace dealog::demo
