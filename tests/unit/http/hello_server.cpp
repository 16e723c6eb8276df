// The smallest server on libs/http, for measuring it (see libs/http/README.md): answers /v1/hello
// until its standard input ends.
#include <cstdio>

#include <boost/json.hpp>

#include "libs/base/logging.hpp"
#include "libs/http/json_reader.hpp"
#include "libs/http/server.hpp"

using namespace dealog;
using namespace dealog::http;

namespace {

boost::asio::awaitable<Result<Response>> hello(Request request) {
  co_return Response::json(200, boost::json::object{{"hello", request.param("name")}});
}

Result<Response> echo(const Request& request) {
  auto document = TRY(read_json(request));
  auto& in = document.object();
  const auto title = in.required_string("title", limits::kTitleBytes);
  const auto count = in.optional_integer("count", 0, 100);
  TRY(document.finish());
  return Response::json(201, boost::json::object{{"title", title}, {"count", count.value_or(1)}});
}

}  // namespace

int main(int argc, char** argv) {
  const bool logging = argc > 1 && std::string_view(argv[1]) == "--log";
  set_log_level(logging ? LogLevel::kInfo : LogLevel::kWarning);
  Router router;
  router.add(Method::kGet, "/v1/hello/{name}", ResultHandler(hello));
  router.add(Method::kPost, "/v1/echo", PlainHandler(echo));
  auto server = Server::start({.port = 0, .access_log = logging}, std::move(router));
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().message.c_str());
    return 1;
  }
  std::printf("listening on %s\n", (*server)->url().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}
