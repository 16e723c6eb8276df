#include "services/dealog/config.hpp"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "services/dealog/channel_settings.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog {
namespace {

std::string message_of(std::string_view toml) {
  const auto config = parse_config(toml, "dealog.toml");
  return config ? "" : config.error().message;
}

TEST(Configuration, DocumentedFileIsTheDefaults) {
  const char* root = std::getenv("DEALOG_SOURCE_DIR");
  const auto config =
      load_config(std::string(root == nullptr ? "." : root) + "/deploy/dealog.toml");
  ASSERT_TRUE(config) << config.error().message;
  const Config defaults;
  EXPECT_EQ(config->listen, defaults.listen);
  EXPECT_EQ(config->io_threads, defaults.io_threads);
  EXPECT_EQ(config->command_threads, defaults.command_threads);
  EXPECT_EQ(config->read_threads, defaults.read_threads);
  EXPECT_EQ(config->access_log, defaults.access_log);
  EXPECT_EQ(config->log_level, defaults.log_level);
}

TEST(Configuration, ReadsEveryKey) {
  const auto config = parse_config(
      "[server]\nlisten = \"[::1]:0\"\nio_threads = 3\ntrusted_proxies = [\"10.0.0.0/8\"]\n"
      "access_log = false\n[log]\nlevel = \"error\"\n[commands]\nthreads = 4\n"
      "[reads]\nthreads = 5\n[mail]\nbcc_domain = \"in.example.ru\"\n",
      "dealog.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->listen, "[::1]:0");
  EXPECT_EQ(config->io_threads, 3);
  EXPECT_EQ(config->trusted_proxies.size(), 1u);
  EXPECT_FALSE(config->access_log);
  EXPECT_EQ(config->log_level, LogLevel::kError);
  EXPECT_EQ(config->command_threads, 4);
  EXPECT_EQ(config->read_threads, 5);
  EXPECT_EQ(config->bcc_domain, "in.example.ru");
}

TEST(Configuration, NamesThePlaceOfAMistake) {
  EXPECT_EQ(message_of("[server]\nlistn = \"x\"\n"), "dealog.toml:2:9: unknown key 'server.listn'");
  EXPECT_NE(message_of("[server]\nio_threads = 0\n").find("dealog.toml:2"), std::string::npos);
  EXPECT_NE(message_of("[server]\nlisten = \"localhost\"\n").find("127.0.0.1:8080"),
            std::string::npos);
  EXPECT_NE(message_of("[mail]\nbcc_domain = \"a@b\"\n").find("without @"), std::string::npos);
  EXPECT_NE(message_of("[server\n").find("dealog.toml:1"), std::string::npos);
  EXPECT_NE(message_of("[server]\ncertificate = \"a.pem\"\n").find("private_key"),
            std::string::npos);
}

TEST(Configuration, ReadsHowEffectsLeave) {
  const auto config = parse_config(
      "[server]\npublic_url = \"https://crm.example.com/\"\n[outbound]\nbacklog = 7\n"
      "[mail]\nserver = \"smtp.example.com\"\nport = 465\nsecurity = \"tls\"\nuser = \"dealog\"\n"
      "from = \"sales@example.com\"\nfrom_name = \"Studio\"\nreply_to = \"a@example.com\"\n"
      "[telegram]\napi_url = \"http://127.0.0.1:1\"\n",
      "dealog.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->public_url, "https://crm.example.com");
  EXPECT_EQ(config->backlog, 7);
  const auto mail = mail_settings(*config);
  ASSERT_TRUE(mail) << mail.error().message;
  EXPECT_EQ(mail->server.security, outbound::SmtpSecurity::kTls);
  EXPECT_EQ(mail->server.port, 465);
  EXPECT_EQ(mail->from.address, "sales@example.com");
  EXPECT_EQ(telegram_settings(*config)->api_url, "http://127.0.0.1:1");
  EXPECT_NE(message_of("[mail]\nsecurity = \"ssl\"\n").find("starttls, tls or none"),
            std::string::npos);
  EXPECT_NE(message_of("[server]\npublic_url = \"crm\"\n").find("https://"), std::string::npos);
}

TEST(Configuration, TakesSecretsFromFilesAndSaysWhichItCannotRead) {
  const testing_support::TempFolder folder;
  const auto file = folder.path() / "secret";
  Config config;
  config.mail_server = "smtp.example.com";
  config.mail_from = "sales@example.com";
  config.mail_password_file = config.telegram_token_file = file.string();
  EXPECT_EQ(mail_settings(config).error().code, "secret_unreadable");
  EXPECT_NE(mail_settings(config).error().message.find("mail.password_file"), std::string::npos);
  std::ofstream(file) << "hunter2 \nmore\n";
  EXPECT_EQ(mail_settings(config)->server.password, "hunter2");
  EXPECT_EQ(telegram_settings(config)->token, "hunter2");
  config.mail_from = "nobody";
  EXPECT_EQ(mail_settings(config).error().code, "invalid_mail_settings");
}

TEST(Configuration, RefusesAddressesThatAreNone) {
  for (const char* text : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                           "127.0.0.1:8x", "host:80", "[::1:80"}) {
    EXPECT_FALSE(parse_listen(text)) << text;
  }
  EXPECT_EQ(parse_listen("[::1]:80")->host, "::1");
}

}  // namespace
}  // namespace dealog
