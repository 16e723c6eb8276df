// Calls, chats and mails that arrive by themselves, in any order and repeated: each is one touch in
// the right deal.
#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

struct Hook {
  std::string source, url;
};

Hook connect(Studio& studio, const json::object& source) {
  const Answer answer = must(studio.api().post("/v1/sources", source), 201);
  return {answer.str("/id"), answer.str("/hook_url")};
}

Hook telephone(Studio& studio, json::object settings = {}) {
  settings["time_zone"] = "Europe/Moscow";
  return connect(studio, {{"provider", "uis-comagic"}, {"name", "PBX"}, {"settings", settings}});
}

std::string call(std::string_view event, int session, std::string_view phone, int talk_s = 0,
                 std::string_view more = "") {
  return fmt::format(R"({{"notification_mnemonic":"{}","call_session_id":{},"direction":"in",)"
                     R"("virtual_phone_number":"74951112233","contact_phone_number":"{}",)"
                     R"("talk_time_duration":{},"total_time_duration":{},)"
                     R"("notification_time":"2026-03-05 14:24:30"{}}})",
                     event, session, phone, talk_s, talk_s + 9, more);
}

void deliver(ApiClient& api, const Hook& hook, const std::string& body,
             std::string_view type = "application/json", http::ClientHeaders headers = {}) {
  const Answer answer = api.deliver(hook.url, type, body, std::move(headers));
  ASSERT_TRUE(answer.status >= 200 && answer.status < 300) << answer.shown();
}

// Types of the deal's events, the oldest first.
std::vector<std::string> events_of(ApiClient& api, const std::string& deal) {
  std::vector<std::string> types;
  const Answer timeline = api.read("/v1/deals/" + deal + "/timeline?limit=200");
  for (const auto& entry : timeline.items()) types.push_back(str(entry, "/type"));
  std::ranges::reverse(types);
  return types;
}

std::string only_deal(ApiClient& api) {
  const Answer deals = api.read("/v1/deals");
  EXPECT_EQ(deals.items().size(), 1u) << deals.text;
  return str(deals.items().at(0), "/id");
}

TEST(Arrivals, AMissedCallOfAStrangerIsACardADealAndATaskToCallBack) {
  Studio studio;
  const Hook hook = telephone(studio);
  deliver(studio.api(), hook, call("call_lost", 1, "79161234567"));
  const std::string deal = only_deal(studio.api());
  EXPECT_EQ(studio.api().read("/v1/people").items().size(), 1u);
  const Answer tasks = studio.api().read("/v1/tasks");
  EXPECT_TRUE(std::ranges::any_of(tasks.items(), [](const auto& task) {
    return str(task, "/kind") == "call";
  })) << tasks.text;
  // He comes back: his call is a touch on the same deal.
  deliver(studio.api(), hook, call("call_finished", 2, "79161234567", 61));
  EXPECT_EQ(only_deal(studio.api()), deal);
  const auto types = events_of(studio.api(), deal);
  EXPECT_EQ(std::ranges::count(types, "TouchRecorded"), 2);
}

