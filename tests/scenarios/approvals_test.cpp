// Price lists and discounts through commands, views and the runner that looks after late steps, on
// a virtual clock.
#include <gmock/gmock.h>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/price_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/command/use_cases/documents.hpp"
#include "libs/command/use_cases/legal_entities.hpp"
#include "libs/command/use_cases/prices.hpp"
#include "projections/deals/deals_view.hpp"
#include "projections/prices/prices_view.hpp"
#include "services/automation/approval_runner.hpp"
#include "tests/scenarios/office.hpp"

namespace dealog::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using namespace std::chrono_literals;

Money rub(std::int64_t roubles) { return {roubles * 100, Currency::parse("RUB").value()}; }

constexpr std::string_view kPolicy = R"(
discounts: {seller: 10 %, supervisor: 25 %, owner: 100 %}
approval:
  - {above: 10 %, by: supervisor, within: 4 business hours}
  - {above: 25 %, by: owner, within: 1 business day}
)";

std::string web_studio_with_policy() {
  const char* folder = std::getenv("DEALOG_SOURCE_DIR");
  std::ifstream file(std::string(folder ? folder : ".") + "/deploy/regulations/web-studio.yaml");
  std::stringstream text;
  text << file.rdbuf() << kPolicy;
  return text.str();
}

class Approvals : public ::testing::Test {
 protected:
  Approvals() {
    office.publish(web_studio_with_policy());
    seller = office.hire("Anna", "seller");
    supervisor = office.hire("Boris", "supervisor");
    owner = office.hire("Olga", "owner");
    site = add("site", 100'000, 70'000);
    deal = office.open();
  }

  CommandRequest by(const UserId& user, std::string stream) {
    return {.name = "test",
            .stream = std::move(stream),
            .actor = {"user", user.text()},
            .rights = user::Rights{user::Right::kRead, user::Right::kWrite}};
  }
  Result<Outcome> change(const UserId& user, const deal::Command& command) {
    auto request = by(user, deal.text());
    request.also = use_cases::lanes_of(command);
    return office.bus().run(std::move(request), [&](Unit& unit) {
      return use_cases::change_deal(unit, deal, command);
    });
  }
  std::string refusal(const UserId& user, const deal::Command& command) {
    const auto outcome = change(user, command);
    return outcome ? "" : outcome.error().code;
  }
  Result<ProductId> try_add(const UserId& user, std::string code, std::int64_t list,
                            std::int64_t floor) {
    const product::AddProduct command{.code = code,
                                      .description = {.title = "Site"},
                                      .price = {.list = rub(list), .floor = rub(floor)}};
    const auto done = office.bus().run_for(
        by(user, ""), [&](Unit& unit) { return use_cases::add_product(unit, command); });
    if (!done) return fail(done.error());
    return *done->value;
  }
  ProductId add(std::string code, std::int64_t list, std::int64_t floor) {
    return must(try_add(owner, std::move(code), list, floor));
  }
  void reprice(std::int64_t list, std::optional<bool> active = {}) {
    must(office.bus().run(by(owner, site.text()), [&](Unit& unit) -> Result<void> {
      const auto* state = TRY(unit.load<product::State>(site.text()));
      const product::ChangeProduct change{
          .price = product::Price{.list = rub(list), .floor = rub(1), .vat_basis_points = {}},
          .active = active};
      unit.emit(site.text(), TRY(product::decide(*state, change)));
      return {};
    }));
  }

  static deal::QuoteContents a_site(std::int32_t discount) {
    return {.lines = {{.title = "", .discount_basis_points = discount, .product = "site"}}};
  }
  QuoteId a_quote(const UserId& author, std::int32_t discount) {
    must(change(author, deal::DraftQuote{.contents = a_site(discount)}));
    return office.deal(deal).quotes.back().id;
  }
  // Whom the log has told something, in order, with the text.
  std::vector<std::string> told(const UserId& user) {
    std::vector<std::string> texts;
    for (const auto& event : office.events("NotificationRaised")) {
      const auto& m = *event.as<v1::NotificationRaised>();
      if (m.user() == user.text()) texts.push_back(m.text());
    }
    return texts;
  }
  std::vector<views::WaitingApproval> waiting() {
    office.caught_up();
    const auto rows = must(office.views().snapshot());
    const ViewContext context{*rows, office.keys, PersonalView::kShown, office.clock.now()};
    return must(views::ApprovalsView(context).waiting({.limit = 100})).items;
  }
  views::Quote shown() {
    office.caught_up();
    const auto rows = must(office.views().snapshot());
    const ViewContext context{*rows, office.keys, PersonalView::kShown, office.clock.now()};
    return must(views::DealsView(context).get(deal.text()))->quotes.back();
  }
  bool look_after() {
    office.caught_up();
    automation::ApprovalRunner runner(office.bus(), office.views(), office.projections());
    return must(runner.run_once());
  }

  Office office;
  UserId seller, supervisor, owner;
  ProductId site;
  DealId deal;
};

