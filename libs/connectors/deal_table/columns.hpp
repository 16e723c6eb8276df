// Which column of a table of deals is what.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dealog::connectors::deal_table {

enum class Column {
  kId,
  kTitle,
  kStage,
  kPipeline,
  kStatus,  // won, lost, open, where it is not told by the stage
  kAmount,
  kCurrency,
  kOpened,
  kClosed,
  kOwner,
  kPerson,
  kPhone,
  kEmail,
  kCompany,
  kLostReason,
};

// By its usual names; nothing for a column that is of no use.
std::optional<Column> column_named(std::string_view header);

// Place of each column that was found; the first of several of one meaning counts. `named` are the
// user's own: name of a column → code of its meaning ("id", "amount", "opened" …).
std::map<Column, std::size_t> find_columns(const std::vector<std::string>& header,
                                           const std::map<std::string, std::string>& named);

// "won" or "lost" for words that mean it, in English and Russian; else "".
std::string outcome_named(std::string_view word);

}  // namespace dealog::connectors::deal_table
