// Papers of a deal over HTTP: who sells, how papers look, issuing them, showing them to a customer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Documents : ::testing::Test {
  Documents() : api(studio.api()) {
    deal = must(api.post("/v1/deals",
                         {{"title", "Сайт под ключ"},
                          {"source", "phone"},
                          {"person", {{"name", "Анна"}, {"phone", "+79165550177"}}},
                          {"company", {{"name", "ООО «Заказчик»"}, {"tax_id", "7707083893"}}}}),
                201)
               .str("/id");
  }

  std::string seller(std::string_view series = "") {
    return must(api.post("/v1/legal-entities",
                         {{"name", "ООО «Студия»"},
                          {"tax_id", "7701234567"},
                          {"bank",
                           {{"name", "АО «Банк»"},
                            {"bic", "044525225"},
                            {"account", "40702810500000000001"},
                            {"correspondent_account", "30101810400000000225"}}},
                          {"signatory", {{"name", "П. Петрова"}, {"position", "Директор"}}},
                          {"vat_percent", "20"},
                          {"series", json::string(series)}}),
                201)
        .str("/id");
  }
  std::string quote() {
    return must(api.post(
                    "/v1/deals/" + deal + "/quotes",
                    {{"lines", json::array{{{"title", "Вёрстка"},
                                            {"quantity", "2"},
                                            {"unit_price",
                                             {{"amount", "60000.00"}, {"currency", "RUB"}}}}}}}),
                201)
        .str("/id");
  }
  std::string invoice() {
    return must(api.post("/v1/deals/" + deal + "/invoices",
                         {{"kind", "prepayment"},
                          {"amount", {{"amount", "60000.00"}, {"currency", "RUB"}}}}),
                201)
        .str("/id");
  }
  // As a customer's browser: no token.
  Answer visit(const std::string& url, std::string_view browser = "browser") {
    return visitor().get(url, {{"User-Agent", std::string(browser)}});
  }
  ApiClient visitor() { return ApiClient(studio.server.port(), ""); }
  int views() {
    int count = 0;
    for (const auto& event : api.read("/v1/deals/" + deal + "/timeline").items()) {
      if (str(event, "/type") == "DocumentViewed") ++count;
    }
    return count;
  }

  Studio studio;
  ApiClient& api;
  std::string deal;
};

TEST_F(Documents, AQuoteIsADraftUntilItIsIssuedAndThenKeepsItsBytes) {
  const std::string id = quote();
  const auto draft = must(api.get("/v1/quotes/" + id + ".pdf"), 200);
  EXPECT_EQ(draft.headers.get("Content-Type"), "application/pdf");
  EXPECT_EQ(draft.headers.get("Dealog-Document"), "draft");
  EXPECT_THAT(draft.text, StartsWith("%PDF"));
  expect_problem(api.post("/v1/quotes/" + id + "/document"), 409, "legal_entity_missing");

  const std::string entity = seller();
  const auto issued = must(api.post("/v1/quotes/" + id + "/document"), 201);
  EXPECT_EQ(issued.str("/legal_entity"), entity);
  EXPECT_THAT(issued.str("/number"), EndsWith("-1"));
  EXPECT_EQ(issued.str("/total/amount"), "120000.00");
  EXPECT_EQ(issued.str("/vat/amount"), "20000.00");
  const auto pdf = must(api.get("/v1/quotes/" + id + ".pdf"), 200);
  EXPECT_EQ(to_hex(sha256(pdf.text)), issued.str("/sha256"));
  EXPECT_EQ(pdf.headers.get("Dealog-Document"), issued.str("/id"));
  EXPECT_EQ(must(api.get("/v1/documents/" + issued.str("/id")), 200).body, issued.body);

  // The next process shows the same bytes; a revision is a draft again.
  studio.kill_and_restart();
  EXPECT_EQ(must(api.get("/v1/documents/" + issued.str("/id") + ".pdf"), 200).text, pdf.text);
  must(api.post("/v1/quotes/" + id + "/revise",
                {{"lines",
                  json::array{{{"title", "Вёрстка"},
                               {"quantity", "1"},
                               {"unit_price", {{"amount", "60000.00"}, {"currency", "RUB"}}}}}}}),
       200);
  EXPECT_EQ(must(api.get("/v1/quotes/" + id + ".pdf"), 200).headers.get("Dealog-Document"),
            "draft");
}

TEST_F(Documents, TheSameRequestIssuesOnce) {
  seller();
  const std::string id = quote();
  const auto once = must(
      api.post("/v1/quotes/" + id + "/document", json::object(), {{"Idempotency-Key", "k1"}}), 201);
  const auto twice = must(
      api.post("/v1/quotes/" + id + "/document", json::object(), {{"Idempotency-Key", "k1"}}), 201);
  EXPECT_EQ(once.body, twice.body);
  EXPECT_EQ(once.position(), twice.position());
}

