#include "libs/command/use_cases/documents.hpp"

#include <thread>

#include <gmock/gmock.h>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/command/use_cases/legal_entities.hpp"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

using ::testing::HasSubstr;

struct DocumentsTest : ::testing::Test {
  DocumentsTest() {
    shop.publish_web_studio();
    deal = shop.open_deal("Сайт");
  }

  LegalEntityId seller(std::string series = "", std::int32_t vat = 2000) {
    legal_entity::RegisterLegalEntity command;
    command.details.set_name("ООО «Студия»");
    command.details.set_tax_id("7701234567");
    command.series = std::move(series);
    command.currency = "RUB";
    command.vat_basis_points = vat;
    command.language = "ru";
    return shop.must(
        [command](Unit& unit) { return use_cases::register_legal_entity(unit, command); });
  }

  QuoteId quote(std::int64_t roubles = 120'000) {
    const auto id = shop.ids.make<QuoteId>();
    must_change(deal::DraftQuote{contents(roubles), id});
    return id;
  }
  static deal::QuoteContents contents(std::int64_t roubles) {
    return {.lines = {{.title = "Вёрстка", .unit_price = rub(roubles)}}};
  }
  InvoiceId invoice(std::string legal_entity = "") {
    const auto id = shop.ids.make<InvoiceId>();
    must_change(deal::IssueInvoice{.kind = "prepayment",
                                   .amount = rub(60'000),
                                   .id = id,
                                   .legal_entity = std::move(legal_entity)});
    return id;
  }
  void must_change(const deal::Command& command) {
    const auto outcome = shop.change(deal, command);
    ASSERT_TRUE(outcome) << outcome.error().code << " " << outcome.error().message;
  }

  CommandRequest request(StreamName stream) const {
    auto asked = shop.request(std::move(stream));
    asked.also = {StreamName(use_cases::kDocumentsLane)};
    return asked;
  }
  Result<RecordedEvent> issue(const std::string& subject, std::string entity = "") {
    use_cases::PaperInput input{
        .deal = deal, .subject = subject, .legal_entity = std::move(entity), .language = {}};
    const auto done = TRY(shop.bus().run_for(request(deal.text()), [input](Unit& unit) {
      return use_cases::issue_document(unit, input);
    }));
    return use_cases::issued_document(shop.folds(), done.value->text());
  }
  v1::DocumentIssued issued(const std::string& subject, std::string entity = "") {
    const auto event = issue(subject, std::move(entity));
    if (!event) {
      ADD_FAILURE() << event.error().code << " " << event.error().message;
      return {};
    }
    return *event->as<v1::DocumentIssued>();
  }

  Workshop shop;
  DealId deal;
};

TEST_F(DocumentsTest, AnIssuedQuoteHasItsNumberAndTheHashOfItsBytes) {
  const auto entity = seller();
  const auto id = quote();
  const auto event = issue(id.text()).value();
  const auto& paper = *event.as<v1::DocumentIssued>();
  EXPECT_EQ(paper.kind(), "quote");
  EXPECT_EQ(paper.subject(), id.text());
  EXPECT_EQ(paper.number().substr(4), "-1");
  EXPECT_EQ(paper.entity(), entity.text());
  EXPECT_EQ(paper.total().minor(), 120'000'00);
  EXPECT_EQ(paper.vat().minor(), 20'000'00);
  const auto pdf = use_cases::document_pdf(shop.folds(), event).value();
  EXPECT_TRUE(pdf.starts_with("%PDF"));
  EXPECT_EQ(to_hex(sha256(pdf)), paper.sha256());
  EXPECT_EQ(pdf.size(), paper.size());
}

TEST_F(DocumentsTest, WithoutItsKeptBytesADocumentIsRenderedAgainAsItWasThen) {
  const auto entity = seller();
  const auto event = issue(quote().text()).value();
  ASSERT_TRUE(shop.log.erase_raw_body(event.id));
  // What changes afterwards does not change what was issued.
  shop.must([&](Unit& unit) -> Result<int> {
    TRY(use_cases::publish_template(unit, {{documents::DocumentKind::kQuote, Language::kRu},
                                           "blocks: [{text: '{number} {total}'}]"}));
    const auto* state = TRY(unit.load<legal_entity::State>(entity.text()));
    legal_entity::ChangeLegalEntity change{state->details, "RUB", 1000, "ru"};
    change.details.set_name("Другое имя");
    unit.emit(entity.text(), TRY(legal_entity::decide(*state, change)));
    return 1;
  });
  const auto pdf = use_cases::document_pdf(shop.folds(), event);
  ASSERT_TRUE(pdf) << pdf.error().message;
  EXPECT_EQ(to_hex(sha256(*pdf)), event.as<v1::DocumentIssued>()->sha256());
}

TEST_F(DocumentsTest, ATemplateOfTheCompanyIsTheOneThatIsUsed) {
  seller();
  shop.must([&](Unit& unit) -> Result<int> {
    TRY(use_cases::publish_template(unit, {{documents::DocumentKind::kQuote, Language::kRu},
                                           "blocks: [{text: '{number} {total}'}]"}));
    return 1;
  });
  const auto event = issue(quote().text()).value();
  EXPECT_EQ(event.as<v1::DocumentIssued>()->template_version(), 1u);
  ASSERT_TRUE(shop.log.erase_raw_body(event.id));
  EXPECT_TRUE(use_cases::document_pdf(shop.folds(), event));
}

TEST_F(DocumentsTest, ARevisionKeepsItsNumberAndTheNextQuoteTakesTheNextOne) {
  seller();
  const auto first = quote();
  const auto number = issued(first.text()).number();
  must_change(deal::ReviseQuote{first, contents(90'000)});
  const auto revised = issued(first.text());
  EXPECT_EQ(revised.number(), number);
  EXPECT_EQ(revised.revision(), 2u);
  EXPECT_EQ(revised.total().minor(), 90'000'00);
  EXPECT_TRUE(issued(quote().text()).number().ends_with("-2"));
}

TEST_F(DocumentsTest, NumbersHaveNoHolesAndNoDoublesWhenManyIssueAtOnce) {
  seller();
  std::vector<std::string> quotes;
  for (int i = 0; i < 12; ++i) quotes.push_back(quote().text());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; i < 12; i += 4) EXPECT_TRUE(issue(quotes[static_cast<std::size_t>(i)]));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::uint32_t> numbers;
  for (const auto& id : quotes) {
    const auto event = use_cases::issued_for(shop.folds(), id).value().value();
    numbers.insert(document::number_parts(event.as<v1::DocumentIssued>()->number()).number);
  }
  EXPECT_EQ(numbers.size(), 12u);
  EXPECT_EQ(*numbers.rbegin(), 12u);
}

TEST_F(DocumentsTest, EachLegalEntityNumbersItsInvoicesByItself) {
  const auto first = seller();
  const auto second = seller("B", legal_entity::kWithoutVat);
  const auto number = [&](const InvoiceId& id) {
    return shop.state<deal::State>(deal.text())->invoice(id)->number.substr(5);
  };
  EXPECT_EQ(number(invoice()), "1");
  EXPECT_EQ(number(invoice(second.text())), "B1");
  EXPECT_EQ(number(invoice()), "2");
  const auto third = invoice(second.text());
  EXPECT_EQ(number(third), "B2");
  // Its paper is the seller's in whose series it is, and nobody else's.
  EXPECT_EQ(issued(third.text()).entity(), second.text());
  EXPECT_EQ(issued(third.text()).vat().currency(), "");
  EXPECT_EQ(issue(third.text(), first.text()).error().code, "series_differs");
}

TEST_F(DocumentsTest, TwoLegalEntitiesDoNotShareASeries) {
  seller("A");
  legal_entity::RegisterLegalEntity again;
  again.details.set_name("x");
  again.series = "A";
  again.currency = "RUB";
  again.language = "ru";
  const auto refused = shop.bus().run_for(shop.request(), [again](Unit& unit) {
    return use_cases::register_legal_entity(unit, again);
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "series_taken");
}

TEST_F(DocumentsTest, WithoutASellerNothingIsIssuedAndADraftIsShown) {
  const auto id = quote();
  EXPECT_EQ(issue(id.text()).error().code, "legal_entity_missing");
  const auto draft = use_cases::draft_pdf(
      shop.folds(), {.deal = deal, .subject = id.text(), .legal_entity = {}, .language = {}},
      shop.clock.now());
  ASSERT_TRUE(draft) << draft.error().message;
  EXPECT_TRUE(draft->starts_with("%PDF"));
}

TEST_F(DocumentsTest, SendingAQuoteIssuesItInTheSameAppend) {
  seller();
  const auto id = quote();
  must_change(deal::SendQuote{id});
  const auto event = use_cases::issued_for(shop.folds(), id.text()).value().value();
  EXPECT_GT(event.append_index, 0u);  // behind QuoteSent
  // A paper that was issued by hand is not issued again.
  const auto other = quote();
  const auto by_hand = issued(other.text());
  must_change(deal::SendQuote{other});
  const auto last = use_cases::issued_for(shop.folds(), other.text()).value().value();
  EXPECT_EQ(last.as<v1::DocumentIssued>()->document(), by_hand.document());
}

TEST_F(DocumentsTest, AContractTakesTheLinesOfTheQuoteAndOtherPapersHaveNoTemplate) {
  seller();
  quote(50'000);
  const auto contract = shop.ids.make<DocumentId>(), other = shop.ids.make<DocumentId>();
  must_change(deal::AddDocument{.kind = "contract", .title = "Договор на сайт", .id = contract});
  must_change(deal::AddDocument{.kind = "other", .title = "Письмо", .id = other});
  const auto paper = issued(contract.text());
  EXPECT_EQ(paper.kind(), "contract");
  EXPECT_EQ(paper.total().minor(), 50'000'00);
  EXPECT_EQ(paper.contents().subject(), "Сайт") << "what the deal is about, not the paper's name";
  EXPECT_EQ(paper.contents().prepayment_basis_points(), 5000);  // the regulation's
  EXPECT_EQ(issue(other.text()).error().code, "document_not_printable");
  EXPECT_EQ(issue("quo_00000000000000000000000000000001").error().code, "quote_not_found");
}

TEST_F(DocumentsTest, AnActNamesTheContractThatItCloses) {
  seller();
  quote(50'000);
  const auto contract = shop.ids.make<DocumentId>(), act = shop.ids.make<DocumentId>();
  must_change(deal::AddDocument{.kind = "contract", .title = "Договор", .id = contract});
  must_change(deal::AddDocument{.kind = "acceptance", .title = "Акт", .id = act});
  EXPECT_EQ(issued(act.text()).contents().subject(), "Сайт") << "there is no contract yet";
  const auto number = issued(contract.text()).number();
  EXPECT_EQ(issued(act.text()).contents().subject(),
            "Договор № " + number + " от 17 марта 2026 г.");
}

TEST_F(DocumentsTest, AnAddedPaperIsFoundByItsOwnIdToo) {
  seller();
  quote(50'000);
  const auto contract = shop.ids.make<DocumentId>();
  must_change(deal::AddDocument{.kind = "contract", .title = "Договор", .id = contract});
  EXPECT_FALSE(use_cases::issued_document(shop.folds(), contract.text()));
  const auto paper = issued(contract.text());
  const auto found = use_cases::issued_document(shop.folds(), contract.text()).value();
  EXPECT_EQ(found.as<v1::DocumentIssued>()->document(), paper.document());
}

TEST_F(DocumentsTest, ALinkShowsItsDocumentUntilItExpiresOrIsRevoked) {
  seller();
  const auto id = issued(quote().text()).document();
  const auto make = [&](std::chrono::days days) {
    return shop.must(
        [&](Unit& unit) { return use_cases::create_link(unit, id, unit.now() + days); });
  };
  const auto open = [&](const std::string& token) {
    return use_cases::open_link(shop.folds(), token, shop.clock.now(), Language::kEn);
  };
  const auto link = make(std::chrono::days(1));
  ASSERT_TRUE(open(link.token));
  EXPECT_EQ(open(link.token)->issued.as<v1::DocumentIssued>()->document(), id);
  EXPECT_EQ(open("x").error().code, "link_not_found");
  EXPECT_EQ(open(std::string(43, 'x')).error().code, "link_not_found");
  const auto longer = make(std::chrono::days(30));
  shop.clock.advance(std::chrono::days(1));
  EXPECT_EQ(open(link.token).error().code, "link_not_found");
  EXPECT_TRUE(open(longer.token));
  shop.must([&](Unit& unit) -> Result<int> {
    TRY(use_cases::revoke_links(unit, id));
    return 1;
  });
  EXPECT_EQ(open(longer.token).error().code, "link_not_found");
  EXPECT_TRUE(open(make(std::chrono::days(1)).token));
}

TEST_F(DocumentsTest, AVisitorIsCountedOnceADay) {
  seller();
  const auto id = issued(quote().text()).document();
  const auto link = shop.must([&](Unit& unit) {
    return use_cases::create_link(unit, id, unit.now() + std::chrono::days(9));
  });
  const auto opened =
      use_cases::open_link(shop.folds(), link.token, shop.clock.now(), Language::kEn).value();
  const auto view = [&](std::string_view visitor, Date day) {
    auto asked = shop.request(deal.text());
    asked.access = Access::kShared;
    asked.computed_id = use_cases::view_id(opened, link.token, visitor, day);
    EXPECT_TRUE(shop.bus().run(
        std::move(asked), [opened](Unit& unit) { return use_cases::record_view(unit, opened); }));
  };
  const Date today = Date::of(2026, 3, 5), tomorrow = Date::of(2026, 3, 6);
  view("10.0.0.1 browser", today);
  view("10.0.0.1 browser", today);
  view("10.0.0.2 browser", today);
  view("10.0.0.1 browser", tomorrow);
  const Tag tag = document::views_tag("evt_" + opened.link.hex());
  EXPECT_EQ(shop.folds().with_tag(tag, 10).value().size(), 3u);
}

TEST_F(DocumentsTest, WhatWasErasedIsShownNoMore) {
  seller();
  const auto person = shop.open_deal_of({.name = "Анна Иванова", .contacts = {}});
  deal = person;
  const auto event = issue(quote().text()).value();
  EXPECT_EQ(event.as<v1::DocumentIssued>()->buyer().name(), "Анна Иванова");
  shop.keys.erase(event.subject);
  const auto again =
      use_cases::issued_document(shop.folds(), event.as<v1::DocumentIssued>()->document());
  EXPECT_EQ(use_cases::document_pdf(shop.folds(), *again).error().code, "document_erased");
}

}  // namespace
}  // namespace dealog
