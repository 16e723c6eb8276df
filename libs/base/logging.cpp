#include "libs/base/logging.hpp"

#include <boost/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "libs/base/clock.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"

namespace dealog {
namespace {

spdlog::logger& sink() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>("dealog",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::warn);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

// JSON is UTF-8. What is not comes as the characters \xNN, so that no reader of logs chokes on it.
std::string escape_wrong_utf8(std::string line) {
  if (is_valid_utf8(line)) return line;
  std::string out;
  for (const char c : line) {
    if (static_cast<unsigned char>(c) < 0x80)
      out += c;
    else
      out += "\\\\x" + to_hex({&c, 1});
  }
  return out;
}

}  // namespace

void set_log_level(LogLevel level) { sink().set_level(spdlog_level(level)); }

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!sink().should_log(spdlog_level(level))) return;
  boost::json::object line;
  line["time"] = SystemClock().now().rfc3339();
  line["level"] = level_name(level);
  line["message"] = message;
  for (const LogField& field : fields) {
    std::visit([&](const auto& value) { line[field.name] = value; }, field.value);
  }
  const std::string text = escape_wrong_utf8(boost::json::serialize(line));
  sink().log(spdlog_level(level), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace dealog
