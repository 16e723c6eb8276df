// The people who work at the demo company.
#pragma once

#include <vector>

#include "services/dealog/demo/desk.hpp"

namespace dealog::demo {

struct Seller {
  UserId id;
  std::string name;
};

class Staff {
 public:
  // Names the owner of the first start and registers everybody else.
  static Result<Staff> hire(Desk& desk, const UserId& owner, std::size_t sellers,
                            std::uint64_t seed);

  const UserId& owner() const { return owner_; }
  const UserId& head() const { return head_; }              // of sales: overrides, approves
  const UserId& accountant() const { return accountant_; }  // records bank transfers
  const UserId& producer() const { return producer_; }      // acknowledges the start of work
  const std::vector<Seller>& sellers() const { return sellers_; }

  // Who leaves the company before the story's end: the last seller, if there are several.
  bool somebody_leaves() const { return sellers_.size() > 1; }
  std::size_t leaver() const { return sellers_.size() - 1; }
  std::size_t staying() const { return somebody_leaves() ? leaver() : sellers_.size(); }

 private:
  UserId owner_, head_, accountant_, producer_;
  std::vector<Seller> sellers_;
};

}  // namespace dealog::demo
