// Signs the log's heads: one a second when there is news, and when somebody asks for a newer one.
// Whoever keeps a signed head can prove later that the log was changed behind it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "libs/eventlog/rocks_log.hpp"
#include "libs/eventlog/signed_head.hpp"

namespace dealog {

namespace limits {
inline constexpr std::chrono::milliseconds kHeadInterval{1000};
}  // namespace limits

struct SignedHead {
  TreeHead head;
  Timestamp recorded;  // of the record at the head's position; zero when the log is empty
  std::string note;
};

struct HeadSignerOptions {
  const RocksLog* log = nullptr;  // not owned, never null
  std::string public_key;         // 32 bytes
  SignText sign;
  // <data>/signed-head: the newest note. It is replaced each second without a sync, since a head
  // that is a little older must hold as well.
  std::filesystem::path file;
  std::chrono::milliseconds interval = limits::kHeadInterval;
};

// Must go before its log. Thread: any.
class HeadSigner {
 public:
  // Errors: kInternal "log_broken" when the head in the file, signed by this key in this epoch,
  // does not hold for the log; those of TreeReader.
  static Result<std::unique_ptr<HeadSigner>> open(HeadSignerOptions options);
  // Signs the last head.
  ~HeadSigner();
  HeadSigner(const HeadSigner&) = delete;
  HeadSigner& operator=(const HeadSigner&) = delete;

  // The newest head; one of the log's head now when the newest is below `at_least`, which must not
  // be above that. Errors: those of TreeReader.
  Result<std::shared_ptr<const SignedHead>> head(Position at_least = {});

  std::string verifier_key() const;
  const RocksLog& log() const { return *options_.log; }

 private:
  explicit HeadSigner(HeadSignerOptions options) : options_(std::move(options)) {}
  Result<void> check_file() const;
  TreeHead identity() const;
  Result<std::shared_ptr<const SignedHead>> sign_now();
  void run();
  void publish();

  const HeadSignerOptions options_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<const SignedHead> newest_;  // guarded by mutex_
  bool closing_ = false;                      // guarded by mutex_
  Position published_;                        // this object's thread: what the file holds
  bool file_failed_ = false;                  // this object's thread: said once

  std::thread thread_;
};

}  // namespace dealog
