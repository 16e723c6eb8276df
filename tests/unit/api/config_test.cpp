#include "services/dealog/config.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

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
      "[reads]\nthreads = 5\n",
      "dealog.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->listen, "[::1]:0");
  EXPECT_EQ(config->io_threads, 3);
  EXPECT_EQ(config->trusted_proxies.size(), 1u);
  EXPECT_FALSE(config->access_log);
  EXPECT_EQ(config->log_level, LogLevel::kError);
  EXPECT_EQ(config->command_threads, 4);
  EXPECT_EQ(config->read_threads, 5);
}

TEST(Configuration, NamesThePlaceOfAMistake) {
  EXPECT_EQ(message_of("[server]\nlistn = \"x\"\n"), "dealog.toml:2:9: unknown key 'server.listn'");
  EXPECT_NE(message_of("[server]\nio_threads = 0\n").find("dealog.toml:2"), std::string::npos);
  EXPECT_NE(message_of("[server]\nlisten = \"localhost\"\n").find("127.0.0.1:8080"),
            std::string::npos);
  EXPECT_NE(message_of("[server\n").find("dealog.toml:1"), std::string::npos);
  EXPECT_NE(message_of("[server]\ncertificate = \"a.pem\"\n").find("private_key"),
            std::string::npos);
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