TEST_F(Documents, AnInvoiceIsIssuedWhenItIsSent) {
  seller();
  const std::string id = invoice();
  EXPECT_EQ(must(api.get("/v1/invoices/" + id + ".pdf"), 200).headers.get("Dealog-Document"),
            "draft");
  const std::string number = must(api.get("/v1/invoices/" + id), 200).str("/number");
  must(api.post("/v1/invoices/" + id + "/send"), 200);
  const auto pdf = must(api.get("/v1/invoices/" + id + ".pdf"), 200);
  const std::string document(pdf.headers.get("Dealog-Document"));
  EXPECT_EQ(must(api.get("/v1/documents/" + document), 200).str("/number"), number);
  EXPECT_EQ(pdf.headers.get("Content-Disposition"),
            "inline; filename=\"invoice-" + number + ".pdf\"");
}

TEST_F(Documents, EverySellerHasItsOwnNumbers) {
  seller();
  const std::string second = seller("B");
  expect_problem(api.post("/v1/legal-entities", {{"name", "x"}, {"series", "B"}}), 409,
                 "series_taken");
  const auto of_second = must(api.post("/v1/deals/" + deal + "/invoices",
                                       {{"kind", "prepayment"},
                                        {"amount", {{"amount", "1.00"}, {"currency", "RUB"}}},
                                        {"legal_entity", second}}),
                              201);
  EXPECT_THAT(of_second.str("/number"), EndsWith("-B1"));
  EXPECT_THAT(must(api.get("/v1/invoices/" + invoice()), 200).str("/number"), EndsWith("-1"));
  EXPECT_EQ(must(api.post("/v1/invoices/" + of_second.str("/id") + "/document"), 201)
                .str("/legal_entity"),
            second);
  const auto unknown = api.post("/v1/deals/" + deal + "/invoices",
                                {{"kind", "prepayment"},
                                 {"amount", {{"amount", "1.00"}, {"currency", "RUB"}}},
                                 {"legal_entity", "ent_00000000000000000000000000000001"}});
  expect_problem(unknown, 422, "invalid_input");
  EXPECT_EQ(unknown.str("/errors/0/pointer"), "/legal_entity");
}

TEST_F(Documents, ASellerIsChangedAndChosen) {
  const std::string first = seller(), second = seller("B");
  const auto changed = must(
      api.patch("/v1/legal-entities/" + second,
                {{"vat_percent", nullptr}, {"bank", {{"swift", "ABCDRUMM"}}}, {"default", true}}),
      200);
  EXPECT_EQ(changed.str("/bank/bic"), "044525225");  // what is not named stays
  EXPECT_EQ(changed.str("/bank/swift"), "ABCDRUMM");
  EXPECT_TRUE(changed.at("/vat_percent").is_null());
  EXPECT_TRUE(changed.at("/default").as_bool());
  const auto list = must(api.get("/v1/legal-entities"), 200);
  ASSERT_EQ(list.items().size(), 2u);
  EXPECT_EQ(str(list.items()[0], "/id"), first);
  EXPECT_FALSE(list.items()[0].at("default").as_bool());
  const auto wrong = api.patch("/v1/legal-entities/" + first, {{"bank", {{"bic", "1"}}}});
  expect_problem(wrong, 400, "invalid_input");
  EXPECT_EQ(wrong.str("/errors/0/pointer"), "/bank/bic");
  EXPECT_TRUE(must(studio.user_with({"read"}).get("/v1/legal-entities/" + first), 200)
                  .at("/name/masked")
                  .as_bool());
}

TEST_F(Documents, ATemplateIsPreviewedPublishedAndTakenBack) {
  const std::string path = "/v1/document-templates/quote-ru";
  EXPECT_EQ(must(api.get(path), 200).number("/version"), 0);
  EXPECT_EQ(must(api.get("/v1/document-templates"), 200).items().size(), 8u);
  const auto preview = must(api.request("POST", path + "/preview", ""), 200);
  EXPECT_THAT(preview.text, StartsWith("%PDF"));
  const auto wrong = api.request("PUT", path, "blocks:\n  - text: ok\n  - text: '{sum}'\n",
                                 {{"Content-Type", "application/yaml"}});
  expect_problem(wrong, 400, "template_unsound");
  EXPECT_THAT(wrong.str("/errors/0/message"), HasSubstr("3:11"));
  expect_problem(api.request("POST", path + "/preview", "blocks: {"), 400, "template_unsound");

  const auto own = must(api.request("PUT", path, "blocks:\n  - text: 'Own {number}'\n"), 200);
  EXPECT_EQ(own.number("/version"), 1);
  seller();
  const auto issued = must(api.post("/v1/quotes/" + quote() + "/document"), 201);
  EXPECT_EQ(issued.number("/template_version"), 1);
  EXPECT_EQ(must(api.del(path), 200).number("/version"), 0);
  expect_problem(studio.user_with({"read", "write"}).request("PUT", path, "blocks: []"), 403,
                 "right_missing");
  expect_problem(api.get("/v1/document-templates/quote-de"), 404, "template_not_found");
}

