// Whose keys were destroyed, kept apart from the keys and from every backup of them, so that a
// backup that still holds such a key cannot bring it back. FORMAT.md has the grammar.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog {

// Subjects are stream names, which say nothing about a person. Thread: one at a time.
class ErasureLedger {
 public:
  // Reads the file; an absent one is an empty ledger and is made when something is added. What a
  // crash left of a last line is ignored and cut off by the next addition.
  // Errors: kInternal "erasures_broken" naming the line, "erasures_unusable" from the disk.
  static Result<ErasureLedger> open(const std::filesystem::path& file);

  bool contains(std::string_view subject) const { return subjects_.contains(subject); }
  const std::set<std::string, std::less<>>& subjects() const { return subjects_; }

  // Durable when this returns; subjects that are there already are not written again.
  // Errors: kInternal "erasures_unusable".
  Result<void> add(const std::vector<std::string>& subjects);

 private:
  ErasureLedger(std::filesystem::path file, std::set<std::string, std::less<>> subjects,
                std::uint64_t whole_bytes)
      : file_(std::move(file)), subjects_(std::move(subjects)), whole_bytes_(whole_bytes) {}

  std::filesystem::path file_;
  std::set<std::string, std::less<>> subjects_;
  std::uint64_t whole_bytes_;  // of the file, without a line that was torn
};

}  // namespace dealog
