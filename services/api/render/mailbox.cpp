#include "services/api/render/mailbox.hpp"

#include <array>

namespace dealog::api {
namespace {

struct Reason {
  std::string_view code, ru, en;
};

// Why a mailbox cannot be read and what to do about it.
constexpr std::array kReasons{
    Reason{"login_refused",
           "Сервер не принимает имя или пароль: проверьте их и доступ по IMAP в настройках почты",
           "The server refuses the user or the password: check both, and that IMAP is switched on"},
    Reason{
        "app_password_required",
        "Сервер ждёт пароль приложения: создайте его в настройках почты и введите вместо обычного",
        "The server wants an application password: make one in the mail settings and give it "
        "instead of the usual one"},
    Reason{"token_refused",
           "Доступ к почте отозван или истёк: разрешите его заново и введите новый refresh token",
           "The access to the mailbox was taken back or has run out: allow it again and give the "
           "new refresh token"},
    Reason{"token_server_failed",
           "Сервер, выдающий токены доступа, не отвечает как должен: проверьте token_url",
           "The server that gives out access tokens does not answer as it should: check token_url"},
    Reason{"certificate_untrusted",
           "Сертификат сервера не подписан никем, кому мы доверяем, или выдан на другое имя",
           "The server's certificate is not signed by anybody we trust, or for another name"},
    Reason{"tls_failed",
           "Защищённое соединение не установилось: проверьте порт и вид защиты (tls, starttls)",
           "No TLS connection came to be: check the port and the kind of TLS (tls, starttls)"},
    Reason{"plain_refused", "Без TLS читаются только серверы своей сети",
           "Without TLS only servers in the same network are read"},
    Reason{"address_refused",
           "Адрес сервера не публичный: такие разрешает настройка [outbound] private_addresses",
           "The server's address is not a public one: [outbound] private_addresses allows those"},
    Reason{"server_not_found", "Сервера с таким именем нет: проверьте host",
           "There is no server of that name: check the host"},
    Reason{"folder_missing", "На сервере нет одной из указанных папок",
           "The server lacks one of the folders that the settings name"},
    Reason{"timeout", "Сервер не отвечает; попытки продолжаются",
           "The server does not answer; it is tried again"},
    Reason{"connection_failed", "До сервера не дозвониться; попытки продолжаются",
           "The server cannot be reached; it is tried again"},
    Reason{"connection_lost", "Сервер обрывает соединение; попытки продолжаются",
           "The server ends the connection; it is tried again"},
    Reason{"server_refused", "Сервер отказывается отвечать на запрос писем; попытки продолжаются",
           "The server refuses to give its mails; it is tried again"}};

std::string_view words_of(std::string_view code, Language language) {
  for (const auto& reason : kReasons) {
    if (reason.code == code) return language == Language::kRu ? reason.ru : reason.en;
  }
  return language == Language::kRu ? "Почтовый ящик не читается; попытки продолжаются"
                                   : "The mailbox cannot be read; it is tried again";
}

}  // namespace

json::object render(const views::Mailbox& mailbox, Language language) {
  const bool failing = mailbox.failing_since.has_value();
  json::object out{{"state", failing             ? "failing"
                             : mailbox.connected ? "connected"
                                                 : "waiting"},
                   {"last_read_at", render(mailbox.last_read_at)},
                   {"mails", mailbox.mails}};
  if (failing) {
    out["code"] = mailbox.code;
    out["reason"] = words_of(mailbox.code, language);
    out["failing_since"] = render(mailbox.failing_since);
  }
  return out;
}

}  // namespace dealog::api
