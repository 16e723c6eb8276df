// What tests of telephony and messengers ask of their providers.
#pragma once

#include <gtest/gtest.h>

#include "tests/unit/connectors/deliveries.hpp"

namespace dealog::connectors::testing_support {

inline std::vector<Fact> decoded(const Provider& provider, const Delivery& delivery,
                                 const SourceSettings& settings) {
  auto facts = provider.decode(delivery, settings);
  if (!facts) throw std::runtime_error(facts.error().code + ": " + facts.error().message);
  return std::move(*facts);
}

inline Fact decoded_one(const Provider& provider, const Delivery& delivery,
                        const SourceSettings& settings) {
  auto facts = decoded(provider, delivery, settings);
  if (facts.size() != 1) throw std::runtime_error("not one fact");
  return std::move(facts.front());
}

inline const CallFact& call(const Fact& fact) { return std::get<CallFact>(fact.content); }
inline const MessageFact& message(const Fact& fact) { return std::get<MessageFact>(fact.content); }

// "accepted", or the code of the reason why a delivery cannot be understood.
inline std::string refusal(const Provider& provider, const Delivery& delivery,
                           const SourceSettings& settings) {
  const auto facts = provider.decode(delivery, settings);
  return facts ? "accepted" : facts.error().code;
}

inline std::string key_of(const Provider& provider, const Delivery& delivery,
                          const SourceSettings& settings) {
  return provider.receive(delivery, settings).delivery_key;
}

// Whether every delivery that differs from this one by a byte of `text` (which lies in the
// delivery) is refused.
inline void expect_each_byte_matters(const Provider& provider, Delivery& delivery,
                                     const SourceSettings& settings, std::string& text) {
  ASSERT_FALSE(text.empty());
  ASSERT_TRUE(provider.verify(delivery, settings).ok())
      << provider.verify(delivery, settings).reason;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char kept = std::exchange(text[i], static_cast<char>(text[i] ^ 1));
    EXPECT_EQ(provider.verify(delivery, settings).status(), 401) << "byte " << i;
    text[i] = kept;
  }
}

}  // namespace dealog::connectors::testing_support
