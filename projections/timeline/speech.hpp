// What the sentences about events are made with. Inside projections/timeline only.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>
#include <google/protobuf/message.h>

#include "dealog/v1/common.pb.h"
#include "projections/timeline/summary.hpp"

namespace dealog::views {

// One event's sentence in one language. Thread: one.
class Speech {
 public:
  Speech(Language language, const RecordedEvent& event, const EventNames* names)
      : language_(language), event_(event), names_(names) {}

  std::string_view say(std::string_view ru, std::string_view en) const {
    return language_ == Language::kRu ? ru : en;
  }
  Language language() const { return language_; }
  // A code that people read; one that nobody knows stays as it is.
  std::string word(const std::string& code) const;
  // What such a code is called, by whoever asks; the code where nobody knows.
  std::string named(Named what, const std::string& code) const;
  std::string money(const v1::Money& money) const;
  std::string due(const v1::Due& due) const;

 private:
  Language language_;
  const RecordedEvent& event_;
  const EventNames* names_;
};

using Sentence = std::string (*)(const google::protobuf::Message&, const Speech&);
using Sentences = std::unordered_map<const google::protobuf::Descriptor*, Sentence>;

template <class M>
using Typed = std::string (*)(const M&, const Speech&);

template <class M, Typed<M> F>
void add(Sentences& table) {
  table[M::descriptor()] = [](const google::protobuf::Message& m, const Speech& s) {
    return F(static_cast<const M&>(m), s);
  };
}

// In a function that fills a table named `table`: `m` is the event's message, `s` the Speech.
#define DEALOG_SENTENCE(Type, expression)                               \
  add<v1::Type, [](const v1::Type& m, const Speech& s) -> std::string { \
    (void)m;                                                            \
    return std::string(expression);                                     \
  }>(table)

void add_commerce_sentences(Sentences& table);    // quotes, papers, money, prices
void add_automation_sentences(Sentences& table);  // rules, effects

}  // namespace dealog::views
