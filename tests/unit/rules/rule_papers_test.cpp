// Rules that make papers, wait for something, or hear what comes from elsewhere: what the file may
// say, in words, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/rules/describe.hpp"
#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::string text_with(std::string_view trigger, std::string_view action) {
  return std::string(kSoundText) +
         "rules:\n  - id: one\n    title: {ru: Правило, en: Rule}\n    mode: live\n    trigger: " +
         std::string(trigger) + "\n    actions:\n      - " + std::string(action) +
         "\n      - move_to: second\n";
}
Regulation with(std::string_view trigger, std::string_view action = "wait: 1 hour") {
  return parsed_soundly(text_with(trigger, action));
}
RuleTrigger trigger(std::string_view text) { return with(text).rules.at(0).trigger; }
RuleAction action(std::string_view text) {
  return with("{deal: opened}", text).rules.at(0).actions.at(0);
}

constexpr std::string_view kDraft =
    "draft_quote: {lines: [{title: {ru: Сайт, en: Site}}, {product: hosting, quantity: 12}, "
    "{title: {ru: Домен, en: Domain}, price: 500.00 RUB, quantity: 0.5, discount: 10 %}], "
    "valid_for: 14 days, prepayment: 30 %}";

TEST(RuleTriggers, OfQuotesThatExpireAreTimersAndOfThoseViewedAreNot) {
  EXPECT_EQ(trigger("{quote: expired}").kind, TriggerKind::kQuoteExpired);
  EXPECT_TRUE(is_timer(TriggerKind::kQuoteExpired));
  EXPECT_EQ(trigger("{quote: viewed}").kind, TriggerKind::kQuote);
  EXPECT_EQ(trigger("{quote: viewed}").state, "viewed");
}

TEST(RuleTriggers, OfIncomingWebhooksNameTheirSignals) {
  const RuleTrigger one = trigger("{incoming_webhook: shipped}");
  EXPECT_EQ(one.kind, TriggerKind::kSignal);
  EXPECT_TRUE(matches(one, {.code = "shipped"}));
  EXPECT_FALSE(matches(one, {.code = "lost"}));
  EXPECT_THAT(trigger("{incoming_webhook: [shipped, lost]}").codes, ElementsAre("shipped", "lost"));
}

