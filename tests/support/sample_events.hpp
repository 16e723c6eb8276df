// Events of a small web studio, with only what a test of views looks at filled in.
#pragma once

#include <string>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "libs/base/timestamp.hpp"

namespace dealog::testing {

inline void set_money(v1::Money& money, std::int64_t minor, std::string currency = "RUB") {
  money.set_minor(minor);
  money.set_currency(std::move(currency));
}

inline v1::DealOpened deal_opened(const std::string& title, const std::string& stage = "incoming") {
  v1::DealOpened m;
  m.set_pipeline("web-studio");
  m.set_regulation_version(1);
  m.set_stage(stage);
  m.set_title(title);
  return m;
}

inline v1::DealStageChanged stage_changed(const std::string& from, const std::string& to,
                                          std::uint32_t visit) {
  v1::DealStageChanged m;
  m.set_from(from);
  m.set_to(to);
  m.set_direction("forward");
  m.set_visit(visit);
  m.set_regulation_version(1);
  return m;
}

inline v1::TouchRecorded touch(const std::string& kind, const std::string& direction,
                               const std::string& outcome, bool answers = false) {
  v1::TouchRecorded m;
  m.set_kind(kind);
  m.set_direction(direction);
  m.set_outcome(outcome);
  m.set_answers_customer(answers);
  return m;
}

inline v1::Due due_between(Timestamp today_from, Timestamp overdue_at) {
  v1::Due due;
  due.set_due_at(overdue_at.us);
  due.set_time_zone("Europe/Moscow");
  due.set_today_at(today_from.us);
  due.set_overdue_at(overdue_at.us);
  return due;
}

inline v1::TaskCreated task_created(const std::string& id, const std::string& kind,
                                    const std::string& assignee, const v1::Due& due) {
  v1::TaskCreated m;
  m.set_task(id);
  m.set_kind(kind);
  m.set_title("title of " + kind);
  m.set_assignee(assignee);
  *m.mutable_due() = due;
  return m;
}

inline v1::PersonRegistered person_registered(const std::string& name, const std::string& phone,
                                              const std::string& email = "") {
  v1::PersonRegistered m;
  m.set_name(name);
  if (!phone.empty()) {
    auto& contact = *m.add_contacts();
    contact.set_kind("phone");
    contact.set_value(phone);
    contact.set_typed(phone);
    contact.set_identifies(true);
  }
  if (!email.empty()) {
    auto& contact = *m.add_contacts();
    contact.set_kind("email");
    contact.set_value(email);
    contact.set_typed(email);
    contact.set_identifies(true);
  }
  return m;
}

inline v1::PaymentReceived payment_received(std::int64_t minor, const std::string& invoice = "") {
  v1::PaymentReceived m;
  m.set_provider("yookassa");
  m.set_external_id("ext");
  set_money(*m.mutable_amount(), minor);
  m.set_invoice_number(invoice);
  m.set_payer("Ivan Petrov");
  return m;
}

}  // namespace dealog::testing