TEST_F(Documents, ACustomersLinkShowsTheDocumentAndRecordsTheView) {
  seller();
  const auto issued = must(api.post("/v1/quotes/" + quote() + "/document"), 201);
  const std::string path = "/v1/documents/" + issued.str("/id");
  const auto link = must(api.post(path + "/links", {{"expires_in_days", 7}}), 201);
  const std::string url = link.str("/url");
  const auto shown = must(visit(url), 200);
  EXPECT_EQ(to_hex(sha256(shown.text)), issued.str("/sha256"));
  EXPECT_EQ(shown.headers.get("Referrer-Policy"), "no-referrer");
  must(visit(url), 200);
  must(visit(url, "another browser"), 200);
  EXPECT_EQ(views(), 2);
  // The secret of the address is nowhere in the log.
  const std::string secret = url.substr(url.rfind('/') + 1);
  EXPECT_THAT(must(api.get("/v1/events?limit=500"), 200).text, Not(HasSubstr(secret)));
  expect_problem(visit("/documents/" + std::string(43, 'x')), 404, "link_not_found");
  must(api.del(path + "/links"), 204);
  expect_problem(visit(url), 404, "link_not_found");
}

TEST_F(Documents, OfAPersonAreShownToThoseWhoMaySeePersonalData) {
  seller();
  const std::string id = quote();
  auto clerk = studio.user_with({"read", "write"});
  expect_problem(clerk.get("/v1/quotes/" + id + ".pdf"), 403, "right_missing");
  EXPECT_EQ(must(clerk.post("/v1/quotes/" + id + "/document"), 201).str("/kind"), "quote");
  expect_problem(api.get("/v1/quotes/quo_1.pdf"), 404, "quote_not_found");
  expect_problem(api.get("/v1/documents/doc_00000000000000000000000000000001"), 404,
                 "document_not_found");
}

TEST_F(Documents, AContractIsPrintedWithTheLinesOfTheQuote) {
  seller();
  quote();
  const std::string contract = must(api.post("/v1/deals/" + deal + "/documents",
                                             {{"kind", "contract"}, {"title", "Договор на сайт"}}),
                                    201)
                                   .str("/id");
  EXPECT_EQ(must(api.get("/v1/documents/" + contract + ".pdf"), 200).headers.get("Dealog-Document"),
            "draft");
  const auto issued = must(api.post("/v1/documents/" + contract + "/issue"), 201);
  EXPECT_EQ(issued.str("/kind"), "contract");
  EXPECT_EQ(issued.str("/subject"), contract);
  EXPECT_EQ(issued.str("/total/amount"), "120000.00");
  EXPECT_EQ(must(api.get("/v1/documents/" + contract + ".pdf"), 200).headers.get("Dealog-Document"),
            issued.str("/id"));
}

TEST_F(Documents, AMeetingGoesIntoCalendars) {
  const std::string person =
      must(api.post("/v1/people", {{"name", "Иван"}, {"email", "ivan@example.com"}}), 201)
          .str("/id");
  const std::string id = must(api.post("/v1/deals/" + deal + "/tasks",
                                       {{"kind", "meeting"},
                                        {"title", "Встреча; сайт"},
                                        {"due_at", "2027-03-10T12:30:00Z"},
                                        {"place", "Москва"},
                                        {"participants", json::array{json::string(person)}}}),
                              201)
                             .str("/id");
  const auto file = must(api.get("/v1/tasks/" + id + ".ics"), 200);
  EXPECT_EQ(file.headers.get("Content-Type"), "text/calendar; charset=utf-8");
  EXPECT_THAT(file.text, HasSubstr("UID:" + id + "@dealog\r\n"));
  EXPECT_THAT(file.text, HasSubstr("DTSTART:20270310T123000Z\r\n"));
  must(api.post("/v1/tasks/" + id + "/cancel"), 200);
  EXPECT_THAT(must(api.get("/v1/tasks/" + id + ".ics"), 200).text,
              HasSubstr("STATUS:CANCELLED\r\n"));
  const std::string day =
      must(api.post("/v1/deals/" + deal + "/tasks",
                    {{"kind", "call"}, {"title", "Позвонить"}, {"due_date", "2027-03-10"}}),
           201)
          .str("/id");
  expect_problem(api.get("/v1/tasks/" + day + ".ics"), 422, "no_instant");
}

}  // namespace
}  // namespace dealog::e2e
