// What endpoints work with, and who asks.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "libs/async/blocking_pool.hpp"
#include "libs/async/deadline.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/command/regulation_book.hpp"
#include "libs/command/use_cases/erasure.hpp"
#include "libs/command/user_directory.hpp"
#include "libs/event/json_form.hpp"
#include "libs/eventlog/head_signer.hpp"
#include "libs/files/file_store.hpp"
#include "libs/http/request.hpp"
#include "libs/projection/projection_runner.hpp"
#include "libs/projection/queue_floor.hpp"
#include "libs/projection/view_store.hpp"

namespace dealog::api {

class Backtests;

// What is known of the channels by which effects leave.
struct OutboxSettings {
  std::size_t backlog = 500;            // with more due at once a person is asked
  bool mail = false, telegram = false;  // set up
};

// Of the queues that a read which asks for `settled` looks at.
struct QueueFloors {
  QueueFloor deliveries, triggers;
};

// Everything that endpoints use; all of it outlives the server. Thread: any.
struct Api {
  CommandBus& bus;
  const UserDirectory& users;
  const RegulationBook& regulations;
  const ViewStore& views;
  const ProjectionRunner& projections;
  HeadSigner& heads;
  Signal& projected;  // notified whenever the views have moved on
  BlockingPool& reads;
  BlockingPool& imports;  // one thread: imports take turns
  use_cases::DestroyKey destroy_key;
  FileStore& files;
  IdSource& ids;
  Backtests& backtests;
  OutboxSettings outbox = {};
  mutable QueueFloors queues = {};

  const EventLog& log() const { return bus.folds().log(); }
  const KeyRing& keys() const { return bus.folds().keys(); }
  const Clock& clock() const { return bus.clock(); }
};

// One authenticated request.
struct Session {
  Principal principal;
  Language language = Language::kEn;

  PersonalView personal() const {
    return principal.rights.has(user::Right::kPersonal) ? PersonalView::kShown
                                                        : PersonalView::kMasked;
  }
  bool has(user::Right right) const { return principal.rights.has(right); }
};

// Bearer token of the Authorization header (RFC 6750). Errors: kUnauthorized "token_missing" |
// "invalid_token".
Result<Session> authenticate(const Api& api, const http::Request& request);

}  // namespace dealog::api
