// A channel that keeps what it is given instead of sending it.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "services/automation/channel.hpp"

namespace dealog::scenario {

// What a channel was given, and how it answers: as told, else that all is well.
struct Post {
  struct Sent {
    std::string key, title, text, person, user;
  };
  std::mutex mutex;
  std::vector<Sent> sent;
  std::deque<effect::SettleEffect> answers;
};

// Thread: any.
class FakeChannel final : public automation::Channel {
 public:
  FakeChannel(effect::Channel name, Post& post) : name_(name), post_(post) {}
  effect::Channel name() const override { return name_; }
  bool ready() const override { return true; }
  effect::SettleEffect send(const EffectId& id, const effect::State& state) override {
    const std::scoped_lock lock(post_.mutex);
    post_.sent.push_back({id.text(), state.title, state.text, state.person, state.user});
    if (post_.answers.empty()) return {.answer = 250, .reason = {}};
    auto answer = post_.answers.front();
    post_.answers.pop_front();
    return answer;
  }

 private:
  effect::Channel name_;
  Post& post_;
};

}  // namespace dealog::scenario
