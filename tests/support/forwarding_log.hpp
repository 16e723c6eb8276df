// A log that passes everything on to another one: what is to differ is overridden.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/eventlog/event_log.hpp"

namespace dealog::testing {

// Thread: any, as the other's. The other one must outlive it.
class ForwardingLog : public EventLog {
 public:
  explicit ForwardingLog(EventLog& inner) : inner_(inner) {}

  void append(AppendRequest request, AppendCallback done) override {
    inner_.append(std::move(request), std::move(done));
  }
  Position head() const override { return inner_.head(); }
  Timestamp head_time() const override { return inner_.head_time(); }
  std::string log_id() const override { return inner_.log_id(); }
  Result<void> read(Position from, Direction direction, std::size_t limit,
                    const EventVisitor& visit) const override {
    return inner_.read(from, direction, limit, visit);
  }
  Result<void> read_stream(std::string_view stream, StreamVersion from, Direction direction,
                           std::size_t limit, const EventVisitor& visit) const override {
    return inner_.read_stream(stream, from, direction, limit, visit);
  }
  Result<void> read_tag(bool personal, std::string_view tag, Position from, Direction direction,
                        std::size_t limit, const EventVisitor& visit) const override {
    return inner_.read_tag(personal, tag, from, direction, limit, visit);
  }
  Result<StreamVersion> stream_version(std::string_view stream) const override {
    return inner_.stream_version(stream);
  }
  Result<std::optional<Position>> find_event(const Uuid& id) const override {
    return inner_.find_event(id);
  }
  Result<Position> position_at(Timestamp at) const override { return inner_.position_at(at); }
  Result<std::optional<KeyId>> subject_key(std::string_view subject) const override {
    return inner_.subject_key(subject);
  }
  Result<KeyId> highest_key() const override { return inner_.highest_key(); }
  Result<std::optional<std::string>> raw_body(const Uuid& id) const override {
    return inner_.raw_body(id);
  }
  Result<void> erase_personal_tags(const std::vector<std::string>& hashes) override {
    return inner_.erase_personal_tags(hashes);
  }
  Result<void> erase_raw_body(const Uuid& id) override { return inner_.erase_raw_body(id); }
  std::unique_ptr<Subscription> subscribe(std::function<void(Position)> wake) override {
    return inner_.subscribe(std::move(wake));
  }

 protected:
  EventLog& inner_;
};

}  // namespace dealog::testing
