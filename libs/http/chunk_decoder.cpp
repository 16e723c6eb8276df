#include "libs/http/chunk_decoder.hpp"

#include <algorithm>

#include "libs/http/limits.hpp"
#include "libs/http/syntax.hpp"

namespace dealog::http {
namespace {

constexpr std::size_t kSizeDigits = 15;  // more would not fit, and no body is that large

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

ChunkDecoder::Step ChunkDecoder::decode(std::string_view& input, std::string& body) {
  while (state_ != State::kDone) {
    if (state_ == State::kData) {
      const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
      body.append(input.substr(0, here));
      input.remove_prefix(here);
      left_ -= here;
      if (left_ > 0) return Step::kMore;
      state_ = State::kDataEnd;
      continue;
    }
    std::string_view line;
    if (const Step step = next_line(input, line); step != Step::kDone) return step;
    Step step = Step::kDone;
    if (state_ == State::kSize)
      step = begin_chunk(line, body.size());
    else if (state_ == State::kTrailer)
      step = read_trailer(line);
    else if (!line.empty())
      step = Step::kMalformed;
    else
      state_ = State::kSize;
    if (step != Step::kDone) return step;
  }
  return Step::kDone;
}

// A line without its CRLF; kMore while it is not whole.
ChunkDecoder::Step ChunkDecoder::next_line(std::string_view& input, std::string_view& line) {
  const auto end = input.find('\n');
  // Behind a chunk's data nothing but its line end may come, so say no at once.
  if (state_ == State::kDataEnd && !input.empty() && input[0] != '\r') return Step::kMalformed;
  if (std::min(end, input.size()) > kChunkLineBytes) return Step::kMalformed;
  if (end == std::string_view::npos) return Step::kMore;
  if (end == 0 || input[end - 1] != '\r') return Step::kMalformed;
  line = input.substr(0, end - 1);
  input.remove_prefix(end + 1);
  return Step::kDone;
}

// chunk-size [ BWS ";" extensions ]
ChunkDecoder::Step ChunkDecoder::begin_chunk(std::string_view line, std::size_t body_size) {
  std::size_t digits = 0;
  std::uint64_t size = 0;
  for (; digits < line.size() && hex_digit(line[digits]) >= 0; ++digits) {
    if (digits == kSizeDigits) return Step::kTooLarge;
    size = size << 4 | static_cast<std::uint64_t>(hex_digit(line[digits]));
  }
  std::string_view rest = line.substr(digits);
  if (digits == 0) return Step::kMalformed;
  if (!rest.empty()) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (!rest.starts_with(';') || !is_field_text(rest)) return Step::kMalformed;
  }
  if (size > limit_ - std::min(limit_, body_size)) return Step::kTooLarge;
  left_ = size;
  state_ = size == 0 ? State::kTrailer : State::kData;
  return Step::kDone;
}

ChunkDecoder::Step ChunkDecoder::read_trailer(std::string_view line) {
  if (line.empty()) {
    state_ = State::kDone;
    return Step::kDone;
  }
  trailer_bytes_ += line.size();
  const auto colon = line.find(':');
  const bool sound = colon != std::string_view::npos && is_token(line.substr(0, colon)) &&
                     is_field_text(line.substr(colon + 1));
  return sound && trailer_bytes_ <= kChunkLineBytes ? Step::kDone : Step::kMalformed;
}

}  // namespace dealog::http
