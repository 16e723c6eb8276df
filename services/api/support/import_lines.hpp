// The lines of an import: history as newline-delimited JSON, one fact a line.
//
//   {"event_id":"evt_…","type":"TouchRecorded","stream":"deal_…","occurred_at":"…","data":{…}}
//
// The form is that of GET /v1/events; its other keys may be there and say nothing: position,
// version and recorded time are this log's. Types: TouchRecorded, DealStageReported.
#pragma once

#include <string>
#include <string_view>

#include "libs/base/language.hpp"
#include "libs/command/use_cases/history.hpp"

namespace dealog::api {

namespace limits {
// A note of the longest kind, every byte of it escaped, fits.
inline constexpr std::size_t kImportLineBytes = 512 << 10;
}  // namespace limits

// One line without its end. Errors: kInvalid "invalid_json" | "invalid_input" with fields whose
// pointers are those of the line; kTooLarge "line_too_long".
Result<use_cases::HistoricalFact> parse_import_line(std::string_view line, Language language);

// Cuts a text that comes in pieces into lines; holds one unfinished line at most. Lines are counted
// from 1; blank ones are counted and passed over; a line beyond the limit is handed over cut to
// kImportLineBytes + 1 bytes, so that it is seen to be too long. Thread: one.
class LineSplitter {
 public:
  // `visit(number, line)` for each line that is complete now; the line lives during the call.
  template <class Visit>
  void add(std::string_view piece, Visit&& visit) {
    for (;;) {
      const auto end = piece.find('\n');
      if (end == std::string_view::npos) return keep(piece);
      if (rest_.empty()) {
        hand_over(piece.substr(0, end), visit);
      } else {
        keep(piece.substr(0, end));
        hand_over(rest_, visit);
        rest_.clear();
      }
      piece.remove_prefix(end + 1);
    }
  }
  // The last line, when the text did not end with a newline.
  template <class Visit>
  void finish(Visit&& visit) {
    if (!rest_.empty()) hand_over(rest_, visit);
    rest_.clear();
  }
  // The number of the last complete line.
  std::size_t lines() const { return number_; }

 private:
  static std::string_view cut(std::string_view line) {
    return line.substr(0, limits::kImportLineBytes + 1);
  }
  void keep(std::string_view part) {
    rest_ += part.substr(0, limits::kImportLineBytes + 1 - rest_.size());
  }
  template <class Visit>
  void hand_over(std::string_view line, Visit& visit) {
    ++number_;
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) visit(number_, cut(line));
  }

  std::string rest_;
  std::size_t number_ = 0;
};

}  // namespace dealog::api
