#include "services/api/render/fetch.hpp"

#include <array>

namespace dealog::api {
namespace {

struct Reason {
  std::string_view code, ru, en;
};

constexpr std::array kReasons{
    Reason{"invalid_url",
           "Адрес не такой, какие вызываются: нужен https. Серверы своей сети и http разрешает "
           "настройка [outbound] private_addresses = true в файле конфигурации",
           "The address is none that is called: https is needed. [outbound] private_addresses = "
           "true in the configuration file allows servers of the same network and http"},
    Reason{"address_refused",
           "Адрес не публичный: такие разрешает настройка [outbound] private_addresses = true в "
           "файле конфигурации",
           "The address is not a public one: [outbound] private_addresses = true in the "
           "configuration file allows those"},
    Reason{"api_key_missing",
           "У источника нет секрета api, без которого провайдер не отвечает: добавьте его "
           "(PATCH /v1/sources/{id}) и повторите",
           "The source has no secret \"api\", without which the provider does not answer: add it "
           "(PATCH /v1/sources/{id}) and retry"},
    Reason{
        "api_url_missing",
        "У источника не указано, где API провайдера: добавьте настройку api_url и повторите",
        "The source does not say where the provider's API is: add the setting api_url and retry"},
    Reason{"address_not_theirs",
           "Доставка называет адрес не этого провайдера; его ключ туда не отправляется",
           "The delivery names an address that is not the provider's; its key is not sent there"},
    Reason{"status_401", "Провайдер не принимает ключ: проверьте секрет api и повторите",
           "The provider refuses the key: check the secret \"api\" and retry"},
    Reason{"status_403", "Ключу не хватает прав у провайдера: дайте их и повторите",
           "The key lacks rights at the provider: grant them and retry"},
    Reason{"status_404", "У провайдера этого нет", "The provider does not have it"},
    Reason{"rate_limited", "Провайдер просит спрашивать реже; попытки продолжаются",
           "The provider wants to be asked less often; it is tried again"},
    Reason{"answer_too_large", "Ответ больше, чем принимается",
           "The answer is larger than what is taken"},
    Reason{"timeout", "Провайдер не ответил вовремя", "The provider did not answer in time"},
    Reason{"tls_failed", "Защищённое соединение не установилось",
           "No trusted TLS connection came to be"},
    Reason{"connection_failed", "До сервера не дозвониться", "The server cannot be reached"},
    Reason{"not_a_recording", "По адресу записи — страница, а не звук",
           "What lies at the recording's address is a page and no sound"},
    Reason{"person_erased", "Человек, о котором это, стёрт",
           "The person whom it is about was erased"}};

json::value reason_of(std::string_view code, Language language) {
  for (const auto& reason : kReasons) {
    if (reason.code == code) return json::string(language == Language::kRu ? reason.ru : reason.en);
  }
  return nullptr;
}

}  // namespace

json::object render(const views::Fetch& fetch, Language language) {
  return {{"id", fetch.id},
          {"source", fetch.source},
          {"delivery", fetch.delivery},
          {"what", fetch.what},
          {"status", fetch.status},
          {"attempts", fetch.attempts},
          {"code", or_null(fetch.code)},
          {"reason", reason_of(fetch.code, language)},
          {"next_at", render(fetch.next_at)},
          {"requested_at", render(fetch.requested_at)},
          {"answer", or_null(fetch.answer)}};
}

}  // namespace dealog::api
