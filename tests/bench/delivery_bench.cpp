#include "tests/bench/delivery_bench.hpp"

#include <array>
#include <cmath>
#include <thread>

#include <fmt/format.h>

#include "libs/base/clock.hpp"
#include "libs/http/client.hpp"
#include "tests/bench/service_bench.hpp"

namespace dealog::bench {
namespace {

namespace json = boost::json;

constexpr int kConnections = 64;
constexpr std::chrono::minutes kDrainedWithin{5};

// The addresses of one source each.
struct Hooks {
  std::string tilda, telegram, uis;
};

std::string connect(http::Client& client, const json::object& source) {
  const auto answer = client.post_json("/v1/sources", json::serialize(source));
  if (!answer || answer->status != 201) give_up("a source was refused");
  return std::string(json::parse(answer->body).at("hook_url").as_string());
}

Hooks connect_all(const ServerProcess& server) {
  http::Client client("127.0.0.1", server.port());
  client.always("Authorization", "Bearer " + server.token());
  const json::object usual{{"country", "RU"}, {"time_zone", "Europe/Moscow"}};
  json::object keyed = usual;
  keyed["auth"] = {{"in", "header"}, {"name", "X-Api-Key"}};
  return {
      .tilda = connect(
          client,
          {{"provider", "tilda"}, {"name", "Site"}, {"secret", "bench-key"}, {"settings", keyed}}),
      .telegram = connect(client, {{"provider", "telegram"},
                                   {"name", "Bot"},
                                   {"secret", "bench-secret"},
                                   {"settings", usual}}),
      .uis =
          connect(client, {{"provider", "uis-comagic"}, {"name", "Calls"}, {"settings", usual}})};
}

std::string hook(const std::string& path, std::string_view header, std::string_view type,
                 const std::string& body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: bench\r\n{}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}",
      path, header, type, body.size(), body);
}

// One in four each is a form and a chat's message, two are what a telephone exchange tells of a
// call. People come back: a thousand phones call, write and fill in forms.
MakeRequest deliveries(const Hooks& hooks, std::size_t first) {
  return [&hooks, first](std::size_t n) {
    const std::size_t i = first + n;
    const std::string phone = fmt::format("7916{:07}", 5'000'000 + i * 7919 % 1000);
    switch (i % 4) {
      case 0:
        return hook(hooks.tilda, "X-Api-Key: bench-key", "application/x-www-form-urlencoded",
                    fmt::format("Name=Guest&Phone=%2B{}&tranid=100:{}&formid=form100&"
                                "Comment=Please+call+about+a+site",
                                phone, i));
      case 1:
        return hook(hooks.telegram, "X-Telegram-Bot-Api-Secret-Token: bench-secret",
                    "application/json",
                    fmt::format(R"({{"update_id":{},"message":{{"message_id":{},"date":1790000000,)"
                                R"("chat":{{"id":{},"type":"private","first_name":"Guest"}},)"
                                R"("from":{{"id":{},"is_bot":false,"first_name":"Guest"}},)"
                                R"("text":"When can you start?"}}}})",
                                i, i, 1000 + i % 1000, 1000 + i % 1000));
      default: {
        const std::size_t call = i / 4;
        const bool ends = i % 4 == 3;
        return hook(hooks.uis, "X-Bench: 1", "application/json",
                    fmt::format(R"({{"notification_mnemonic":"{}","call_session_id":{},)"
                                R"("direction":"in","virtual_phone_number":"74951112233",)"
                                R"("contact_phone_number":"{}","talk_time_duration":{},)"
                                R"("total_time_duration":70,)"
                                R"("notification_time":"2026-03-05 14:24:30"}})",
                                ends ? "call_finished" : "talk_started", call,
                                fmt::format("7916{:07}", 5'000'000 + call % 1000), ends ? 60 : 0));
      }
    }
  };
}

double pending(const ServerProcess& server) {
  return server.metrics()["dealog_deliveries{state=\"pending\"}"];
}

