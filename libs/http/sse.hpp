// Server-sent events (WHATWG HTML, 9.2): the text of one event.
#pragma once

#include <string>
#include <string_view>

namespace dealog::http {

// "id: 7\nevent: DealOpened\ndata: {…}\n\n"; a line break in `data` makes several data lines.
// `id` and `name` may be empty and must hold no line breaks (they are cut there).
std::string sse_event(std::string_view id, std::string_view name, std::string_view data);
// How long a client waits before it comes back.
std::string sse_retry(int milliseconds);
// A comment that keeps the connection open.
std::string_view sse_heartbeat();

}  // namespace dealog::http
