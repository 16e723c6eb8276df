// Recordings and attachments that providers keep: asked for, and become files of deals.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/command/unit.hpp"
#include "libs/domain/fetch/fetch.hpp"
#include "libs/domain/file/file.hpp"

namespace dealog::use_cases {

// Of one touch; more of a message are only named in its words.
inline constexpr std::size_t kFetchedFiles = 50;

// What a provider keeps and gives to who asks for it.
struct KeptBody {
  std::string source;    // src_…
  std::string delivery;  // dlv_… that announced it
  std::string what;      // fetch::kRecording, fetch::kAttachment
  std::string id;        // the provider's, or an address
  std::string name = {};
  std::string media_type = {};
};

// Requests each of them for the touch; the ids are computed from touch and body, so that what was
// requested before is not requested again. The first kFetchedFiles count.
Result<void> request_files(Unit& unit, const DealId& deal, const TouchId& touch,
                           const std::optional<PersonId>& person,
                           const std::vector<KeptBody>& bodies);

// Attaches the file, which is durable already, to where the fetch says, and settles the fetch.
// Nothing happens to one that is not waiting any more. Errors: those of attach_file.
Result<void> complete_file(Unit& unit, const FetchId& fetch, const file::AttachFile& file);

}  // namespace dealog::use_cases