// Until all are decoded and in the views; deliveries a second.
double drain(const ServerProcess& server, double since_s) {
  const auto start = steady_now();
  const double waiting = pending(server);
  while (pending(server) > 0) {
    if (steady_now() - start > kDrainedWithin) give_up("the deliveries are not decoded");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const double seconds = std::chrono::duration<double>(steady_now() - start).count();
  fmt::print("{:.0f} were not decoded yet at its end; all were {:.1f} s later\n", waiting, seconds);
  return seconds + since_s;
}

// Until the delivery is understood; the deal that it opened was written with that and is on the
// board.
void wait_until_accepted(http::Client& client, const http::ClientResponse& received) {
  const std::string target =
      fmt::format("/v1/deliveries/{}?min_position={}", received.header("Dealog-Delivery"),
                  received.header("Dealog-Position"));
  const auto start = steady_now();
  for (;;) {
    const auto answer = client.get(target);
    if (!answer || answer->status != 200) give_up("a watched delivery was not to be read");
    if (json::parse(answer->body).at("state").as_string() == "accepted") return;
    if (steady_now() - start > kDrainedWithin) give_up("a watched delivery was not accepted");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

// From before a form is sent until its deal is on the board.
Latencies until_on_the_board(const ServerProcess& server, const Hooks& hooks, double seconds) {
  http::Client client("127.0.0.1", server.port());
  client.always("Authorization", "Bearer " + server.token());
  const auto start = steady_now();
  Latencies latencies;
  for (std::size_t n = 0; std::chrono::duration<double>(steady_now() - start).count() < seconds;
       ++n) {
    const auto sent = steady_now();
    const auto received = client.request(
        "POST", hooks.tilda,
        fmt::format("Name=Watched&Phone=%2B7917{:07}&tranid=200:{}", 6'000'000 + n, n),
        {{"X-Api-Key", "bench-key"}, {"Content-Type", "application/x-www-form-urlencoded"}});
    if (!received || received->status != 200) give_up("a watched delivery was refused");
    wait_until_accepted(client, *received);
    latencies.add(steady_now() - sent);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return latencies;
}

// Not more than so many a second; the generator has one thread, which sleeps here.
MakeRequest paced(MakeRequest make, double rate) {
  return [make = std::move(make), rate, start = steady_now()](std::size_t n) {
    std::this_thread::sleep_until(
        start + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                    std::chrono::duration<double>(static_cast<double>(n) / rate)));
    return make(n);
  };
}

}  // namespace

json::object measure_deliveries(const Options& options) {
  ServerProcess server(options.binary, options.folder / "deliveries", options.regulation);
  const Hooks hooks = connect_all(server);
  print_phase_header("deals opened, then touches on them");
  const auto deals = open_deals(server, options, 1000, kConnections);
  const Phase touched = run_phase(server, options, kConnections, 0, touches(server, deals));

  print_phase_header("a burst of deliveries: forms, messages, calls");
  Phase burst = run_phase(server, options, kConnections, 0, deliveries(hooks, 0));
  const double decoded_s = drain(server, burst.measured.seconds);
  const double decoded = burst.measured.rate() * burst.measured.seconds / decoded_s;
  fmt::print("{:.2f} of plain touches; decoded and projected at {:.0f} a second\n",
             burst.measured.rate() / touched.measured.rate(), decoded);

  print_phase_header(fmt::format("a steady {:.0f} a second", options.deliveries_rate));
  Latencies board;
  std::thread watch([&] { board = until_on_the_board(server, hooks, options.seconds); });
  Phase steady = run_phase(server, options, kConnections, 0,
                           paced(deliveries(hooks, 100'000'000), options.deliveries_rate));
  watch.join();
  fmt::print("from receipt to the board: p50 {:.1f} ms, p99 {:.1f} ms, {} watched\n",
             board.quantile(0.5), board.quantile(0.99), board.count());
  drain(server, 0);
  return {{"burst_rate", std::round(burst.measured.rate())},
          {"burst_p50_ms", burst.measured.latencies.quantile(0.5)},
          {"burst_p99_ms", burst.measured.latencies.quantile(0.99)},
          {"burst_to_touches", burst.measured.rate() / touched.measured.rate()},
          {"decoded_rate", std::round(decoded)},
          {"steady_rate", std::round(steady.measured.rate())},
          {"steady_p99_ms", steady.measured.latencies.quantile(0.99)},
          {"board_p50_ms", board.quantile(0.5)},
          {"board_p99_ms", board.quantile(0.99)}};
}

}  // namespace dealog::bench
