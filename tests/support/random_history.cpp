#include "tests/support/random_history.hpp"

#include "projections/automation/triggers_projector.hpp"

namespace dealog::testing {

void RandomHistory::step(bool erasures) {
  history_.clock().advance(std::chrono::seconds(below(7200)));
  const auto kind = below(100);
  if (deals_.empty() || kind < 6) return open_deal();
  if (kind < 14) return party_step(erasures);
  if (kind < 20) return payment_step();
  if (kind < 30) return delivery_step();
  if (kind < 33) return account_step();
  deal_step(any(deals_));
}

void RandomHistory::party_step(bool erasures) {
  if (people_.empty() || chance(30)) {
    people_.push_back(history_.make_id<PersonId>());
    auto m = person_registered(word() + " " + word(), phone(), word() + "@example.org");
    if (!companies_.empty() && chance(30)) m.set_company(any(companies_));
    history_.append(people_.back(), std::move(m), {.tags = {personal_tag("phone:x")}});
    return;
  }
  if (companies_.empty() || chance(15)) {
    companies_.push_back(history_.make_id<CompanyId>());
    v1::CompanyRegistered m;
    m.set_name(word());
    m.set_tax_id(std::to_string(7700000000 + below(1000)));
    history_.append(companies_.back(), m);
    return;
  }
  const std::size_t place = below(people_.size());
  const std::string person = people_[place];
  if (erasures && chance(12)) {
    history_.append(person, v1::PersonErased());
    history_.keys().erase(person);
    people_.erase(people_.begin() + static_cast<std::ptrdiff_t>(place));
  } else if (chance(40)) {
    v1::PersonContactAdded m;
    m.mutable_contact()->set_kind("phone");
    m.mutable_contact()->set_value(phone());
    history_.append(person, m);
  } else if (chance(40)) {
    v1::PersonContactRemoved m;
    m.mutable_contact()->set_kind("phone");
    m.mutable_contact()->set_value(phone());
    history_.append(person, m);
  } else if (chance(30) && people_.size() > 1) {
    const auto& other = people_[(place + 1) % people_.size()];
    v1::PersonMerged merged;
    merged.set_into(other);
    history_.append(person, merged);
    v1::PersonAbsorbed absorbed;
    absorbed.set_other(person);
    absorbed.add_contacts()->set_kind("phone");
    absorbed.mutable_contacts(0)->set_value(phone());
    history_.append(other, absorbed);
  } else {
    v1::PersonDetailsChanged m;
    m.set_name(word() + " " + word());
    history_.append(person, m);
    v1::CompanyDetailsChanged company;
    company.set_bank_accounts_changed(true);
    if (chance(50)) company.add_bank_accounts(std::to_string(below(100)));
    history_.append(any(companies_), company);
  }
}

void RandomHistory::open_deal() {
  Deal deal{.id = history_.make_id<DealId>()};
  auto m = deal_opened(word() + " " + word(), stage());
  if (chance(70)) set_money(*m.mutable_amount(), static_cast<std::int64_t>(below(1'000'000)));
  m.set_owner(user());
  m.set_source("phone");
  if (!people_.empty()) m.set_person(any(people_));
  if (!companies_.empty() && chance(50)) m.set_company(any(companies_));
  if (chance(50)) m.set_stuck_at(history_.clock().now().us + 1'000'000);
  m.set_answer_by(history_.clock().now().us + 900'000'000);
  (*m.mutable_campaign())["utm_source"] = word();
  (*m.mutable_campaign())["utm_medium"] = word();
  for (const char* code : {"a", "b"}) {
    auto& custom = *m.add_custom();
    custom.set_code(code);
    custom.set_value(word());
  }
  std::vector<Tag> tags;
  if (!m.person().empty()) tags.push_back(open_tag(m.person()));
  history_.append(deal.id, std::move(m), {.tags = std::move(tags)});
  deals_.push_back(std::move(deal));
}

void RandomHistory::deal_step(Deal& deal) {
  const auto kind = below(100);
  if (kind < 45) {
    const auto late = std::chrono::hours(below(100));
    history_.append(deal.id, touch("call", chance(50) ? "out" : "in", "connected", chance(30)),
                    {.occurred = history_.clock().now() - late});
    touches_.push_back(history_.last_id());
  } else if (kind < 65) {
    task_step(deal);
  } else if (kind < 75) {
    details_step(deal);
  } else if (kind < 92) {
    commerce_step(deal);
  } else if (kind < 94) {
    if (touches_.empty()) return;
    history_.append(deal.id, v1::FactRetracted(), {.amends = any(touches_)});
  } else {
    outcome_step(deal);
  }
}

void RandomHistory::details_step(Deal& deal) {
  v1::DealDetailsChanged m;
  switch (below(6)) {
    case 0:
      m.set_title(word());
      m.set_title_changed(true);
      break;
    case 1:
      m.add_custom_codes("a");
      m.add_custom()->set_code("a");
      m.mutable_custom(0)->set_value(word());
      if (chance(50)) m.set_title(word());
      m.set_title_changed(m.has_title());
      break;
    case 2:
      m.add_cleared(chance(50) ? "custom.b" : "amount");
      break;
    case 3:
      set_money(*m.mutable_amount(), static_cast<std::int64_t>(below(1'000'000)));
      break;
    case 4: {
      v1::DealOwnerAssigned owner;
      owner.set_owner(user());
      history_.append(deal.id, owner);
      return;
    }
    default: {
      if (people_.empty()) return;
      v1::DealParticipantAdded added;
      added.set_person(any(people_));
      added.set_role(word());
      history_.append(deal.id, added);
      if (chance(70)) return;
      v1::DealParticipantRemoved removed;
      removed.set_person(any(people_));
      history_.append(deal.id, removed);
      return;
    }
  }
  history_.append(deal.id, m);
}

void RandomHistory::task_step(Deal& deal) {
  if (deal.tasks.empty() || chance(45)) {
    deal.tasks.push_back(history_.make_id<TaskId>());
    auto m = task_created(deal.tasks.back(), chance(50) ? "call" : "follow_up", user(), due());
    m.set_place(word());
    m.set_has_place(true);
    history_.append(deal.id, std::move(m));
    return;
  }
  const std::size_t place = below(deal.tasks.size());
  const std::string task = deal.tasks[place];
  const auto forget = [&] {
    deal.tasks.erase(deal.tasks.begin() + static_cast<std::ptrdiff_t>(place));
  };
  switch (below(4)) {
    case 0: {
      v1::TaskCompleted m;
      m.set_task(task);
      m.set_result(word());
      history_.append(deal.id, m);
      return forget();
    }
    case 1: {
      v1::TaskCancelled m;
      m.set_task(task);
      history_.append(deal.id, m);
      return forget();
    }
    case 2: {
      v1::TaskRescheduled m;
      m.set_task(task);
      *m.mutable_due() = due();
      history_.append(deal.id, m);
      return;
    }
    default: {
      v1::TaskReassigned m;
      m.set_task(task);
      m.set_assignee(user());
      *m.mutable_due() = due();
      history_.append(deal.id, m);
    }
  }
}

void RandomHistory::commerce_step(Deal& deal) {
  if (deal.quotes.empty() || chance(15)) {
    deal.quotes.push_back(history_.make_id<QuoteId>());
    v1::QuoteDrafted m;
    m.set_quote(deal.quotes.back());
    m.set_revision(1);
    set_money(*m.mutable_total(), static_cast<std::int64_t>(below(1'000'000)));
    m.add_lines()->set_title(word());
    history_.append(deal.id, m);
    return;
  }
  const auto quote = any(deal.quotes);
  const auto on_quote = [&](auto m) {
    m.set_quote(quote);
    history_.append(deal.id, m);
  };
  const auto kind = below(12);
  if (kind == 0) return on_quote(v1::QuoteSubmitted());
  if (kind == 1) return on_quote(v1::QuoteApproved());
  if (kind == 2) return on_quote(v1::QuoteSent());
  if (kind == 3) return on_quote(v1::QuoteAccepted());
  if (kind == 4) return on_quote(v1::QuoteRejected());
  if (kind == 5) {
    v1::QuoteRevised m;
    m.set_revision(2);
    set_money(*m.mutable_total(), static_cast<std::int64_t>(below(1'000'000)));
    return on_quote(m);
  }
  if (kind < 8 || deal.invoices.empty()) {
    deal.invoices.push_back(history_.make_id<InvoiceId>());
    v1::InvoiceIssued m;
    m.set_invoice(deal.invoices.back());
    set_money(*m.mutable_amount(), static_cast<std::int64_t>(1 + below(100'000)));
    m.set_overdue_at(history_.clock().now().us + 86'400'000'000);
    history_.append(deal.id, m);
  } else if (kind < 10) {
    v1::PaymentAllocated m;
    m.set_invoice(any(deal.invoices));
    set_money(*m.mutable_amount(), static_cast<std::int64_t>(below(100'000)));
    history_.append(deal.id, m);
  } else if (kind < 11) {
    v1::InvoiceVoided m;
    m.set_invoice(any(deal.invoices));
    history_.append(deal.id, m);
  } else {
    v1::DocumentAdded m;
    m.set_document(history_.make_id<DocumentId>());
    m.set_kind("contract");
    m.set_title(word());
    history_.append(deal.id, m);
  }
}

void RandomHistory::outcome_step(Deal& deal) {
  if (!deal.open) {
    v1::DealReopened m;
    m.set_episode(2);
    m.set_stage(stage());
    m.set_visit(++deal.visit);
    history_.append(deal.id, m);
    deal.open = true;
  } else if (chance(60)) {
    history_.append(deal.id, stage_changed("x", stage(), ++deal.visit));
  } else if (chance(50)) {
    history_.append(deal.id, v1::DealWon());
    deal.open = false;
  } else {
    v1::DealLost m;
    m.set_reason("price");
    m.set_note(word());
    history_.append(deal.id, m);
    deal.open = false;
  }
}

void RandomHistory::payment_step() {
  if (payments_.empty() || chance(50)) {
    Payment payment{.id = history_.make_id<PaymentId>(),
                    .trigger = {},
                    .left = static_cast<std::int64_t>(1 + below(100'000))};
    history_.append(payment.id, payment_received(payment.left, chance(70) ? word() : ""));
    payment.trigger = views::trigger_id(history_.last_id(), "allocate_payment");
    payments_.push_back(std::move(payment));
    return;
  }
  auto& payment = any(payments_);
  if (chance(25)) {
    v1::EffectSkipped m;
    m.set_trigger(payment.trigger);
    history_.append(payment.id, m);
    return;
  }
  if (payment.left == 0) return;
  const auto part = 1 + static_cast<std::int64_t>(below(static_cast<std::size_t>(payment.left)));
  payment.left -= part;
  if (chance(25)) {
    v1::PaymentRefunded m;
    set_money(*m.mutable_amount(), part);
    history_.append(payment.id, m);
    return;
  }
  v1::PaymentMatched m;
  m.set_deal(any(deals_).id);
  set_money(*m.mutable_amount(), part);
  history_.append(payment.id, m);
}

void RandomHistory::delivery_step() {
  if (sources_.empty() || chance(5)) {
    sources_.push_back(history_.make_id<SourceId>());
    v1::SourceConnected m;
    m.set_provider("tilda");
    m.set_token(word());
    history_.append(sources_.back(), m);
    return;
  }
  if (deliveries_.empty() || chance(45)) {
    const auto id = history_.make_id<DeliveryId>();
    if (!deliveries_.empty() && chance(20)) {
      v1::DeliveryRepeated m;
      m.set_source(any(sources_));
      m.set_first(any(deliveries_));
      history_.append(id, m);
      return;
    }
    deliveries_.push_back(id);
    v1::DeliveryReceived m;
    m.set_source(any(sources_));
    m.set_delivery_key(word());
    history_.append(id, m);
    return;
  }
  const auto id = any(deliveries_);
  switch (below(4)) {
    case 0:
      history_.append(id, v1::DeliveryQuarantined());
      return;
    case 1:
      history_.append(id, v1::DeliveryIgnored());
      return;
    case 2:
      history_.append(id, v1::DeliveryReplayed());
      return;
    default:
      history_.append(id, v1::DeliveryAccepted());
  }
}

void RandomHistory::account_step() {
  if (users_.size() < 4) {
    users_.push_back("usr_" + std::to_string(users_.size()));
    v1::UserRegistered m;
    m.set_name(word());
    history_.append(users_.back(), m);
    return;
  }
  const auto& id = any(users_);
  if (chance(50)) {
    v1::TokenIssued m;
    m.set_token(history_.make_id<TokenId>());
    history_.append(id, m);
  } else if (chance(30)) {
    history_.append(id, v1::UserDeactivated());
  } else {
    v1::RegulationPublished m;
    m.set_pipeline("web-studio");
    m.set_version(below(10));
    history_.append("pip_web-studio", m);
  }
}

}  // namespace dealog::testing
