#include "tests/bench/options.hpp"

#include <cstdlib>
#include <functional>
#include <map>

#include <fmt/format.h>

#include "libs/base/text.hpp"

namespace dealog::bench {
namespace {

constexpr const char* kUsage =
    "dealog_bench [OPTION VALUE]…\n"
    "  --seconds S         of each phase (5)\n"
    "  --rounds N          of the comparison with the peers at 64 connections (3)\n"
    "  --connections A,B   further numbers of connections (1,8,256)\n"
    "  --deals N           open deals (10000)\n"
    "  --long N            events of each of 100 long deals (2000)\n"
    "  --only comparison   nothing but the comparison; --only import, --only deliveries\n"
    "  --deliveries-rate N a second, of the steady load (3000)\n"
    "  --add-sync-ms MS    added to each sync of everybody; without it a second pass adds 1 ms\n"
    "                      where a sync takes less than 100 us\n"
    "  --slowed always     that second pass on any disk\n"
    "  --folder DIR        on the disk that is measured (/var/tmp)\n"
    "  --binary FILE       another dealog than the one built beside it\n"
    "  --json FILE --svg FILE   where the results go\n";

[[noreturn]] void explain(std::string_view wrong) {
  fmt::print(stderr, "dealog_bench: {}\n{}", wrong, kUsage);
  std::exit(2);
}

std::vector<int> numbers(const std::string& text) {
  std::vector<int> all;
  if (text.empty() || text == "none") return all;
  for (const auto part : split(text, ',')) all.push_back(std::atoi(std::string(part).c_str()));
  return all;
}

}  // namespace

Options parse_options(int argc, char** argv) {
  const std::filesystem::path self = std::filesystem::canonical("/proc/self/exe");
  const char* source = std::getenv("DEALOG_SOURCE_DIR");
  Options options;
  options.binary = (self.parent_path() / "../../services/dealog/dealog").lexically_normal();
  options.regulation =
      std::string(source == nullptr ? "." : source) + "/deploy/regulations/web-studio.yaml";
  const auto count = [](std::size_t& target) {
    return [&target](const std::string& v) { target = std::strtoul(v.c_str(), nullptr, 10); };
  };
  const std::map<std::string_view, std::function<void(const std::string&)>> known = {
      {"--seconds", [&](const auto& v) { options.seconds = std::atof(v.c_str()); }},
      {"--rounds", [&](const auto& v) { options.rounds = std::max(1, std::atoi(v.c_str())); }},
      {"--connections", [&](const auto& v) { options.connections = numbers(v); }},
      {"--deals", count(options.deals)},
      {"--long", count(options.long_events)},
      {"--only",
       [&](const auto& v) {
         options.only_comparison = v == "comparison";
         options.only_import = v == "import";
         options.only_deliveries = v == "deliveries";
       }},
      {"--deliveries-rate", [&](const auto& v) { options.deliveries_rate = std::atof(v.c_str()); }},
      {"--add-sync-ms", [&](const auto& v) { options.added_sync_ms = std::atof(v.c_str()); }},
      {"--folder",
       [&](const auto& v) { options.folder = std::filesystem::path(v) / "dealog-bench"; }},
      {"--slowed", [&](const auto& v) { options.always_slowed = v == "always"; }},
      {"--binary", [&](const auto& v) { options.binary = v; }},
      {"--json", [&](const auto& v) { options.json = v; }},
      {"--svg", [&](const auto& v) { options.svg = v; }}};
  for (int i = 1; i < argc; i += 2) {
    const auto option = known.find(argv[i]);
    if (option == known.end() || i + 1 == argc) explain(fmt::format("what is {}?", argv[i]));
    option->second(argv[i + 1]);
  }
  return options;
}

}  // namespace dealog::bench
