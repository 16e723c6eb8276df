// Facts of a deal written down by a test: fill the members in, then judge.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "libs/rules/facts.hpp"

namespace dealog::rules {

class FakeFacts : public Facts {
 public:
  struct Touch {
    std::string kind;
    std::string direction;
    std::string outcome;
    bool in_this_stage = true;
  };
  struct Task {
    std::string kind;
    bool open = true;
    bool in_future = true;
    bool in_this_stage = true;
    std::set<std::string> filled_in = {};  // assignee, participants, place, due, note
  };

  std::map<std::string, FieldValue, std::less<>> fields;
  std::vector<Touch> touches;
  std::vector<Task> tasks;
  std::string quote;                                          // "" none, draft … accepted, rejected
  std::vector<std::pair<std::string, std::string>> invoices;  // kind, state
  std::map<std::string, bool, std::less<>> documents;         // kind → signed
  std::set<std::string, std::less<>> acknowledgements;
  std::set<std::string, std::less<>> participants;
  std::int32_t highest_discount = 0;
  bool discount_approved = false;
  Money agreed_money;
  Money paid_money;
  std::int32_t prepayment = 5000;

  std::optional<FieldValue> field(std::string_view path) const override {
    const auto found = fields.find(path);
    return found == fields.end() ? std::nullopt : std::optional(found->second);
  }

  bool has_touch(const TouchQuery& query) const override {
    return std::ranges::any_of(touches, [&](const Touch& touch) {
      return matches(query.kinds, touch.kind) && matches(query.directions, touch.direction) &&
             matches(query.outcomes, touch.outcome) &&
             (!query.answers_customer || answers(touch)) &&
             (!query.since_entering_stage || touch.in_this_stage);
    });
  }

  bool has_task(const TaskQuery& query) const override {
    return std::ranges::any_of(tasks, [&](const Task& task) {
      return matches(query.kinds, task.kind) && (task.open || !query.open) &&
             (task.in_future || !query.in_future) &&
             (task.in_this_stage || !query.since_entering_stage) &&
             std::ranges::all_of(query.with, [&](const std::string& member) {
               return task.filled_in.contains(member);
             });
    });
  }

  bool quote_reached(std::string_view at_least) const override {
    if (at_least == "rejected" || quote == "rejected") return quote == at_least;
    return reached({"draft", "submitted", "approved", "sent", "accepted"}, quote, at_least);
  }

  bool invoice_reached(std::string_view kind, std::string_view at_least) const override {
    return std::ranges::any_of(invoices, [&](const auto& invoice) {
      return (kind.empty() || invoice.first == kind) &&
             reached({"issued", "sent", "paid"}, invoice.second, at_least);
    });
  }

  bool has_document(std::string_view kind, bool signed_only) const override {
    const auto found = documents.find(kind);
    return found != documents.end() && (found->second || !signed_only);
  }

  bool has_acknowledgement(std::string_view kind) const override {
    return acknowledgements.contains(kind);
  }
  bool has_participant(std::string_view role) const override { return participants.contains(role); }
  bool discount_within(std::int32_t basis_points) const override {
    return highest_discount <= basis_points || discount_approved;
  }
  Money agreed() const override { return agreed_money; }
  Money paid() const override { return paid_money; }
  std::int32_t prepayment_basis_points() const override { return prepayment; }

 private:
  static bool matches(const std::vector<std::string>& wanted, const std::string& actual) {
    return wanted.empty() || std::ranges::find(wanted, actual) != wanted.end();
  }
  // Outgoing and connected, held, sent or delivered; or an incoming call that connected.
  static bool answers(const Touch& touch) {
    if (touch.direction == "in") return touch.kind == "call" && touch.outcome == "connected";
    return touch.direction == "out" &&
           matches({"connected", "held", "sent", "delivered"}, touch.outcome);
  }
  static bool reached(const std::vector<std::string_view>& order, std::string_view actual,
                      std::string_view at_least) {
    const auto have = std::ranges::find(order, actual);
    const auto want = std::ranges::find(order, at_least);
    return have != order.end() && want != order.end() && have >= want;
  }
};

inline Money roubles(std::int64_t whole) { return {whole * 100, Currency::parse("RUB").value()}; }

}  // namespace dealog::rules
