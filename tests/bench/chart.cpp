#include "tests/bench/chart.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace dealog::bench {
namespace {

constexpr int kWidth = 760;
constexpr int kNames = 190;  // where the bars begin
constexpr int kBars = 300;   // the longest one
constexpr int kRow = 26;
constexpr int kTitle = 52;
constexpr int kPassTitle = 34;

double number(const boost::json::object& object, const char* key) {
  return object.at(key).to_number<double>();
}

std::string grouped(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), " ");
  }
  return digits;
}

class Chart {
 public:
  explicit Chart(const boost::json::object& report) : report_(report) {}

  std::string draw() {
    int y = kTitle;
    for (const auto& pass : report_.at("passes").as_array()) y = draw_pass(pass.as_object(), y);
    const auto& machine = report_.at("machine").as_object();
    const std::string disk(machine.at("file_system").as_string());
    const std::string title = fmt::format(
        "Touches recorded a second, {} connections, {} cores, {}; load generator on the same cores",
        report_.at("connections").to_number<int>(), machine.at("cores").to_number<int>(),
        disk.substr(0, disk.find(' ')));
    return fmt::format(
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
               "viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{2}\">\n"
               "<style>text{{font:13px sans-serif;fill:#57606a}}.title{{font-weight:bold}}"
               ".own{{fill:#1a7f64}}.peer{{fill:#8c959f}}"
               "@media(prefers-color-scheme:dark){{text{{fill:#c9d1d9}}}}</style>\n"
               "<text class=\"title\" x=\"8\" y=\"22\">{2}</text>\n",
               kWidth, y + 8, title) +
           out_ + "</svg>\n";
  }

 private:
  int draw_pass(const boost::json::object& pass, int y) {
    const double added_ms = number(pass, "added_sync_ms");
    text(8, y,
         added_ms > 0 ? fmt::format("1 ms added to each sync of everybody: it takes {:.0f} µs",
                                    number(pass, "sync_p50_us"))
                      : fmt::format("the disk as it is: a sync takes {:.0f} µs",
                                    number(pass, "sync_p50_us")),
         "");
    y += 12;
    const auto& results = pass.at("results").as_array();
    double most = 1;
    for (const auto& each : results) most = std::max(most, number(each.as_object(), "rate"));
    for (const auto& each : results) {
      draw_bar(each.as_object(), y, most);
      y += kRow;
    }
    return y + kPassTitle;
  }

  void draw_bar(const boost::json::object& result, int y, double most) {
    const std::string name(result.at("name").as_string());
    const double rate = number(result, "rate");
    const int length = std::max(1, static_cast<int>(rate / most * kBars));
    text(kNames - 8, y + 16, name, " text-anchor=\"end\"");
    fmt::format_to(std::back_inserter(out_),
                   "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n",
                   name == "Dealog" ? "own" : "peer", kNames, y + 3, length, kRow - 8);
    text(kNames + length + 8, y + 16,
         fmt::format("{}/s   p99 {:.1f} ms", grouped(rate), number(result, "p99_ms")), "");
  }

  void text(int x, int y, const std::string& words, const std::string& attributes) {
    fmt::format_to(std::back_inserter(out_), "<text x=\"{}\" y=\"{}\"{}>{}</text>\n", x, y,
                   attributes, words);
  }

  const boost::json::object& report_;
  std::string out_;
};

}  // namespace

std::string draw_chart(const boost::json::object& report) { return Chart(report).draw(); }

}  // namespace dealog::bench
