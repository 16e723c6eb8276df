// The chunked transfer coding (RFC 9112, 7.1), decoded strictly and in pieces of any size. Our own:
// Beast 1.81 stops the process when the last chunk of a sound body arrives in two pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dealog::http {

// Thread: one at a time.
class ChunkDecoder {
 public:
  enum class Step {
    kMore,  // everything was taken, the body goes on
    kDone,  // the body has ended; what was not taken belongs to the next message
    kMalformed,
    kTooLarge,  // the body is over its limit, found before the chunk that passes it is read
  };

  // `limit` is of the decoded body in bytes.
  explicit ChunkDecoder(std::size_t limit) : limit_(limit) {}

  // Takes bytes off the front of `input` and appends what they hold to `body`. A line may stay in
  // `input` until it is whole: give it again with more behind it. Extensions and trailers are
  // checked and dropped.
  Step decode(std::string_view& input, std::string& body);

 private:
  enum class State { kSize, kData, kDataEnd, kTrailer, kDone };

  Step next_line(std::string_view& input, std::string_view& line);
  Step begin_chunk(std::string_view line, std::size_t body_size);
  Step read_trailer(std::string_view line);

  const std::size_t limit_;
  State state_ = State::kSize;
  std::uint64_t left_ = 0;  // of the chunk's data
  std::size_t trailer_bytes_ = 0;
};

}  // namespace dealog::http
