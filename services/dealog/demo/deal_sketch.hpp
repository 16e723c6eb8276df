// Who wants what, for how much: drawn before a deal begins.
#pragma once

#include <string>
#include <vector>

#include "libs/domain/deal/commands.hpp"
#include "libs/rules/regulation.hpp"
#include "services/dealog/demo/people.hpp"
#include "services/dealog/demo/random.hpp"

namespace dealog::demo {

enum class Channel { kTilda, kLanding, kPhone, kEmail, kReferral, kRepeat };
bool comes_by_form(Channel channel);

struct DealSketch {
  std::uint64_t number = 0;  // of the deal, from 0
  Channel channel = Channel::kPhone;
  PersonSketch person;
  PersonSketch decider;  // a second person on their side
  CompanySketch company;
  std::string work_type;
  Money amount;
  std::string title;
  std::string wish;  // in the customer's words
  std::string campaign;
  std::size_t seller = 0;  // place in Staff::sellers()
};

DealSketch draw_deal(Random& random, std::uint64_t number, const rules::Regulation& regulation,
                     std::size_t sellers);

// Lines of a quote whose total before discounts is the amount. `discount_percent` is on the first.
std::vector<deal::LineInput> draw_lines(const DealSketch& sketch, int discount_percent);

}  // namespace dealog::demo