TEST_F(Approvals, AQuoteRemembersThePriceThatItWasMadeFrom) {
  a_quote(seller, 500);
  reprice(200'000);
  const auto quote = shown();
  EXPECT_EQ(quote.total, rub(95'000));
  ASSERT_EQ(quote.prices.size(), 1u);
  EXPECT_EQ(quote.prices[0].product, site.text());
  EXPECT_EQ(quote.prices[0].price, 1u);
  EXPECT_EQ(quote.prices[0].list, rub(100'000));
  EXPECT_EQ(quote.lines.items.at(0).title, "Site");
  // The next revision is made from the new one.
  must(
      change(seller, deal::ReviseQuote{.quote = *QuoteId::parse(quote.id), .contents = a_site(0)}));
  EXPECT_EQ(shown().total, rub(200'000));
  EXPECT_EQ(shown().prices.at(0).price, 2u);
  reprice(200'000, false);
  EXPECT_EQ(refusal(seller, deal::DraftQuote{.contents = a_site(0)}), "invalid_input");
}

TEST_F(Approvals, OnlyThoseAboveChangePricesAndNoTwoProductsShareACode) {
  EXPECT_EQ(try_add(seller, "shop", 1, 1).error().code, "role_missing");
  EXPECT_TRUE(try_add(supervisor, "shop", 2, 1));
  const auto taken = try_add(owner, "shop", 2, 1);
  EXPECT_EQ(taken.error().code, "product_exists");
  EXPECT_THAT(taken.error().data, ::testing::HasSubstr("prd_"));
}

TEST_F(Approvals, WhoeverHasToDecideIsToldAndTheAuthorHowItEnded) {
  const QuoteId quote = a_quote(seller, 3000);
  must(change(seller, deal::SubmitQuote{quote}));
  EXPECT_THAT(told(supervisor),
              ElementsAre("Скидка 30 % в КП на 70\u00a0000\u00a0₽ ждёт вашего согласования"));
  EXPECT_TRUE(told(owner).empty());
  ASSERT_EQ(waiting().size(), 1u);
  EXPECT_EQ(waiting()[0].role, "supervisor");
  EXPECT_EQ(waiting()[0].steps, 2u);
  EXPECT_EQ(refusal(seller, deal::ApproveQuote{quote}), "own_quote");
  must(change(supervisor, deal::ApproveQuote{quote, "Because"}));
  EXPECT_EQ(told(owner).size(), 1u);
  EXPECT_EQ(waiting().at(0).role, "owner");
  EXPECT_TRUE(told(seller).empty());
  must(change(owner, deal::ApproveQuote{quote}));
  EXPECT_THAT(told(seller), ElementsAre("Скидка в вашем КП согласована"));
  EXPECT_TRUE(waiting().empty());
  EXPECT_EQ(shown().state, "approved");
  EXPECT_EQ(shown().steps.at(0).decided_by, supervisor.text());
  EXPECT_EQ(shown().steps.at(1).state, "approved");
}

TEST_F(Approvals, NoticesAreInTheLanguageOfTheCompany) {
  legal_entity::RegisterLegalEntity entity{
      .series = "", .currency = "RUB", .vat_basis_points = 2000, .language = "en"};
  entity.details.set_name("Studio Ltd");
  office.run("", [&](Unit& unit) { return use_cases::register_legal_entity(unit, entity); });
  const QuoteId quote = a_quote(seller, 2000);
  must(change(seller, deal::SubmitQuote{quote}));
  EXPECT_THAT(
      told(supervisor),
      ElementsAre("A discount of 20 % in a quote for 80,000\u00a0RUB waits for your decision"));
  office.later(4h);
  EXPECT_TRUE(look_after());
  EXPECT_THAT(
      told(owner),
      ElementsAre("A discount of 20 % in a quote for 80,000\u00a0RUB was not decided in time "
                  "(supervisor)"));
  must(change(supervisor, deal::ApproveQuote{quote}));
  EXPECT_THAT(told(seller), ElementsAre("The discount of your quote is approved"));
}

TEST_F(Approvals, ADeclinedOneIsNoMoreWaitedFor) {
  const QuoteId quote = a_quote(seller, 2000);
  must(change(seller, deal::SubmitQuote{quote}));
  must(change(supervisor, deal::DeclineQuote{quote, "Дорого"}));
  EXPECT_TRUE(waiting().empty());
  EXPECT_EQ(shown().state, "draft");
  EXPECT_EQ(shown().steps.at(0).state, "declined");
  EXPECT_THAT(told(seller), ElementsAre("Скидку в вашем КП не согласовали: Дорого"));
}

TEST_F(Approvals, ALateStepIsEscalatedOnceWhateverIsRebuilt) {
  const QuoteId quote = a_quote(seller, 2000);
  must(change(seller, deal::SubmitQuote{quote}));  // Tuesday noon
  EXPECT_FALSE(look_after());
  office.later(4h - 1s);
  EXPECT_FALSE(look_after());
  office.later(1s);
  EXPECT_TRUE(look_after());
  EXPECT_FALSE(look_after());
  EXPECT_THAT(told(owner),
              ElementsAre("Скидку 20 % в КП на 80\u00a0000\u00a0₽ не согласовали в срок "
                          "(supervisor)"));
  EXPECT_TRUE(waiting().at(0).escalated);
  const auto escalated = office.events("ApprovalEscalated");
  ASSERT_EQ(escalated.size(), 1u);
  EXPECT_EQ(escalated[0].causation_id, office.events("ApprovalRequested").at(0).id);
  office.reopen(true);
  EXPECT_FALSE(look_after());
  EXPECT_EQ(office.events("ApprovalEscalated").size(), 1u);
  EXPECT_TRUE(waiting().at(0).escalated);
}

TEST_F(Approvals, NobodyIsRemindedOfADealThatIsLost) {
  const QuoteId quote = a_quote(seller, 2000);
  must(change(seller, deal::SubmitQuote{quote}));
  must(change(seller, deal::LoseDeal{.reason = "price"}));
  office.later(48h);
  EXPECT_FALSE(look_after());
}

TEST_F(Approvals, ATableChangesAllOfItOrNothing) {
  const auto row = [](std::size_t number, std::string code, std::int64_t list, std::int64_t floor) {
    return use_cases::ProductRow{.row = number,
                                 .product = {.code = std::move(code),
                                             .description = {.title = "Thing"},
                                             .price = {.list = rub(list), .floor = rub(floor)}}};
  };
  const auto import = [&](const std::vector<use_cases::ProductRow>& rows, bool dry) {
    return office.bus().run_for(
        by(owner, ""), [&](Unit& unit) { return use_cases::import_products(unit, rows, dry); });
  };
  const Position before = office.head();
  const auto wrong = import({row(2, "a", 5, 1), row(3, "b", 1, 5), row(4, "a", 5, 1)}, false);
  ASSERT_FALSE(wrong);
  ASSERT_EQ(wrong.error().fields.size(), 2u);
  EXPECT_EQ(wrong.error().fields[0].pointer, "/rows/3/floor_price");
  EXPECT_EQ(wrong.error().fields[1].pointer, "/rows/4/code");
  const std::vector rows = {row(2, "a", 5, 1), row(3, "site", 110'000, 1)};
  EXPECT_EQ(must(import(rows, true)).value->size(), 2u);
  EXPECT_EQ(office.head(), before);
  const auto actions = [&] {
    std::vector<std::string> out;
    for (const auto& product : *must(import(rows, false)).value) out.push_back(product.action);
    return out;
  };
  EXPECT_THAT(actions(), ElementsAre("added", "changed"));
  EXPECT_THAT(actions(), ElementsAre("unchanged", "unchanged"));
}

// 20 % of everybody's, 10 % of its own, and none: on the quote's paper line by line, on the paper
// of a prepayment, which names a sum alone, by their shares.
TEST_F(Approvals, PapersTellTheVatOfEachLine) {
  legal_entity::RegisterLegalEntity entity{
      .series = "", .currency = "RUB", .vat_basis_points = 2000, .language = "ru"};
  entity.details.set_name("ООО «Студия»");
  office.run("", [&](Unit& unit) { return use_cases::register_legal_entity(unit, entity); });
  deal::QuoteContents contents;
  contents.lines = {{.title = "Site", .unit_price = rub(1'200)},
                    {.title = "Book", .unit_price = rub(550), .vat_basis_points = 1000},
                    {.title = "Training", .unit_price = rub(250), .vat_basis_points = -1}};
  must(change(seller, deal::DraftQuote{.contents = contents}));
  const QuoteId quote = office.deal(deal).quotes.back().id;
  const auto issue = [&](const std::string& subject) {
    const use_cases::PaperInput input{
        .deal = deal, .subject = subject, .legal_entity = {}, .language = {}};
    office.run(deal.text(), [&](Unit& unit) { return use_cases::issue_document(unit, input); });
    return *office.events("DocumentIssued").back().as<v1::DocumentIssued>();
  };
  const auto paper = issue(quote.text());
  ASSERT_EQ(paper.contents().line_vat_size(), 3);
  EXPECT_TRUE(paper.contents().line_vat(0).of_seller());
  EXPECT_EQ(paper.contents().line_vat(1).basis_points(), 1000);
  EXPECT_EQ(paper.contents().line_vat(2).basis_points(), -1);
  EXPECT_EQ(paper.vat().minor(), 200'00 + 50'00);
  const InvoiceId invoice = InvoiceId(Uuid::derived({}, "invoice"));
  must(change(seller,
              deal::IssueInvoice{.kind = "prepayment", .amount = rub(1'000), .id = invoice}));
  const auto half = issue(invoice.text());
  EXPECT_EQ(half.contents().lines_size(), 3);
  EXPECT_EQ(half.total().minor(), 1'000'00);
  EXPECT_EQ(half.vat().minor(), 100'00 + 25'00);
}

}  // namespace
}  // namespace dealog::scenario
