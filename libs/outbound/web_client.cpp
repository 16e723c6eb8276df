#include "libs/outbound/web_client.hpp"

#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/outbound/curl_parts.hpp"

namespace dealog::outbound {
namespace {

// What one transfer collects; libcurl's callbacks get a pointer to it.
struct Transfer {
  AddressCheck address;
  std::size_t limit;
  bool too_large = false;
  WebAnswer answer;
};

std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (transfer.answer.body.size() + size > transfer.limit) {
    transfer.too_large = true;
    return 0;
  }
  transfer.answer.body.append(bytes, size);
  return size;
}

std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* context) {
  auto& answer = static_cast<Transfer*>(context)->answer;
  const std::string_view line(bytes, size);
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  const std::string name = to_lower_ascii(line.substr(0, colon));
  const std::string_view value = trim(line.substr(colon + 1));
  if (name == "content-type") answer.content_type = std::string(value);
  if (name == "retry-after") {
    const auto seconds = parse_number<std::int64_t>(value);
    if (seconds && *seconds >= 0) answer.retry_after = std::chrono::seconds(*seconds);
  }
  return size;
}

std::unexpected<Error> failure_of(CURLcode code, const Transfer& transfer) {
  const auto unavailable = [](const char* name, const char* words) {
    return fail(ErrorKind::kUnavailable, name, words);
  };
  if (transfer.address.refused) {
    return unavailable("address_refused", "the address is not a public one");
  }
  if (transfer.too_large) {
    return unavailable("answer_too_large", "the answer is longer than what is taken");
  }
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return fail(ErrorKind::kInvalid, "invalid_url", "the URL is not one that may be called");
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_ABORTED_BY_CALLBACK:
      return unavailable("timeout", "there was no whole answer in time");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return unavailable("tls_failed", "no trusted TLS connection came to be");
    default:
      return unavailable("connection_failed", "the server could not be reached");
  }
}

struct HeaderList {
  curl_slist* first = nullptr;
  ~HeaderList() { curl_slist_free_all(first); }
  void add(const std::string& line) { first = curl_slist_append(first, line.c_str()); }
};

bool in_one_line(std::string_view text) { return text.find_first_of("\r\n\0") == text.npos; }

}  // namespace

struct WebClient::Handle {
  CURL* curl = curl_easy_init();
  ~Handle() { curl_easy_cleanup(curl); }
};

WebClient::WebClient(Reach reach) : reach_(reach) {
  prepare_curl();
  handle_ = std::make_unique<Handle>();
}

WebClient::~WebClient() = default;

Result<WebAnswer> WebClient::send(const WebRequest& request) {
  CURL* curl = handle_->curl;
  went_out_ = false;
  curl_easy_reset(curl);  // options only: connections stay
  Transfer transfer{.address = {.reach = reach_}, .limit = request.answer_bytes, .answer = {}};
  HeaderList headers;
  for (const auto& [name, value] : request.headers) {
    if (!in_one_line(name) || !in_one_line(value)) {
      return fail(ErrorKind::kInvalid, "invalid_header", "a header holds a line break");
    }
    headers.add(name + ": " + value);
  }
  headers.add("Expect:");
  const char* schemes = reach_ == Reach::kPublic ? "https" : "http,https";
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, schemes);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.first);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "dealog");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(kConnectTimeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(request.answer_timeout.count()));
  // However long an answer may take as a whole: so long nothing may come of it.
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(kAnswerTimeout.count()));
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &open_checked_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &transfer.address);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  if (request.method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  if (!request.body.empty()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
  }
  StopWatch stop(request.stop);
  stop.watch(curl);
  const CURLcode code = curl_easy_perform(curl);
  long sent = 0;
  curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
  went_out_ = sent > 0;
  if (code != CURLE_OK) return failure_of(code, transfer);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  transfer.answer.status = static_cast<int>(status);
  const char* location = nullptr;
  curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
  if (location != nullptr) transfer.answer.location = location;
  return std::move(transfer.answer);
}

}  // namespace dealog::outbound
