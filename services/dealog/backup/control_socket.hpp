// How commands of this machine talk to the service that has a data folder open: a socket in that
// folder, which only its owner can reach. One line asks, one line of JSON answers.
//
//   checkpoint      {"folder":"…"}: a copy of log and keys, made of links; gone when the caller
//   hangs up anything else   {"error":"…"}
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "libs/base/result.hpp"

namespace dealog {

inline constexpr const char* kControlSocket = "control.sock";

// Makes the copy at the path given, which does not exist yet.
using MakeCheckpoint = std::function<Result<void>(const std::filesystem::path& folder)>;

// The service's side: answers one caller after the other on a thread of its own.
class ControlSocket {
 public:
  // Takes the place of a socket that a killed service left, and removes the copies that it left.
  // Errors: kInternal "control_socket_failed".
  static Result<std::unique_ptr<ControlSocket>> listen(const std::filesystem::path& data,
                                                       MakeCheckpoint make_checkpoint);
  // Hangs up on whoever is connected and removes the socket.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  ControlSocket(std::filesystem::path data, MakeCheckpoint make_checkpoint, int listening,
                int stopping);
  void run();
  void serve(int connection);
  void serve_checkpoint(int connection);
  // Waits until there is something to read; false when the service stops or the time is over.
  bool wait_for(int descriptor, int timeout_ms) const;

  const std::filesystem::path data_;
  const MakeCheckpoint make_checkpoint_;
  const int listening_;
  const int stopping_;  // an eventfd
  std::thread thread_;  // last: uses everything above
};

// The caller's side: a copy that lives as long as this object. Thread: one.
class ServiceCheckpoint {
 public:
  // Errors: kNotFound "service_not_running"; those that the service answers.
  static Result<ServiceCheckpoint> ask(const std::filesystem::path& data);
  ServiceCheckpoint(ServiceCheckpoint&& other) noexcept;
  ServiceCheckpoint& operator=(ServiceCheckpoint&&) = delete;
  ~ServiceCheckpoint();

  const std::filesystem::path& folder() const { return folder_; }

 private:
  ServiceCheckpoint(int connection, std::filesystem::path folder)
      : connection_(connection), folder_(std::move(folder)) {}
  int connection_;
  std::filesystem::path folder_;
};

// Where copies are made; removed when a service starts.
std::filesystem::path checkpoint_folder(const std::filesystem::path& data);

}  // namespace dealog
