// Papers and invitations that rules send: what the customer's mail carries.
#include "tests/scenarios/channel_story.hpp"

namespace dealog::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class PaperStory : public MailStory {
 protected:
  void SetUp() override {
    publish(
        "send_quote: {subject: {ru: 'КП {document.number}', en: x}, text: {ru: 'Во вложении', en: "
        "x}}",
        "{quote: drafted}");
  }
  void sell() {
    office_.run("seller", [](Unit& unit) {
      legal_entity::RegisterLegalEntity command;
      command.details.set_name("ООО «Студия»");
      command.details.set_tax_id("7701234567");
      command.currency = "RUB";
      command.language = "ru";
      return use_cases::register_legal_entity(unit, command);
    });
  }
  static deal::QuoteContents contents(std::int64_t minor = 100'000'00) {
    return {.lines = {{.title = "Сайт", .unit_price = {minor, *Currency::parse("RUB")}}}};
  }
  void quote() {
    office_.change(
        deal_, deal::DraftQuote{.contents = contents(), .id = QuoteId(Uuid::derived({}, "quote"))});
    office_.settle();
  }
};

TEST_F(PaperStory, AQuoteGoesToTheCustomerWithItsPdf) {
  sell();
  open_for({{"email", "anna@example.com"}});
  quote();
  EXPECT_EQ(office_.deal(deal_).quotes.at(0).state, deal::QuoteState::kSent);
  const auto issued = office_.events("DocumentIssued");
  ASSERT_EQ(issued.size(), 1u);
  EXPECT_EQ(effect().document, issued[0].as<v1::DocumentIssued>()->document());
  EXPECT_THAT(effect().title, HasSubstr(issued[0].as<v1::DocumentIssued>()->number()));
  const MailServer server("accept");
  send(server);
  EXPECT_EQ(effect().status, effect::Status::kDelivered);
  EXPECT_THAT(server.received(), HasSubstr("Content-Type: application/pdf"));
  EXPECT_THAT(server.received(), HasSubstr(to_base64("%PDF-1.").substr(0, 8)));
}

TEST_F(PaperStory, ALinkShowsTheCustomerThePaperWhenTheServiceHasAnAddress) {
  publish("send_quote: {subject: {ru: 'КП', en: x}, text: {ru: '{document.link}', en: x}}",
          "{quote: drafted}");
  sell();
  open_for({{"email", "anna@example.com"}});
  quote();
  EXPECT_EQ(office_.events("EffectFailed").at(0).as<v1::EffectFailed>()->reason(),
            "public_url_missing");
  publish("send_quote: {subject: {ru: 'КП', en: x}, text: {ru: '{document.link}', en: x}}",
          "{quote: revised}");
  office_.change(deal_, deal::ReviseQuote{.quote = QuoteId(Uuid::derived({}, "quote")),
                                          .contents = contents(90'000'00)});
  automation::RuleRunner runner(office_.bus(), office_.views(), office_.projections(),
                                "https://crm.example.com");
  office_.caught_up();
  must(runner.run_once());
  const std::string text = effect().text, start = "https://crm.example.com/documents/";
  ASSERT_TRUE(text.starts_with(start)) << text;
  const auto opened = use_cases::open_link(office_.bus().folds(), text.substr(start.size()),
                                           office_.clock.now(), Language::kEn);
  EXPECT_TRUE(opened) << opened.error().code;
}

TEST_F(PaperStory, WithoutASellerNothingIsSentAndTheRuleSaysWhy) {
  open_for({{"email", "anna@example.com"}});
  quote();
  EXPECT_TRUE(office_.events("EffectPlanned").empty());
  EXPECT_EQ(office_.deal(deal_).quotes.at(0).state, deal::QuoteState::kDraft);
  EXPECT_EQ(office_.events("EffectFailed").at(0).as<v1::EffectFailed>()->reason(),
            "legal_entity_missing");
}

TEST_F(PaperStory, AnInvoiceGoesToTheCustomerWithItsPdf) {
  publish("send_invoice: {subject: {ru: '{document.number}', en: x}, text: {ru: 'Т', en: x}}",
          "{invoice: issued}");
  sell();
  open_for({{"email", "anna@example.com"}});
  office_.change(deal_, deal::IssueInvoice{.kind = "prepayment",
                                           .amount = {60'000'00, *Currency::parse("RUB")}});
  office_.settle();
  EXPECT_EQ(office_.events("InvoiceSent").size(), 1u);
  const MailServer server("accept");
  send(server);
  EXPECT_EQ(effect().status, effect::Status::kDelivered);
  EXPECT_EQ(effect().title, office_.deal(deal_).invoices.at(0).number);
  EXPECT_THAT(server.received(), HasSubstr("Content-Type: application/pdf"));
}

// ---- invitations ----

class InvitationStory : public MailStory {
 protected:
  void SetUp() override {
    publish(
        "send_invitation: {to: customer, subject: {ru: 'Встреча', en: x}, text: {ru: 'Ждём', en: "
        "x}}",
        "{task_completed: call}");
    open_for({{"email", "anna@example.com"}});
  }
  TaskId plan(std::string kind, Duration in) {
    deal::CreateTask task{.kind = std::move(kind),
                          .title = "Обсудить бриф",
                          .due = {.at = office_.clock.now() + in},
                          .place = "Офис",
                          .note = "только для нас"};
    task.id = TaskId(Uuid::derived(deal_.uuid(), fmt::format("task/{}", ++tasks_)));
    office_.change(deal_, task);
    return task.id;
  }
  void call() {
    office_.change(deal_, deal::CompleteTask{plan("call", 1h)});
    office_.settle();
  }

  int tasks_ = 0;
};

TEST_F(InvitationStory, TheNextMeetingGoesAlongForTheCustomersCalendar) {
  plan("meeting", 96h);
  const TaskId next = plan("meeting", 48h);
  call();
  EXPECT_EQ(effect().meeting, next.text());
  const MailServer server("accept");
  send(server);
  EXPECT_EQ(effect().status, effect::Status::kDelivered);
  const std::string mail = server.received();
  EXPECT_THAT(mail, HasSubstr("Content-Type: text/calendar"));
  EXPECT_THAT(mail, HasSubstr("meeting.ics"));
  EXPECT_THAT(mail, HasSubstr(to_base64("BEGIN:VCALENDAR").substr(0, 16)));
}

TEST_F(InvitationStory, WhatWasCalledOffMeanwhileIsShownToAPerson) {
  const TaskId meeting = plan("meeting", 48h);
  call();
  office_.change(deal_, deal::CancelTask{meeting});
  send(MailServer("accept"));
  EXPECT_EQ(effect().status, effect::Status::kFailed);
  EXPECT_EQ(effect().reason, "no_meeting");
}

TEST_F(InvitationStory, WithoutAMeetingToComeNothingIsSent) {
  call();
  EXPECT_TRUE(office_.events("EffectPlanned").empty());
  EXPECT_EQ(office_.events("EffectSkipped").at(0).as<v1::EffectSkipped>()->reason(),
            "nothing_to_send");
}

}  // namespace
}  // namespace dealog::scenario
