// One deal while the story goes on: what is done to it, by whom, as commands at the story's time.
// Nothing here knows what comes next; story_writer.hpp does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/dealog/demo/deal_sketch.hpp"
#include "services/dealog/demo/desk.hpp"
#include "services/dealog/demo/front_door.hpp"
#include "services/dealog/demo/staff.hpp"

namespace dealog::demo {

// A customer of a deal that was won, for whom another one may be opened.
struct KnownCustomer {
  PersonId person;
  CompanyId company;
};

// What all deals share. The references outlive every play.
struct Stagehands {
  Desk& desk;
  const Staff& staff;
  FrontDoor& door;
  const std::string& pipeline;
  std::vector<KnownCustomer> won = {};
};

enum class PaidBy { kCard, kTransfer, kUnnamedTransfer };

// Errors are the domain's: the story does only what the regulation allows, so one is a bug of the
// story. Thread: one.
class DealPlay {
 public:
  DealPlay(DealSketch sketch, Stagehands& crew) : sketch_(std::move(sketch)), crew_(crew) {}

  const DealSketch& sketch() const { return sketch_; }
  const DealId& deal() const { return deal_; }
  bool began() const { return !deal_.is_nil(); }
  std::size_t seller() const { return sketch_.seller; }
  Result<Folded<deal::State>> state() const { return crew_.desk.deal(deal_); }

  // ---- arrival ----
  Result<void> open();         // through the channel of the sketch
  Result<void> write_again();  // the same person fills in the form once more
  Result<void> take_over();    // the head hands a lead of a form to its seller

  // ---- work ----
  Result<void> touch(std::string_view kind, std::string_view direction, std::string_view outcome,
                     std::uint32_t duration_s, std::string_view note);
  Result<void> change(deal::DetailsChange fields);
  Result<void> move(std::string_view to, deal::DetailsChange fields = {}, std::string reason = "");
  Result<void> override_to(std::string_view to, std::string reason);  // by the head
  Result<void> lose(std::string_view reason, std::string_view note);
  Result<void> reopen(std::string_view reason);
  Result<void> hand_over(std::size_t seller);  // with all open tasks, by the head

  // ---- tasks ----
  // Completes every open task of the kind, if there is any; "" is all kinds.
  Result<void> finish(std::string_view kind, std::string_view result);
  Result<void> plan(std::string_view kind, std::string_view title, deal::DueInput due);
  Result<void> plan_for_last_day(std::string_view title);  // for the day of the story's end
  Result<void> plan_meeting(Timestamp at);
  Result<void> put_off(std::string_view kind, Timestamp to, std::string_view reason);
  // No task falls due before `next`, and there is one: what a careful seller sees to.
  Result<void> keep_promises(Timestamp next, std::string_view title);

  // ---- who they are ----
  Result<void> learn_parties();  // phone, address and company of the contact
  Result<void> add_decider();

  // ---- papers and money ----
  Result<void> draft_quote(int discount_percent);
  Result<void> revise_quote(int discount_percent);
  Result<void> submit_quote();
  Result<void> approve_quote();  // by the head
  Result<void> send_quote();
  Result<void> accept_quote();
  Result<void> reject_quote(std::string_view reason);  // when one is out
  Result<void> add_document(std::string_view kind, std::string_view title);
  Result<void> sign_document(std::string_view kind);
  Result<void> acknowledge();  // by production
  Result<void> send_invoice(std::string_view kind);
  Result<void> void_unpaid_invoices();
  // A share of what the open invoice of the kind lacks.
  Result<void> pay(std::string_view kind, int percent, PaidBy way);
  Result<void> match_by_hand(
      std::string_view kind);  // the last unnamed transfer, by the accountant
  Result<void> remember_customer();

 private:
  const UserId& seller_id() const { return crew_.staff.sellers()[sketch_.seller].id; }
  Result<void> act(const deal::Command& command) { return act(seller_id(), command); }
  Result<void> act(const UserId& who, const deal::Command& command) {
    return crew_.desk.on_deal(who, deal_, command);
  }
  Result<void> open_by_form();
  Result<void> open_by_hand();
  Result<void> issue_again();  // what was voided when the deal was lost
  Result<deal::Invoice> open_invoice(std::string_view kind) const;
  Result<PaymentId> receive_transfer(const deal::Invoice& invoice, const Money& amount, bool named);
  std::string story_id(std::string_view what);

  DealSketch sketch_;
  Stagehands& crew_;
  DealId deal_;
  PersonId person_;
  CompanyId company_;
  QuoteId quote_;
  std::optional<PaymentId> unmatched_;
  int ids_ = 0;  // made by story_id
};

}  // namespace dealog::demo