TEST(Arrivals, TheReportsOfACallInAnyOrderAndManyTimesAreOneTouch) {
  std::vector<std::string> reports{
      call("talk_started", 7, "79161234567"), call("call_finished", 7, "79161234567", 61),
      call("call_record", 7, "79161234567", 61, R"(,"file_link":"https://pbx.example/7.mp3")")};
  std::ranges::sort(reports);
  do {
    Studio studio;
    const Hook hook = telephone(studio);
    for (const auto& report : reports) deliver(studio.api(), hook, report);
    for (const auto& report : reports) deliver(studio.api(), hook, report);
    const auto types = events_of(studio.api(), only_deal(studio.api()));
    EXPECT_EQ(std::ranges::count(types, "TouchRecorded"), 1);
  } while (std::ranges::next_permutation(reports).found);
}

TEST(Arrivals, FiftyCopiesOfACallAtOnceAreOneTouch) {
  Studio studio;
  const Hook hook = telephone(studio);
  std::vector<std::thread> senders;
  std::atomic<std::uint64_t> last = 0;
  for (int sender = 0; sender < 5; ++sender) {
    senders.emplace_back([&] {
      ApiClient client(studio.server.port(), "");
      for (int copy = 0; copy < 10; ++copy) {
        deliver(client, hook, call("call_finished", 9, "79161234567", 61));
      }
      for (auto seen = last.load(); seen < client.seen();) {
        if (last.compare_exchange_weak(seen, client.seen())) break;
      }
    });
  }
  for (auto& sender : senders) sender.join();
  must(studio.api().get("/v1/deals?settled=true&min_position=" + std::to_string(last)), 200);
  const auto types = events_of(studio.api(), only_deal(studio.api()));
  EXPECT_EQ(std::ranges::count(types, "TouchRecorded"), 1);
}

TEST(Arrivals, ASourceMayLeaveStrangersAlone) {
  Studio studio;
  const Hook hook = telephone(studio, {{"newcomers", "ignore"}});
  deliver(studio.api(), hook, call("call_lost", 1, "79161234567"));
  EXPECT_TRUE(studio.api().read("/v1/deals").items().empty());
  EXPECT_TRUE(studio.api().read("/v1/people").items().empty());
}

TEST(Arrivals, AChatStaysInItsDealAndItsWordsAreTheirs) {
  Studio studio;
  const Hook hook = connect(studio, {{"provider", "telegram"},
                                     {"name", "Bot"},
                                     {"secret", "tg-secret"},
                                     {"settings", {{"account", "shop"}}}});
  const auto message = [&](int id, int chat, std::string_view text) {
    deliver(studio.api(), hook,
            fmt::format(R"({{"update_id":{0},"message":{{"message_id":{0},"date":1790000000,)"
                        R"("chat":{{"id":{1},"type":"private","first_name":"Vera"}},)"
                        R"("from":{{"id":{1},"is_bot":false,"first_name":"Vera"}},)"
                        R"("text":"{2}"}}}})",
                        id, chat, text),
            "application/json", {{"X-Telegram-Bot-Api-Secret-Token", "tg-secret"}});
  };
  message(1, 501, "How much is a site?");
  message(2, 501, "By March");
  const auto types = events_of(studio.api(), only_deal(studio.api()));
  EXPECT_EQ(std::ranges::count(types, "TouchRecorded"), 2);
  message(3, 502, "Hello");
  EXPECT_EQ(studio.api().read("/v1/deals").items().size(), 2u);
}

TEST(Arrivals, AnAnswerByMailJoinsTheDealOfItsThread) {
  Studio studio;
  const Hook hook =
      connect(studio, {{"provider", "rfc5322"},
                       {"name", "Mail"},
                       {"settings", {{"our_addresses", json::array{"@studio.example"}}}}});
  const auto mail = [&](std::string_view from, std::string_view to, std::string_view id,
                        std::string_view refers) {
    deliver(studio.api(), hook,
            fmt::format("From: {}\r\nTo: {}\r\nSubject: Site\r\nMessage-ID: <{}>\r\n{}"
                        "Date: Thu, 5 Mar 2026 12:00:00 +0300\r\n\r\nGood day\r\n",
                        from, to, id,
                        refers.empty() ? "" : fmt::format("In-Reply-To: <{}>\r\n", refers)),
            "message/rfc822");
  };
  mail("Ivan <ivan@bakery.example>", "sales@studio.example", "1@bakery.example", "");
  const std::string deal = only_deal(studio.api());
  mail("sales@studio.example", "ivan@bakery.example", "2@studio.example", "1@bakery.example");
  mail("Boss <boss@bakery.example>", "sales@studio.example", "3@bakery.example",
       "2@studio.example");
  EXPECT_EQ(only_deal(studio.api()), deal);
  const auto types = events_of(studio.api(), deal);
  EXPECT_EQ(std::ranges::count(types, "TouchRecorded"), 3);
  const Answer timeline = studio.api().read("/v1/deals/" + deal + "/timeline?limit=200");
  EXPECT_EQ(std::ranges::count_if(timeline.items(),
                                  [](const auto& entry) {
                                    return has(entry, "/data/direction") &&
                                           str(entry, "/data/direction") == "out";
                                  }),
            1);
}

TEST(Arrivals, AnotherCrmsDealsMoveOverOnceAndStartNothing) {
  Studio studio;
  const Hook hook =
      connect(studio, {{"provider", "csv"},
                       {"name", "Old CRM"},
                       {"settings", {{"currency", "RUB"}, {"stages", {{"Talk", "negotiation"}}}}}});
  const std::string table =
      "id,title,stage,amount,opened,closed,company,phone\n"
      "1,Shop,Won,1000,2025-01-10,2025-03-01,Bakery,+79161234567\n"
      "2,Landing,Talk,2000,2025-02-10,,Bakery,+79161234567\n"
      "3,Portal,Lost,3000,2025-02-11,2025-02-20,Dairy,\n"
      "4,Nonsense,Talk,many,2025-02-11,,,\n";
  deliver(studio.api(), hook, table, "text/csv");
  deliver(studio.api(), hook, table + "\n", "text/csv");  // another file, the same deals
  const Answer deals = studio.api().read("/v1/deals");
  ASSERT_EQ(deals.items().size(), 3u) << deals.text;
  std::map<std::string, std::string> stands;
  for (const auto& deal : deals.items()) {
    stands[str(deal, "/title")] = str(deal, "/outcome") + " " + str(deal, "/stage");
  }
  EXPECT_EQ(stands["Shop"], "won incoming");
  EXPECT_EQ(stands["Landing"], "open negotiation");
  EXPECT_EQ(stands["Portal"], "lost incoming");
  EXPECT_EQ(studio.api().read("/v1/companies").items().size(), 2u);
  EXPECT_EQ(studio.api().read("/v1/people").items().size(), 1u);
  EXPECT_TRUE(studio.api().read("/v1/tasks").items().empty());
}

TEST(Arrivals, ARefusedRowOfATableLeavesTheOthersAlone) {
  Studio studio;
  const Hook hook = connect(studio, {{"provider", "csv"},
                                     {"name", "Old CRM"},
                                     {"settings", {{"stages", {{"Talk", "negotiation"}}}}}});
  deliver(studio.api(), hook,
          "id,title,stage,opened\n"
          "1,Shop,Talk,2025-01-10\n2,Landing,Offer,2025-01-10\n3,Portal,Talk,2025-01-10\n",
          "text/csv");
  const Answer deals = studio.api().read("/v1/deals");
  ASSERT_EQ(deals.items().size(), 2u) << "nothing of the refused one: " << deals.text;
  const Answer waiting =
      studio.api().read("/v1/sources/" + hook.source + "/deliveries?state=quarantined");
  ASSERT_EQ(waiting.items().size(), 1u);
  EXPECT_TRUE(waiting.str("/items/0/reason").starts_with("item 3 (2): stage /Offer has no"))
      << waiting.shown();
  must(studio.api().patch("/v1/sources/" + hook.source,
                          {{"settings", {{"stages", {{"Offer", "proposal"}}}}}}),
       200);
  must(studio.api().post("/v1/deliveries/" + waiting.str("/items/0/id") + "/replay"), 200);
  EXPECT_EQ(studio.api().read("/v1/deals").items().size(), 3u);
}

TEST(Arrivals, ATransferThatNamesNoInvoiceIsMatchedByThePayersTaxId) {
  Studio studio;
  ApiClient& api = studio.api();
  const Answer deal =
      must(api.post("/v1/deals", {{"title", "Shop"},
                                  {"amount", {{"amount", "10000.00"}, {"currency", "RUB"}}},
                                  {"person", {{"name", "Ann"}, {"email", "ann@bakery.example"}}},
                                  {"company", {{"name", "Bakery"}, {"tax_id", "7701234567"}}}}),
           201);
  const std::string path = "/v1/deals/" + deal.str("/id");
  const auto invoice = [&](const char* kind, const char* amount) {
    must(api.post(path + "/invoices",
                  {{"kind", kind}, {"amount", {{"amount", amount}, {"currency", "RUB"}}}}),
         201);
  };
  invoice("prepayment", "4000.00");
  invoice("final", "6000.00");
  const Hook hook = connect(studio, {{"provider", "bank-statement"}, {"name", "Bank"}});
  const auto transfer = [&](int number, const char* amount, const char* tax_id) {
    deliver(api, hook,
            fmt::format("1CClientBankExchange\nВерсияФормата=1.03\nКодировка=UTF-8\n"
                        "РасчСчет=40702810000000000005\nСекцияДокумент=Платежное поручение\n"
                        "Номер={}\nДата=05.03.2026\nСумма={}\n"
                        "ПлательщикСчет=40702810000000000042\nПлательщикИНН={}\n"
                        "Плательщик1=ООО Булочная\nПолучательСчет=40702810000000000005\n"
                        "ДатаПоступило=05.03.2026\nНазначениеПлатежа=Оплата по договору\n"
                        "КонецДокумента\nКонецФайла\n",
                        number, amount, tax_id),
            "text/plain; charset=utf-8");
  };
  transfer(1, "4000.00", "7701234567");
  EXPECT_EQ(api.read(path).str("/money/paid/amount"), "4000.00");
  transfer(2, "6000.00", "7709999999");  // of somebody else
  transfer(3, "5999.00", "7701234567");  // no invoice lacks that
  EXPECT_EQ(api.read(path).str("/money/paid/amount"), "4000.00");
  EXPECT_EQ(api.read("/v1/payments?state=unmatched").items().size(), 2u);
}

TEST(Arrivals, WhatWasQuarantinedIsReplayedAllAtOnce) {
  Studio studio;
  const Hook hook = telephone(studio);
  for (int i = 0; i < 3; ++i) {
    deliver(studio.api(), hook, fmt::format(R"({{"notification_mnemonic": call_lost{}}})", i));
  }
  const std::string inbox = "/v1/sources/" + hook.source + "/deliveries?state=quarantined";
  EXPECT_EQ(studio.api().read(inbox).items().size(), 3u);
  const Answer replayed =
      must(studio.api().post("/v1/sources/" + hook.source + "/replay",
                             {{"state", "quarantined"}, {"since", "2020-01-01T00:00:00Z"}}),
           200);
  EXPECT_EQ(replayed.number("/replayed"), 3);
  const Answer again = studio.api().read(inbox);
  ASSERT_EQ(again.items().size(), 3u);
  EXPECT_EQ(again.number("/items/0/replays"), 1);
  EXPECT_EQ(must(studio.api().post("/v1/sources/" + hook.source + "/replay",
                                   {{"since", "2999-01-01T00:00:00Z"}}),
                 200)
                .number("/replayed"),
            0);
}

}  // namespace
}  // namespace dealog::e2e
