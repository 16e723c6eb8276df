#include "libs/http/io_loop.hpp"

#include <pthread.h>

#include "libs/base/assert.hpp"
#include "libs/base/clock.hpp"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/http/limits.hpp"
#include "libs/http/response_writer.hpp"
#include "libs/http/session.hpp"

namespace dealog::http {
namespace {

constexpr std::size_t kIdLetters = 15;

}  // namespace

IoLoop::IoLoop()
    : context_(1),
      work_(context_.get_executor()),
      timer_(context_),
      random_(get_u64(random_bytes(8))) {}

IoLoop::~IoLoop() { DEALOG_ASSERT(!thread_.joinable()); }

void IoLoop::start() {
  tick();
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "http");
    context_.run();
  });
}

void IoLoop::finish() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void IoLoop::enter(Session& session) {
  session.set_place(sessions_.size());
  sessions_.push_back(&session);
}

void IoLoop::leave(Session& session) {
  const std::size_t place = session.place();
  DEALOG_ASSERT(sessions_[place] == &session);
  sessions_[place] = sessions_.back();
  sessions_[place]->set_place(place);
  sessions_.pop_back();
}

void IoLoop::tick() {
  const std::int64_t seconds = SystemClock().now().us / 1'000'000;
  if (seconds != date_seconds_) {
    date_seconds_ = seconds;
    date_ = http_date(seconds);
  }
  const auto now = steady_now();
  for (Session* session : sessions_) session->tick(now);
  arm();
}

void IoLoop::arm() {
  timer_.expires_after(kSweepInterval);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

std::string IoLoop::make_request_id() {
  static constexpr char kLetters[] = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string id(kIdLetters, '0');
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kIdLetters; ++i, bits >>= 5) {
    if (i % 12 == 0) bits = random_();
    id[i] = kLetters[bits & 31];
  }
  return id;
}

}  // namespace dealog::http
