// Starting a coroutine that nobody waits for.
#pragma once

#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace dealog {

// Runs `work` on `executor`. An exception that escapes is a bug: it is logged with `name` and the
// process aborts. The exception of a cancelled wait (operation_aborted) is an ordinary end.
// Thread: any.
void spawn_logged(boost::asio::any_io_executor executor, boost::asio::awaitable<void> work,
                  std::string name);

}  // namespace dealog
