#include "libs/http/problem.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "libs/base/invalid_input.hpp"
#include "libs/base/logging.hpp"

namespace dealog::http {
namespace {

namespace json = boost::json;

struct Title {
  int status;
  std::string_view ru;
  std::string_view en;
};

constexpr Title kTitles[] = {
    {400, "Запрос составлен неверно", "The request is not valid"},
    {401, "Нужно представиться", "Authentication is needed"},
    {403, "Нет права на это действие", "This is not allowed for you"},
    {404, "Не найдено", "Not found"},
    {405, "Этот метод здесь не поддерживается", "The method is not allowed here"},
    {406, "Такой ответ дать нельзя", "No such answer can be given"},
    {408, "Запрос пришёл слишком медленно", "The request came too slowly"},
    {409, "Состояние изменилось или не допускает этого", "The current state does not allow this"},
    {412, "Данные успели измениться", "The data has changed meanwhile"},
    {413, "Запрос слишком велик", "The request is too large"},
    {414, "Адрес запроса слишком длинный", "The address of the request is too long"},
    {415, "Этот тип содержимого не поддерживается", "The content type is not supported"},
    {417, "Это ожидание не поддерживается", "The expectation is not supported"},
    {422, "Правила не допускают этого", "The rules do not allow this"},
    {431, "Заголовки запроса слишком велики", "The headers of the request are too large"},
    {500, "Внутренняя ошибка", "Internal error"},
    {501, "Этого сервис не умеет", "This is not implemented"},
    {503, "Сейчас не получается, повторите позже", "Not possible right now, try again later"},
};

std::string_view title_of(int status, Language language) {
  for (const Title& title : kTitles) {
    if (title.status == status) return language == Language::kRu ? title.ru : title.en;
  }
  return language == Language::kRu ? "Ошибка" : "Error";
}

// An internal error is for the log, not for strangers.
std::string public_detail(const Error& error, Language language) {
  if (error.kind != ErrorKind::kInternal) return error.message;
  log_error("a request failed inside", {{"code", error.code}, {"error", error.message}});
  return language == Language::kRu
             ? "Это ошибка сервиса. Назовите администратору X-Request-Id этого ответа."
             : "This is a fault of the service. Tell the administrator the X-Request-Id of this "
               "answer.";
}

json::array errors_of(const std::vector<FieldError>& fields) {
  json::array list;
  list.reserve(fields.size());
  for (const FieldError& field : fields) {
    const bool of_query = field.pointer.starts_with(kParameterMark);
    list.push_back(json::object{{of_query ? "parameter" : "pointer",
                                 std::string_view(field.pointer).substr(of_query ? 1 : 0)},
                                {"code", field.code},
                                {"message", field.message}});
  }
  return list;
}

void merge(json::object& into, const std::string& data) {
  if (data.empty()) return;
  boost::system::error_code ignored;
  json::value extra = json::parse(data, ignored);
  if (ignored || !extra.is_object()) {
    log_error("Error::data is not a JSON object", {{"bytes", data.size()}});
    return;
  }
  for (auto& member : extra.get_object()) into.emplace(member.key(), std::move(member.value()));
}

Response rendered(int status, json::object body) {
  Response response;
  response.status = status;
  response.content_type = media_type::kProblem;
  response.body = json::serialize(body);
  if (status == 503) response.headers.add("Retry-After", std::to_string(kRetryAfter.count()));
  if (status == 401) response.headers.add("WWW-Authenticate", "Bearer");
  return response;
}

json::object common(int status, std::string_view code, std::string detail, Language language) {
  json::object body;
  body["type"] = "urn:dealog:problem:" + std::string(code);
  body["title"] = title_of(status, language);
  body["status"] = status;
  body["detail"] = std::move(detail);
  body["code"] = code;
  return body;
}

}  // namespace

int status_of(const Error& error) {
  if (error.code == "unsupported_media_type") return 415;
  if (error.code == "not_acceptable") return 406;
  switch (error.kind) {
    case ErrorKind::kInvalid:
      return 400;
    case ErrorKind::kUnauthorized:
      return 401;
    case ErrorKind::kForbidden:
      return 403;
    case ErrorKind::kNotFound:
      return 404;
    case ErrorKind::kConflict:
      return 409;
    case ErrorKind::kPrecondition:
      return 412;
    case ErrorKind::kTooLarge:
      return 413;
    case ErrorKind::kUnprocessable:
      return 422;
    case ErrorKind::kUnavailable:
    case ErrorKind::kUnknown:
      return 503;
    case ErrorKind::kInternal:
      return 500;
  }
  return 500;
}

Response problem(const Error& error, Language language) {
  const int status = status_of(error);
  json::object body = common(status, error.code, public_detail(error, language), language);
  if (!error.fields.empty()) body["errors"] = errors_of(error.fields);
  merge(body, error.data);
  return rendered(status, std::move(body));
}

Response problem(const Request& request, const Error& error) {
  return problem(error, request.language());
}

Response problem(int status, std::string_view code, std::string detail, Language language) {
  return rendered(status, common(status, code, std::move(detail), language));
}

}  // namespace dealog::http
