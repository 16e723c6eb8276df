// A fetch: something that a delivery only announced and that its provider has to be asked for.
// Pure.
//
// waiting → fetched | given_up; a retry makes it waiting again. The answer is a delivery of its
// own, or a file of a deal: a recording, an attachment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/event/event.hpp"

namespace dealog::fetch {

// In vain so often, a person is asked: with the waits below about two days.
inline constexpr std::uint32_t kAttempts = 12;

enum class Status { kWaiting, kFetched, kGivenUp };
std::string_view name_of(Status status);  // waiting, fetched, given_up

// What is fetched into files, and nothing else, begins so.
inline constexpr std::string_view kFilePrefix = "file-";
inline constexpr std::string_view kRecording = "file-recording";
inline constexpr std::string_view kAttachment = "file-attachment";
inline bool is_of_file(std::string_view what) { return what.starts_with(kFilePrefix); }

// Where a body goes that is fetched into a file, and what is known of it.
struct FileTarget {
  std::string deal;        // deal_…
  std::string touch;       // tch_…
  std::string person;      // per_…; empty: nobody is known
  std::string name;        // empty: none is known, or the person was erased
  std::string media_type;  // empty: the answer's own
  bool operator==(const FileTarget&) const = default;
};

struct State {
  StreamVersion version;
  Status status = Status::kWaiting;
  std::string source;    // src_…
  std::string delivery;  // dlv_… that announced it
  std::string what;
  std::string id;              // empty: the person that it is about was erased
  FileTarget target;           // of one that is_of_file
  std::uint32_t attempts = 0;  // in vain, since it was requested or asked for again
  std::string code;            // of the last failure
  Timestamp next_at;           // not before; zero: at once

  bool exists() const { return version.value > 0; }
  bool operator==(const State&) const = default;
};

void evolve(State& state, const RecordedEvent& event);

struct RequestFetch {
  std::string source;
  std::string delivery;
  std::string what;
  std::string id;
  std::string person = {};
};
struct RequestFile {
  std::string source;
  std::string delivery;
  std::string what;  // kRecording, kAttachment
  std::string id;
  FileTarget target;
};
struct FailFetch {
  std::string code;
  // The provider's own word for how long to wait (Retry-After); else the waits of this folder.
  std::optional<Timestamp> not_before = {};
  bool final = false;  // asking again would not help
};
struct CompleteFetch {
  std::string delivery;
};
struct CompleteFile {
  std::string file;  // fil_…
};
struct RetryFetch {};

// When the attempt after `attempts` in vain is due: 10 s, doubled each time, at most 6 hours,
// spread by up to a fifth with `seed`, so that what failed together does not come back together.
Timestamp next_attempt(Timestamp now, std::uint32_t attempts, std::uint64_t seed);

// Requesting what is requested already makes no event. Errors: kNotFound "fetch_not_found";
// kConflict "fetch_settled" (it is not waiting; of a retry: it was answered) | "fetch_waiting".
Result<std::vector<NewEvent>> decide(const State& state, const RequestFetch& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const RequestFile& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const FailFetch& command, Timestamp now,
                                     std::uint64_t seed, Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const CompleteFetch& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const CompleteFile& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const RetryFetch& command,
                                     Language language = Language::kEn);

}  // namespace dealog::fetch
