// A copy of log and keys as they were at one moment, to make a backup from.
#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "services/dealog/backup/control_socket.hpp"

namespace dealog {

// Made by the service that has the data folder open or, when none has, by this process. Lies in the
// data folder, since files are linked and not copied, and is removed at the end. Thread: one.
class DataCopy {
 public:
  // Errors: kNotFound "data_folder_absent"; kInternal "storage_locked"; those of the disk.
  static Result<DataCopy> make(const std::filesystem::path& data);
  DataCopy(DataCopy&& other) noexcept
      : service_(std::move(other.service_)), folder_(std::exchange(other.folder_, {})) {}
  DataCopy& operator=(DataCopy&&) = delete;
  ~DataCopy();

  std::filesystem::path log() const { return folder_ / "log"; }
  std::filesystem::path keys() const { return folder_ / "keys"; }
  bool online() const { return service_.has_value(); }

 private:
  DataCopy(std::optional<ServiceCheckpoint> service, std::filesystem::path folder)
      : service_(std::move(service)), folder_(std::move(folder)) {}

  std::optional<ServiceCheckpoint> service_;  // it removes its copy itself
  std::filesystem::path folder_;
};

}  // namespace dealog
