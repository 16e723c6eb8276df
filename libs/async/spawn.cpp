#include "libs/async/spawn.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "libs/base/assert.hpp"
#include "libs/base/logging.hpp"

namespace dealog {
namespace {

[[noreturn]] void die(const std::string& name, std::string_view what) {
  log_error("a background task ended by an exception", {{"task", name}, {"exception", what}});
  assertion_failed("no exception escapes a spawned coroutine", __FILE__, __LINE__);
}

void check_end(const std::string& name, std::exception_ptr thrown) {
  if (!thrown) return;
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const boost::system::system_error& error) {
    if (error.code() != boost::asio::error::operation_aborted) die(name, error.what());
  } catch (const std::exception& error) {
    die(name, error.what());
  } catch (...) {
    die(name, "not a std::exception");
  }
}

}  // namespace

void spawn_logged(boost::asio::any_io_executor executor, boost::asio::awaitable<void> work,
                  std::string name) {
  boost::asio::co_spawn(
      std::move(executor), std::move(work),
      [name = std::move(name)](std::exception_ptr thrown) { check_end(name, std::move(thrown)); });
}

}  // namespace dealog
