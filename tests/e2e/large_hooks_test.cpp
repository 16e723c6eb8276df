// Hooks that take more than a form: mails with attachments, statements.
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

class LargeHooks : public ::testing::Test {
 protected:
  ApiClient& api() { return studio_.api(); }
  std::string hook(std::string_view provider) {
    return must(api().post("/v1/sources", {{"provider", provider}, {"name", provider}}), 201)
        .str("/hook_url");
  }
  Answer delivery(const Answer& taken) {
    return api().read("/v1/deliveries/" + std::string(taken.headers.get("Dealog-Delivery")));
  }
  Studio studio_;
};

std::string mail(std::size_t attachment_bytes) {
  return "From: Oleg <oleg@client.example>\r\nTo: sales@studio.example\r\nSubject: Site\r\n"
         "Message-ID: <" +
         std::to_string(attachment_bytes) +
         "@client.example>\r\n"
         "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n"
         "--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n" +
         std::string(attachment_bytes, 'x') + "\r\n--b--\r\n";
}

TEST_F(LargeHooks, TakeAMailWithALargeAttachment) {
  const std::string url = hook("rfc5322");
  const Answer taken = must(api().deliver(url, "message/rfc822", mail(20 << 20)), 200);
  const Answer read = delivery(taken);
  EXPECT_EQ(read.str("/state"), "accepted") << read.shown();
  EXPECT_EQ(read.str("/normalised/0/subject"), "Site");
  EXPECT_EQ(read.number("/normalised/0/attachments/0/size"), 20 << 20);
  studio_.kill_and_restart();
  EXPECT_EQ(delivery(taken).str("/state"), "accepted");
}

TEST_F(LargeHooks, TakeNothingLargeFromElsewhere) {
  const std::string mails = hook("rfc5322");
  EXPECT_EQ(api().deliver(mails, "message/rfc822", mail(41 << 20)).status, 413);
  const std::string body(2 << 20, 'x');
  EXPECT_EQ(api().deliver(mails + "x", "message/rfc822", body).status, 413) << "another token";
  EXPECT_EQ(api().deliver(hook("tilda"), "text/plain", body).status, 413) << "a form";
}

TEST_F(LargeHooks, SettleAStatementOfManyLinesAndCountItOnce) {
  const std::string url = hook("bank-statement");
  std::string file =
      "1CClientBankExchange\r\nВерсияФормата=1.03\r\nРасчСчет=40702810000000000011\r\n";
  constexpr int kPaid = 20;
  constexpr int kLines = 4000;
  for (int i = 1; i <= kLines; ++i) {
    const bool in = i <= kPaid;
    file += "СекцияДокумент=Платежное поручение\r\nНомер=" + std::to_string(i) +
            "\r\nДата=04.03.2026\r\nСумма=10.00\r\nПлательщикСчет=407028100000000000" +
            (in ? "22" : "11") +
            "\r\nПлательщик1=ООО Ромашка\r\nПолучательСчет=407028100000000000" +
            (in ? "11" : "33") + (in ? "\r\nДатаПоступило=" : "\r\nДатаСписано=") +
            "05.03.2026\r\nНазначениеПлатежа=Работы\r\nКонецДокумента\r\n";
  }
  file += "КонецФайла\r\n";
  ASSERT_GT(file.size(), 1u << 20);
  const Answer read = delivery(must(api().deliver(url, "text/plain", file), 200));
  EXPECT_EQ(read.str("/state"), "accepted") << read.text.substr(0, 500);
  EXPECT_EQ(read.items("/results").size(), static_cast<std::size_t>(kPaid));
  EXPECT_EQ(str(read.items("/normalised").back(), "/kind"), "not_shown");
  // The same lines in another file: nothing twice.
  const Answer again = delivery(must(api().deliver(url, "text/plain", file + "\r\n"), 200));
  EXPECT_EQ(again.str("/state"), "accepted");
  const Answer payments = api().read("/v1/payments?limit=100");
  ASSERT_EQ(payments.items().size(), static_cast<std::size_t>(kPaid));
  EXPECT_EQ(str(payments.items().front(), "/received_at").substr(0, 10), "2026-03-04")
      << "the fifth of March begins in Moscow at 21:00 UTC";
}

}  // namespace
}  // namespace dealog::e2e
