#include "libs/http/sse.hpp"

namespace dealog::http {
namespace {

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

void put_line(std::string& out, std::string_view field, std::string_view value) {
  out.append(field).append(": ").append(value).append("\n");
}

}  // namespace

std::string sse_event(std::string_view id, std::string_view name, std::string_view data) {
  std::string out;
  out.reserve(id.size() + name.size() + data.size() + 32);
  if (!id.empty()) put_line(out, "id", first_line(id));
  if (!name.empty()) put_line(out, "event", first_line(name));
  for (;;) {
    const auto line = first_line(data);
    put_line(out, "data", line);
    if (line.size() == data.size()) break;
    const bool pair = data.substr(line.size()).starts_with("\r\n");
    data.remove_prefix(line.size() + (pair ? 2 : 1));
  }
  out += '\n';
  return out;
}

std::string sse_retry(int milliseconds) {
  return "retry: " + std::to_string(milliseconds) + "\n\n";
}

std::string_view sse_heartbeat() { return ":\n\n"; }

}  // namespace dealog::http
