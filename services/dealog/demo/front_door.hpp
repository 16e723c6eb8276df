// The sources of the demo company and what they deliver: real requests to the real receiver.
#pragma once

#include <string>

#include "services/dealog/demo/desk.hpp"
#include "services/dealog/demo/people.hpp"
#include "services/webhooks/receive.hpp"

namespace dealog::demo {

enum class Site { kTilda, kLanding };

// What somebody fills in. Empty members are left out.
struct FilledForm {
  std::string id;  // of the submission: the same again is a duplicate
  PersonSketch person;
  std::string comment;
  std::string campaign;
  bool with_email = true;
  bool by_robot = false;  // fills in the field that people do not see
};

struct PaidOnline {
  std::string id;  // of the payment at the provider
  Money amount;
  std::string order;  // invoice number, or what the shop sent instead
  std::string description;
  std::string event = "payment.succeeded";
  bool without_amount = false;  // broken: cannot be understood
};

// Thread: one.
class FrontDoor {
 public:
  // Connects the three sources. Leads get `first_owner` as their first owner.
  static Result<std::unique_ptr<FrontDoor>> open(Desk& desk, const UserId& by,
                                                 const UserId& first_owner,
                                                 const std::string& pipeline);

  // Delivered and worked off. Returns the delivery. Errors: an answer other than success.
  Result<DeliveryId> submit(Site site, const FilledForm& form);
  Result<DeliveryId> pay(const PaidOnline& payment);
  Result<DeliveryId> refund(const std::string& id, const std::string& payment, const Money& amount);

  // The deal and the person of a lead's delivery.
  struct Lead {
    DealId deal;
    PersonId person;
  };
  Result<Lead> lead_of(const DeliveryId& delivery);

 private:
  struct Address {
    SourceId source;
    std::string token;
  };
  explicit FrontDoor(Desk& desk)
      : desk_(desk), receiver_(desk.core().bus(), desk.core().sources(), desk.core().intake()) {}
  Result<Address> connect(const UserId& by, const char* provider, const char* name,
                          std::string settings);
  Result<DeliveryId> deliver(const Address& address, std::string_view content_type,
                             std::string body, std::string_view from);

  Desk& desk_;
  webhooks::Receiver receiver_;
  Address tilda_, landing_, yookassa_;
};

}  // namespace dealog::demo
