// Invented people and companies. Nobody of these exists: addresses are at example.com (RFC 2606),
// numbers come from one block in order, tax ids begin with 00, which no region has.
#pragma once

#include <cstdint>
#include <string>

#include "services/dealog/demo/random.hpp"

namespace dealog::demo {

struct PersonSketch {
  std::string name;
  std::string phone;  // in one of the spellings that people use
  std::string email;
  std::string position;
};
struct CompanySketch {
  std::string name;        // ООО «Северный ветер»
  std::string short_name;  // Северный ветер
  std::string tax_id;
};

// `number` is different for each: it makes the telephone number, the address and the tax id.
PersonSketch draw_person(Random& random, std::uint64_t number);
CompanySketch draw_company(Random& random, std::uint64_t number);

}  // namespace dealog::demo
