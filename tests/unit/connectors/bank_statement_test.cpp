// Statements of banks: 1C, CAMT.053, MT940.
#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include "libs/connectors/parse/xml.hpp"
#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors {
namespace {

using testing_support::post;
using testing_support::settings_of;

const Provider& bank() { return *find_provider("bank-statement"); }

Result<std::vector<Fact>> decode(const std::string& file) {
  return bank().decode(post("application/x-www-form-urlencoded", file),
                       settings_of("bank-statement"));
}

std::vector<Fact> facts_of(const std::string& file) {
  auto facts = decode(file);
  if (!facts) throw std::runtime_error(facts.error().code + ": " + facts.error().message);
  return *facts;
}

const PaymentFact& payment(const Fact& fact) { return std::get<PaymentFact>(fact.content); }
std::string reason(const Fact& fact) { return std::get<IgnoreFact>(fact.content).reason; }
std::string refusal(const std::string& file) {
  const auto facts = decode(file);
  return facts ? "accepted" : facts.error().code;
}

std::string in_charset(const std::string& text, const char* charset) {
  UErrorCode status = U_ZERO_ERROR;
  std::string out(text.size() * 4 + 16, '\0');
  const auto length = ucnv_convert(charset, "utf-8", out.data(), static_cast<int>(out.size()),
                                   text.data(), static_cast<int>(text.size()), &status);
  if (U_FAILURE(status)) throw std::runtime_error("ucnv_convert");
  out.resize(static_cast<std::size_t>(length));
  return out;
}

// One incoming and one outgoing document of account …11.
std::string exchange(const std::string& header = "Кодировка=Windows\r\n") {
  return "1CClientBankExchange\r\nВерсияФормата=1.03\r\n" + header +
         "РасчСчет=40702810000000000011\r\nСекцияРасчСчет\r\nДатаНачала=01.03.2026\r\n"
         "РасчСчет=40702810000000000011\r\nНачальныйОстаток=0.00\r\nКонецРасчСчет\r\n"
         "СекцияДокумент=Платежное поручение\r\nНомер=17\r\nДата=04.03.2026\r\nСумма=65000.50\r\n"
         "ПлательщикСчет=40702810000000000022\r\nДатаСписано=\r\n"
         "Плательщик=ИНН 7701234567 ООО \"Ромашка\"\r\nПлательщик1=ООО \"Ромашка\"\r\n"
         "ПлательщикИНН=7701234567\r\nПлательщикРасчСчет=40702810000000000022\r\n"
         "ПолучательСчет=40702810000000000011\r\nПолучательРасчСчет=40702810000000000011\r\n"
         "ДатаПоступило=05.03.2026\r\nНазначениеПлатежа=Предоплата по счёту\r\n"
         "2026-17 от 01.03.2026, НДС = 0\r\nКонецДокумента\r\n"
         "СекцияДокумент=Платежное поручение\r\nНомер=3\r\nДата=05.03.2026\r\nСумма=100.00\r\n"
         "ПлательщикСчет=40702810000000000011\r\nПлательщикРасчСчет=40702810000000000011\r\n"
         "ДатаСписано=05.03.2026\r\nПолучательСчет=40702810000000000033\r\n"
         "Получатель1=ООО "
         "\"Аренда\"\r\nНазначениеПлатежа=Аренда\r\nКонецДокумента\r\nКонецФайла\r\n";
}

TEST(ClientBankExchange, TakesWhatCameToOurAccount) {
  const auto facts = facts_of(in_charset(exchange(), "windows-1251"));
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(facts[0].external_id, "40702810000000000022:17:2026-03-04:65000.50");
  EXPECT_EQ(facts[0].key, "1c:40702810000000000022:17:2026-03-04:65000.50");
  EXPECT_EQ(payment(facts[0]).amount, Money::parse("65000.50", "RUB").value());
  EXPECT_EQ(payment(facts[0]).booked_on->text(), "2026-03-05");
  EXPECT_EQ(payment(facts[0]).person.name, "ООО \"Ромашка\"");
  EXPECT_EQ(payment(facts[0]).person.id("inn"), "7701234567");
  EXPECT_EQ(payment(facts[0]).description, "Предоплата по счёту 2026-17 от 01.03.2026, НДС = 0");
  EXPECT_EQ(payment(facts[0]).our_account, "40702810000000000011");
  EXPECT_FALSE(facts[0].occurred_at);
  EXPECT_EQ(reason(facts[1]), "outgoing");
  const auto shown = normalised(facts[0]);
  EXPECT_EQ(shown.at("direction"), "in");
  EXPECT_EQ(shown.at("occurred_on"), "2026-03-05");
  EXPECT_EQ(normalised(facts[1]).at("amount"), "100.00");
}

TEST(ClientBankExchange, BelievesItsBytesAndNotItsHeader) {
  const auto expected = facts_of(exchange());
  for (const auto* claim : {"Кодировка=Windows\r\n", "Кодировка=DOS\r\n", ""}) {
    for (const auto* charset : {"windows-1251", "ibm866", "koi8-r", "utf-8", "utf-16"}) {
      EXPECT_EQ(facts_of(in_charset(exchange(claim), charset)), expected) << claim << charset;
    }
    EXPECT_EQ(facts_of("\xef\xbb\xbf" + exchange(claim)), expected) << claim;
  }
}

TEST(ClientBankExchange, ReadsOlderWaysToNameThePayer) {
  std::string file = exchange();
  const auto replace = [&](const std::string& from, const std::string& to) {
    file.replace(file.find(from), from.size(), to);
  };
  replace("Плательщик1=ООО \"Ромашка\"\r\n", "");
  replace("ПлательщикИНН=7701234567\r\n", "");
  replace("НазначениеПлатежа=Предоплата по счёту\r\n2026-17 от 01.03.2026, НДС = 0",
          "НазначениеПлатежа1=Счёт 2026-17\r\nНазначениеПлатежа2=от 01.03");
  const auto facts = facts_of(file);
  EXPECT_EQ(payment(facts[0]).person.name, "ООО \"Ромашка\"");
  EXPECT_EQ(payment(facts[0]).person.id("inn"), "7701234567");
  EXPECT_EQ(payment(facts[0]).description, "Счёт 2026-17 от 01.03");
}

TEST(ClientBankExchange, TakesNothingThatHasNotArrivedOrIsOurs) {
  std::string file = exchange();
  file.replace(file.find("ДатаПоступило=05.03.2026"),
               std::string("ДатаПоступило=05.03.2026").size(), "ДатаПоступило=");
  EXPECT_EQ(reason(facts_of(file)[0]), "not_booked");
  std::string own = exchange();
  own.insert(own.find("КонецРасчСчет"), "РасчСчет=40702810000000000022\r\n");
  EXPECT_EQ(reason(facts_of(own)[0]), "own_transfer");
}

TEST(ClientBankExchange, KnowsTheCurrencyByTheAccount) {
  std::string file = exchange();
  for (auto at = file.find("40702810000000000011"); at != file.npos;
       at = file.find("40702810000000000011")) {
    file.replace(at, 20, "40702840000000000011");
  }
  EXPECT_EQ(payment(facts_of(file)[0]).amount.currency.code(), "USD");
}

TEST(ClientBankExchange, NamesWhatIsWrongAndQuotesNothing) {
  std::string cut = exchange();
  cut.resize(cut.find("НазначениеПлатежа"));
  EXPECT_EQ(refusal(cut), "truncated_statement");
  std::string sum = exchange();
  sum.replace(sum.find("65000.50"), 8, "secret42");
  const auto facts = decode(sum);
  EXPECT_EQ(facts.error().message, "document 1: Сумма is not as it should be");
  EXPECT_EQ(refusal("hello"), "unknown_statement");
  EXPECT_EQ(refusal(""), "unknown_statement");
}

std::string camt(const std::string& entries, const std::string& version = "02") {
  return "<?xml version=\"1.0\"?><n:Document "
         "xmlns:n=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001." +
         version +
         "\"><n:BkToCstmrStmt><n:GrpHdr/><n:Stmt><n:Acct><n:Id><n:IBAN>DE02120300000000202051"
         "</n:IBAN></n:Id></n:Acct>" +
         entries + "</n:Stmt></n:BkToCstmrStmt></n:Document>";
}

std::string entry(const std::string& amount, const std::string& mark, const std::string& rest) {
  return "<n:Ntry><n:Amt Ccy=\"EUR\">" + amount + "</n:Amt><n:CdtDbtInd>" + mark +
         "</n:CdtDbtInd><n:Sts>BOOK</n:Sts><n:BookgDt><n:Dt>2026-03-05</n:Dt></n:BookgDt>"
         "<n:ValDt><n:Dt>2026-03-06</n:Dt></n:ValDt>" +
         rest + "</n:Ntry>";
}

const std::string kPaid =
    "<n:AcctSvcrRef>R-1</n:AcctSvcrRef><n:NtryDtls><n:TxDtls><n:Refs><n:EndToEndId>E-1</"
    "n:EndToEndId>"
    "</n:Refs><n:RltdPties><n:Dbtr><n:Nm>Client GmbH</n:Nm></n:Dbtr><n:DbtrAcct><n:Id><n:IBAN>"
    "DE89370400440532013000</n:IBAN></n:Id></n:DbtrAcct></n:RltdPties><n:RmtInf><n:Ustrd>Invoice"
    "</n:Ustrd><n:Ustrd>2026-17</n:Ustrd></n:RmtInf></n:TxDtls></n:NtryDtls>";

TEST(Camt053, ReadsAnEntryOfVersionTwo) {
  const auto facts = facts_of(camt(entry("8.50", "CRDT", kPaid)));
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(facts[0].external_id, "R-1");
  EXPECT_EQ(facts[0].key, "camt:DE02120300000000202051:R-1");
  const auto& paid = payment(facts[0]);
  EXPECT_EQ(paid.amount, Money::parse("8.50", "EUR").value());
  EXPECT_EQ(paid.person.name, "Client GmbH");
  EXPECT_EQ(paid.person.id("iban"), "DE89370400440532013000");
  EXPECT_EQ(paid.description, "Invoice 2026-17");
  EXPECT_EQ(paid.end_to_end_id, "E-1");
  EXPECT_EQ(paid.booked_on->text(), "2026-03-05");
  EXPECT_EQ(paid.value_date->text(), "2026-03-06");
}

TEST(Camt053, ReadsNewerVersionsAndTimes) {
  const auto facts = facts_of(camt(
      "<n:Ntry><n:Amt "
      "Ccy=\"EUR\">8.50</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Sts><n:Cd>BOOK</n:Cd>"
      "</n:Sts><n:BookgDt><n:DtTm>2026-03-05T23:30:00-02:00</n:DtTm></"
      "n:BookgDt><n:NtryDtls><n:TxDtls>"
      "<n:RltdPties><n:Dbtr><n:Pty><n:Nm>Client</n:Nm></n:Pty></n:Dbtr></n:RltdPties></n:TxDtls>"
      "</n:NtryDtls></n:Ntry>",
      "08"));
  EXPECT_EQ(payment(facts[0]).person.name, "Client");
  EXPECT_EQ(payment(facts[0]).booked_on->text(), "2026-03-05");
  EXPECT_EQ(facts[0].occurred_at->rfc3339(), "2026-03-06T01:30:00.000000Z");
}

TEST(Camt053, SplitsABatchThatAddsUp) {
  const auto tx = [](const std::string& amount, const std::string& id) {
    return "<n:TxDtls><n:Refs><n:EndToEndId>" + id +
           "</n:EndToEndId></n:Refs><n:AmtDtls><n:TxAmt>"
           "<n:Amt Ccy=\"EUR\">" +
           amount + "</n:Amt></n:TxAmt></n:AmtDtls></n:TxDtls>";
  };
  const std::string ref = "<n:AcctSvcrRef>B-1</n:AcctSvcrRef>";
  const auto split = facts_of(
      camt(entry("10.00", "CRDT",
                 ref + "<n:NtryDtls>" + tx("4.00", "E1") + tx("6.00", "E2") + "</n:NtryDtls>")));
  ASSERT_EQ(split.size(), 2u);
  EXPECT_EQ(split[0].external_id, "B-1/E1");
  EXPECT_EQ(payment(split[1]).amount.decimal(), "6.00");
  EXPECT_EQ(payment(split[1]).end_to_end_id, "E2");
  const auto whole = facts_of(
      camt(entry("10.00", "CRDT",
                 ref + "<n:NtryDtls>" + tx("4.00", "E1") + tx("5.00", "E2") + "</n:NtryDtls>")));
  ASSERT_EQ(whole.size(), 1u);
  EXPECT_EQ(payment(whole[0]).amount.decimal(), "10.00");
}

TEST(Camt053, TellsReversalsFromPayments) {
  const std::string reversal = "<n:RvslInd>true</n:RvslInd>";
  const auto facts = facts_of(camt(entry("8.50", "DBIT", reversal + kPaid) +
                                   entry("8.50", "CRDT", kPaid) + entry("9.00", "CRDT", reversal) +
                                   entry("7.00", "DBIT", "") + entry("6.00", "DBIT", reversal)));
  ASSERT_EQ(facts.size(), 5u);
  EXPECT_EQ(facts[0].external_id, "R-1/" + facts[0].external_id.substr(4));
  EXPECT_EQ(reason(facts[1]), "own_payment_returned");
  EXPECT_EQ(reason(facts[2]), "outgoing");
  EXPECT_EQ(reason(facts[3]), "credit_reversed") << "nobody knows of which payment";
  const auto& refund = std::get<RefundFact>(facts[4].content);
  EXPECT_EQ(refund.payment_id, facts[0].external_id) << "after the payment, wherever it stood";
  EXPECT_EQ(refund.amount.decimal(), "8.50");
}

TEST(Camt053, CountsAnEntryToldTwiceOnceAndTwoOfOneKindTwice) {
  const std::string plain = entry("5.00", "CRDT", "<n:AddtlNtryInf>Cash</n:AddtlNtryInf>");
  const auto facts =
      facts_of(camt(plain + plain + entry("8.50", "CRDT", kPaid) + entry("8.50", "CRDT", kPaid)));
  EXPECT_NE(facts[0].key, facts[1].key) << "no reference: two lines";
  EXPECT_EQ(facts[2].key, facts[3].key) << "one reference: one entry";
  EXPECT_EQ(facts_of(camt(plain))[0].key, facts[0].key) << "the same in another file";
}

TEST(Camt053, LeavesOutWhatIsNotBooked) {
  std::string pending = entry("5.00", "CRDT", "");
  pending.replace(pending.find("BOOK"), 4, "PDNG");
  EXPECT_EQ(reason(facts_of(camt(pending))[0]), "not_booked");
  EXPECT_EQ(reason(facts_of(camt(""))[0]), "no_entries");
}

TEST(Xml, RefusesWhatCouldGrow) {
  EXPECT_EQ(parse_xml("<!DOCTYPE a [<!ENTITY b \"bbb\">]><a>&b;</a>").error().code,
            "xml_doctype_refused");
  EXPECT_EQ(parse_xml("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>").error().code,
            "xml_doctype_refused");
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "<a>";
  EXPECT_EQ(parse_xml(deep).error().code, "xml_too_deep");
  std::string wide = "<a>";
  for (int i = 0; i < 700'000; ++i) wide += "<b/>";
  EXPECT_EQ(parse_xml(wide).error().code, "xml_too_large");
  EXPECT_EQ(parse_xml("<a>&nbsp;</a>").error().code, "malformed_xml");
  EXPECT_EQ(parse_xml("<a><b></a>").error().code, "malformed_xml");
  EXPECT_EQ(parse_xml("").error().code, "malformed_xml");
}

TEST(Xml, ReadsNamesTextAndCharsets) {
  const auto root = parse_xml(
      "\n<?xml version=\"1.0\" encoding=\"windows-1251\"?><x:a b=\"1\"><c> \xcf </c></x:a>");
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(root->name, "a");
  EXPECT_EQ(root->attribute("b"), "1");
  EXPECT_EQ(root->text_at({"c"}), "П");
  EXPECT_EQ(root->text_at({"d", "e"}), "");
}

std::string mt940(const std::string& lines) {
  return "{1:F01BANK}{2:O940}{4:\r\n:20:STMT\r\n:25:DE02120300000000202051\r\n:28C:5/1\r\n"
         ":60F:C260304EUR100,00\r\n" +
         lines + ":62F:C260305EUR400,00\r\n:86:about the statement\r\n-}\r\n";
}

TEST(Mt940, ReadsAStructuredEntryThatWasWrapped) {
  const auto facts =
      facts_of(mt940(":61:2603060305CR300,NTRFNONREF//B-77\r\n"
                     ":86:166?00GUTSCHRIFT?109310?20EREF+E2E-5?21SVWZ+Rechnung 2026-17 vom \r\n"
                     "01.03.?22Webseite?30COBADEFF?31DE89370400440532013000?32Client Maschinenbau "
                     "GmbH un?33d Co\r\n"));
  ASSERT_EQ(facts.size(), 1u);
  const auto& paid = payment(facts[0]);
  EXPECT_EQ(paid.amount, Money::parse("300.00", "EUR").value());
  EXPECT_EQ(paid.booked_on->text(), "2026-03-05");
  EXPECT_EQ(paid.value_date->text(), "2026-03-06");
  EXPECT_EQ(paid.bank_ref, "B-77");
  EXPECT_EQ(paid.end_to_end_id, "E2E-5");
  EXPECT_EQ(paid.person.name, "Client Maschinenbau GmbH und Co");
  EXPECT_EQ(paid.person.id("iban"), "DE89370400440532013000");
  EXPECT_EQ(paid.description, "Rechnung 2026-17 vom 01.03.Webseite");
  EXPECT_EQ(paid.our_account, "DE02120300000000202051");
}

TEST(Mt940, ReadsTheMarksOfBothDirections) {
  const auto facts = facts_of(
      mt940(":61:260305C12,5NTRFA//1\r\n:61:260305D1,NTRFB//2\r\n:61:260305RC12,5NTRFA//1\r\n"
            ":61:260305RD2,00NTRFC//3\r\n:61:260305RCR9,NTRFD//4\r\n:61:260305EC3,NTRFE\r\n"));
  ASSERT_EQ(facts.size(), 6u);
  EXPECT_EQ(payment(facts[0]).amount.decimal(), "12.50");
  EXPECT_EQ(reason(facts[1]), "outgoing");
  EXPECT_EQ(reason(facts[2]), "own_payment_returned");
  EXPECT_EQ(reason(facts[3]), "credit_reversed");
  EXPECT_EQ(reason(facts[4]), "not_booked");
  EXPECT_EQ(std::get<RefundFact>(facts[5].content).payment_id, facts[0].external_id);
}

TEST(Mt940, ReadsSlashesAndPlainWords) {
  const auto facts = facts_of(mt940(
      ":61:260305C10,NTRFNONREF\r\n"
      ":86:/EREF/E-9/ORDP//NAME/J. Jansen/IBAN/NL91ABNA0417164300/REMI/USTD//Factuur 2026-17/\r\n"
      ":61:260305C11,NTRFNONREF\r\n:86:/CNTP/NL20INGB0001234567/INGBNL2A/Piet///REMI/USTD//F 8/\r\n"
      ":61:260305C12,NTRFNONREF\r\n:86:Оплата по счету ИНН 7701234567\r\nООО Ромашка\r\n"));
  ASSERT_EQ(facts.size(), 3u);
  EXPECT_EQ(payment(facts[0]).person.name, "J. Jansen");
  EXPECT_EQ(payment(facts[0]).person.id("iban"), "NL91ABNA0417164300");
  EXPECT_EQ(payment(facts[0]).description, "Factuur 2026-17");
  EXPECT_EQ(payment(facts[0]).end_to_end_id, "E-9");
  EXPECT_EQ(payment(facts[1]).person.name, "Piet");
  EXPECT_EQ(payment(facts[1]).person.id("iban"), "NL20INGB0001234567");
  EXPECT_EQ(payment(facts[2]).person.id("inn"), "7701234567");
  EXPECT_EQ(payment(facts[2]).description, "Оплата по счету ИНН 7701234567 ООО Ромашка");
}

TEST(Mt940, CutsTheKindBetweenLetters) {
  const auto facts = facts_of(mt940(":61:260305C10,NПЛАТNONREF//1\r\n"));
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(payment(facts[0]).metadata.at(0),
            (std::pair<std::string, std::string>{"transaction_type", "NП"}));
}

TEST(Mt940, KnowsTheYearOfABookingAroundNewYear) {
  const auto facts = facts_of(mt940(":61:2601021231C1,NTRFX//1\r\n:61:2512310102C1,NTRFX//2\r\n"));
  EXPECT_EQ(payment(facts[0]).booked_on->text(), "2025-12-31");
  EXPECT_EQ(payment(facts[1]).booked_on->text(), "2026-01-02");
}

TEST(Mt940, KnowsOverlappingStatementsAndTheSameOneTwice) {
  const std::string line = ":61:260305C10,NTRFNONREF\r\n:86:Cash\r\n";
  const auto twice = facts_of(mt940(line + line));
  EXPECT_NE(twice[0].key, twice[1].key);
  std::string later = mt940(line);
  later.replace(later.find("5/1"), 3, "6/1");
  EXPECT_EQ(facts_of(later)[0].key, twice[0].key);
  EXPECT_EQ(facts_of(mt940(line) + mt940(line)).size(), 1u);
}

TEST(Mt940, NamesTheLineThatIsWrong) {
  EXPECT_EQ(decode(mt940(":61:261305C10,NTRF\r\n")).error().message,
            "line 6: the value date of :61: is not as it should be");
  EXPECT_EQ(decode(mt940(":61:260305X10,NTRF\r\n")).error().message,
            "line 6: the debit/credit mark of :61: is not as it should be");
  EXPECT_EQ(decode(mt940(":61:260305C,NTRF\r\n")).error().code, "invalid_statement");
}

TEST(BankStatement, IsAcceptedAsAFileOfAForm) {
  const auto form =
      post("multipart/form-data; boundary=b",
           "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n" +
               in_charset(exchange(), "ibm866") + "\r\n--b--\r\n");
  EXPECT_EQ(bank().decode(form, settings_of("bank-statement"))->size(), 2u);
  const auto raw = post("text/plain", in_charset(exchange(), "ibm866") + "");
  const auto settings = settings_of("bank-statement");
  EXPECT_EQ(bank().receive(form, settings).delivery_key,
            bank().receive(raw, settings).delivery_key);
}

TEST(BankStatement, OfOneEntryIsKnownByTheEntry) {
  const auto settings = settings_of("bank-statement");
  EXPECT_EQ(bank()
                .receive(post("application/xml", camt(entry("8.50", "CRDT", kPaid))), settings)
                .delivery_key,
            "camt:DE02120300000000202051:R-1");
}

}  // namespace
}  // namespace dealog::connectors