TEST(RuleActions, DraftAQuoteOfLinesByTitleOrProduct) {
  const RuleAction draft = action(kDraft);
  ASSERT_EQ(draft.lines.size(), 3u);
  EXPECT_EQ(draft.lines[0].title.en, "Site");
  EXPECT_FALSE(draft.lines[0].price);
  EXPECT_EQ(draft.lines[1].product, "hosting");
  EXPECT_EQ(draft.lines[1].quantity_thousandths, 12'000);
  EXPECT_EQ(draft.lines[2].quantity_thousandths, 500);
  EXPECT_EQ(draft.lines[2].price->minor, 50'000);
  EXPECT_EQ(draft.lines[2].discount_basis_points, 1'000);
  EXPECT_EQ(draft.wait.amount, 14 * 24h);
  EXPECT_EQ(draft.share_basis_points, 3'000);
  EXPECT_TRUE(acts_at_once({.actions = {draft}}));
}

TEST(RuleActions, WaitUntilSomethingHappensOrTheirTimeIsOver) {
  const RuleAction pause =
      action("wait: {until: {quote: accepted}, at_most: 3 days, on_timeout: stop}");
  EXPECT_EQ(pause.until->kind, TriggerKind::kQuote);
  EXPECT_EQ(pause.wait.amount, 72h);
  EXPECT_TRUE(pause.stops);
  EXPECT_FALSE(action("wait: {until: {touch: {kind: call}}, at_most: 1 day}").stops);
  EXPECT_FALSE(action("wait: 1 day").until);
}

TEST(RuleActions, ReachTheCustomerWithAnInvitation) {
  EXPECT_TRUE(reaches_customer(
      action("send_invitation: {to: customer, subject: {ru: С, en: S}, text: {ru: Т, en: T}}")));
}

struct Words {
  std::string_view trigger, action, en, ru;
};
constexpr Words kWords[] = {
    {"{quote: viewed}", "wait: 1 hour", "the customer has looked at a quote by its link",
     "клиент открыл КП по ссылке"},
    {"{quote: expired}", "wait: 1 hour", "a quote has expired unanswered",
     "срок действия КП истёк без ответа"},
    {"{payment: unmatched}", "wait: 1 hour", "money came from the customer that matches no invoice",
     "деньги, не подошедшие ни к одному счёту"},
    {"{incoming_webhook: shipped}", "wait: 1 hour", "the signal comes: shipped",
     "пришёл сигнал shipped"},
    {"{deal: opened}", kDraft,
     "draft a quote: \"Site\", \"hosting\", \"Domain\" (valid for 14 days)",
     "подготовить черновик КП: «Сайт», «hosting», «Домен» (действует 14 дней)"},
    {"{deal: opened}", "issue_invoice: {kind: interim, share: 30 %}",
     "issue the interim invoice (30\u00a0% of the agreed amount)",
     "выставить промежуточный счёт (30\u00a0% суммы сделки)"},
    {"{deal: opened}", "wait: {until: {quote: viewed}, at_most: 2 days, on_timeout: stop}",
     "wait until the customer has looked at a quote by its link, at most 2 days (else stop)",
     "подождать, пока клиент открыл КП по ссылке, но не дольше 2 дня (не дождавшись — закончить)"},
    {"{deal: opened}", "notify: {to: \"team:north\", text: {ru: Т, en: T}, telegram: true}",
     "tell (the team \"north\"): \"T\"", "сообщить (кому: команда «north»): «Т»"}};

TEST(RuleWords, TellOfPapersPausesAndWhatComesFromElsewhere) {
  for (const Words& words : kWords) {
    const Regulation regulation = with(words.trigger, words.action);
    const Rule& rule = regulation.rules.at(0);
    EXPECT_THAT(describe_rule(rule, Language::kEn, regulation, nullptr), HasSubstr(words.en));
    EXPECT_THAT(describe_rule(rule, Language::kRu, regulation, nullptr), HasSubstr(words.ru));
  }
}

struct Mistake {
  std::string_view trigger, action, path, message;
};
constexpr Mistake kMistakes[] = {
    {"{payment: lost}", "wait: 1 hour", "rules[0].trigger.payment",
     "unknown change of a payment 'lost'"},
    {"{incoming_webhook: []}", "wait: 1 hour", "rules[0].trigger.incoming_webhook",
     "expected at least one"},
    {"{deal: opened}", "draft_quote: {lines: []}", "rules[0].actions[0].draft_quote.lines",
     "expected at least one line"},
    {"{deal: opened}", "draft_quote: {lines: [{quantity: 1}]}",
     "rules[0].actions[0].draft_quote.lines[0]", "expected the line's product, or its title"},
    {"{deal: opened}", "draft_quote: {lines: [{product: a, quantity: many}]}",
     "rules[0].actions[0].draft_quote.lines[0].quantity", "a number above zero"},
    {"{deal: opened}", "draft_quote: {lines: [{product: a, price: 1.00 EUR}]}",
     "rules[0].actions[0].draft_quote.lines[0].price", "expected money in RUB"},
    {"{deal: opened}", "draft_quote: {lines: [{title: {ru: \"{person.name}\", en: T}}]}",
     "rules[0].actions[0].draft_quote.lines[0].title", "there is no field 'person.name'"},
    {"{deal: opened}", "issue_invoice: partial", "rules[0].actions[0].issue_invoice",
     "unknown kind of invoice 'partial'"},
    {"{deal: opened}", "issue_invoice: interim", "rules[0].actions[0].issue_invoice",
     "expected the share of an interim invoice"},
    {"{deal: opened}", "wait: {until: {quote: viewed}}", "rules[0].actions[0].wait",
     "expected the key 'at_most'"},
    {"{deal: opened}", "wait: {until: {quote_silent: 1 day}, at_most: 2 days}",
     "rules[0].actions[0].wait.until", "a pause is ended by what happens to the open deal"},
    {"{deal: opened}", "wait: {until: {deal: won}, at_most: 2 days}",
     "rules[0].actions[0].wait.until", "a pause is ended by what happens to the open deal"},
    {"{deal: opened}", "wait: {until: {quote: viewed}, at_most: 2 days, on_timeout: cry}",
     "rules[0].actions[0].wait.on_timeout", "expected continue or stop"},
    {"{deal: opened}", "notify: {to: \"group:north\", text: {ru: Т, en: T}}",
     "rules[0].actions[0].notify.to", "unknown role or user 'group:north'"}};

TEST(RulePapers, WithAMistakeAreRefusedWithTheReasonAndTheLine) {
  for (const Mistake& mistake : kMistakes) {
    const auto parsed = parse_regulation(text_with(mistake.trigger, mistake.action));
    EXPECT_FALSE(parsed.sound()) << mistake.trigger << mistake.action;
    const auto found = std::ranges::find_if(parsed.issues, [&](const RegulationIssue& issue) {
      return issue.path.starts_with(mistake.path) &&
             issue.message.find(mistake.message) != std::string::npos;
    });
    ASSERT_FALSE(parsed.issues.empty()) << mistake.action;
    EXPECT_NE(found, parsed.issues.end())
        << mistake.message << " / " << format_issue("found", parsed.issues.front());
  }
}

}  // namespace
}  // namespace dealog::rules
