#include "libs/http/problem.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "libs/http/response_writer.hpp"

namespace dealog::http {
namespace {

boost::json::object body_of(const Response& response) {
  return boost::json::parse(response.body).as_object();
}

TEST(Problem, HasTheMembersOfRfc9457) {
  const auto response = problem(
      Error{ErrorKind::kNotFound, "deal_not_found", "there is no deal deal_1"}, Language::kEn);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto body = body_of(response);
  EXPECT_EQ(body.at("type"), "urn:dealog:problem:deal_not_found");
  EXPECT_EQ(body.at("title"), "Not found");
  EXPECT_EQ(body.at("status"), 404);
  EXPECT_EQ(body.at("detail"), "there is no deal deal_1");
  EXPECT_EQ(body.at("code"), "deal_not_found");
  EXPECT_FALSE(body.contains("errors"));
}

TEST(Problem, IsAnsweredWithAReasonPhrase) {
  const auto status_line = [](const Error& error) {
    std::string head;
    write_head(head, problem(error, Language::kEn), {});
    return head.substr(0, head.find("\r\n"));
  };
  EXPECT_EQ(status_line({ErrorKind::kInvalid, "not_acceptable", "m"}),
            "HTTP/1.1 406 Not Acceptable");
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::kInternal); ++kind) {
    const std::string line = status_line({static_cast<ErrorKind>(kind), "c", "m"});
    EXPECT_GT(line.size(), std::string_view("HTTP/1.1 400 ").size()) << line;
  }
}

TEST(Problem, GivesEachKindItsStatus) {
  const auto status = [](ErrorKind kind) { return status_of(Error{kind, "c", "m"}); };
  EXPECT_EQ(status(ErrorKind::kInvalid), 400);
  EXPECT_EQ(status(ErrorKind::kUnauthorized), 401);
  EXPECT_EQ(status(ErrorKind::kForbidden), 403);
  EXPECT_EQ(status(ErrorKind::kConflict), 409);
  EXPECT_EQ(status(ErrorKind::kPrecondition), 412);
  EXPECT_EQ(status(ErrorKind::kTooLarge), 413);
  EXPECT_EQ(status(ErrorKind::kUnprocessable), 422);
  EXPECT_EQ(status(ErrorKind::kUnavailable), 503);
  EXPECT_EQ(status(ErrorKind::kUnknown), 503);
  EXPECT_EQ(status(ErrorKind::kInternal), 500);
}

TEST(Problem, ListsTheWrongFields) {
  Error error{ErrorKind::kInvalid, "invalid_input", "see errors"};
  error.fields.push_back({"/lines/0/title", "required", "This field is required"});
  const auto body = body_of(problem(error, Language::kEn));
  const auto& first = body.at("errors").as_array().at(0).as_object();
  EXPECT_EQ(first.at("pointer"), "/lines/0/title");
  EXPECT_EQ(first.at("code"), "required");
}

TEST(Problem, NamesAParameterOfTheQueryAsOne) {
  Error error{ErrorKind::kInvalid, "invalid_input", "see errors"};
  error.fields.push_back({"?limit", "out_of_range", "Must be from 1 to 500"});
  const auto body = body_of(problem(error, Language::kEn));
  const auto& first = body.at("errors").as_array().at(0).as_object();
  EXPECT_EQ(first.at("parameter"), "limit");
  EXPECT_FALSE(first.contains("pointer"));
}

TEST(Problem, MergesDataButNeverOverItsOwnMembers) {
  Error error{ErrorKind::kUnprocessable, "gate_not_met", "criteria are not met"};
  error.data = R"({"unmet":[{"kind":"touch"}],"status":200,"code":"x"})";
  const auto body = body_of(problem(error, Language::kEn));
  EXPECT_EQ(body.at("unmet").as_array().size(), 1u);
  EXPECT_EQ(body.at("status"), 422);
  EXPECT_EQ(body.at("code"), "gate_not_met");
}

TEST(Problem, TellsStrangersNothingOfInternalErrors) {
  const auto response = problem(
      Error{ErrorKind::kInternal, "disk", "pread of /var/lib/secret failed"}, Language::kEn);
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

TEST(Problem, SaysWhenToComeBackAndHowToAuthenticate) {
  EXPECT_EQ(problem(Error{ErrorKind::kUnavailable, "overloaded", "m"}, Language::kEn)
                .headers.get("retry-after"),
            "1");
  EXPECT_EQ(problem(Error{ErrorKind::kUnauthorized, "token_missing", "m"}, Language::kEn)
                .headers.get("WWW-Authenticate"),
            "Bearer");
}

TEST(Problem, SpeaksTheLanguageOfTheRequest) {
  const auto title = [](std::string_view accept) {
    Request request;
    request.headers.add("accept-language", accept);
    return std::string(
        body_of(problem(request, Error{ErrorKind::kNotFound, "c", "m"})).at("title").as_string());
  };
  EXPECT_EQ(title("ru"), "Не найдено");
  EXPECT_EQ(title("ru-RU,ru;q=0.9,en;q=0.8"), "Не найдено");
  EXPECT_EQ(title("en-US,ru;q=0.5"), "Not found");
  EXPECT_EQ(title("en;q=0.1, RU;q=0.2"), "Не найдено");
  EXPECT_EQ(title("ru;q=0"), "Not found");
  EXPECT_EQ(title("de,fr"), "Not found");
  EXPECT_EQ(title(""), "Not found");
}

}  // namespace
}  // namespace dealog::http
