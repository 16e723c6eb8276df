#include "libs/base/logging.hpp"

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "libs/base/text.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog {
namespace {

class Logging : public testing::Test {
 protected:
  ~Logging() override { set_log_level(LogLevel::kWarning); }

  static std::string written(const std::function<void()>& action) {
    testing::internal::CaptureStderr();
    action();
    return testing::internal::GetCapturedStderr();
  }
  static boost::json::object line(const std::function<void()>& action) {
    return boost::json::parse(written(action)).as_object();
  }
};

TEST_F(Logging, WritesOneJsonObjectALine) {
  const auto text = written([] { log_warning("request answered", {{"status", 503}}); });
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_TRUE(text.ends_with("}\n")) << text;
  const auto object = boost::json::parse(text).as_object();
  EXPECT_EQ(object.at("level").as_string(), "warning");
  EXPECT_EQ(object.at("message").as_string(), "request answered");
  EXPECT_EQ(object.at("status").as_int64(), 503);
  EXPECT_TRUE(Timestamp::parse(std::string_view(object.at("time").as_string())));
}

TEST_F(Logging, KeepsTheTypeOfEachField) {
  const auto object = line([] {
    const std::string route = "/v1/deals";
    log_error("x", {{"route", route}, {"count", 7u}, {"ok", false}, {"ms", 1.5}, {"code", "gate"}});
  });
  EXPECT_EQ(object.at("route").as_string(), "/v1/deals");
  EXPECT_EQ(object.at("count").as_int64(), 7);
  EXPECT_FALSE(object.at("ok").as_bool());
  EXPECT_EQ(object.at("ms").as_double(), 1.5);
  EXPECT_EQ(object.at("code").as_string(), "gate");
}

TEST_F(Logging, CannotBeForgedByItsFields) {
  const auto text = written([] { log_error("x", {{"route", "a\"}\n{\"level\":\"info\"}"}}); });
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_EQ(boost::json::parse(text).at("route").as_string(), "a\"}\n{\"level\":\"info\"}");
}

TEST_F(Logging, IsNotReadAsAFormat) {
  EXPECT_EQ(line([] { log_error("100% {} {0}"); }).at("message").as_string(), "100% {} {0}");
}

TEST_F(Logging, StaysValidWhenAFieldIsNotUtf8) {
  const auto text = written([] { log_error("x", {{"code", "bad \xff byte"}}); });
  EXPECT_TRUE(is_valid_utf8(text)) << text;
  EXPECT_EQ(boost::json::parse(text).at("code").as_string(), "bad \\xff byte");
}

TEST_F(Logging, WritesWarningsAndErrorsUntilALevelIsSet) {
  EXPECT_EQ(written([] { log_info("quiet"); }), "");
  EXPECT_NE(written([] { log_warning("loud"); }), "");
  set_log_level(LogLevel::kInfo);
  EXPECT_NE(written([] { log_info("loud"); }), "");
  EXPECT_EQ(written([] { log(LogLevel::kDebug, "quiet"); }), "");
  set_log_level(LogLevel::kError);
  EXPECT_EQ(written([] { log_warning("quiet"); }), "");
}

TEST_F(Logging, KeepsLinesOfManyThreadsApart) {
  const auto text = written([] {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 100; ++i) log_error("from a thread", {{"i", i}});
      });
    }
  });
  int lines = 0;
  for (const auto part : split(text, '\n')) {
    if (part.empty()) continue;
    ++lines;
    EXPECT_TRUE(boost::json::parse(part).is_object()) << part;
  }
  EXPECT_EQ(lines, 400);
}

}  // namespace
}  // namespace dealog
