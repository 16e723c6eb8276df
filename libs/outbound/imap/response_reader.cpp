#include "libs/outbound/imap/response_reader.hpp"

#include <algorithm>
#include <charconv>

namespace dealog::outbound::imap {
namespace {

std::unexpected<Error> too_large() {
  return fail(ErrorKind::kUnavailable, "answer_too_large",
              "the server's answer is longer than what is taken");
}

// "… {123}" announces a literal of so many bytes; the announcement is taken off. A count that no
// number holds is the largest one.
std::optional<std::size_t> announced_literal(std::string& line) {
  if (!line.ends_with('}')) return std::nullopt;
  const auto open = line.rfind('{');
  if (open == std::string::npos) return std::nullopt;
  const char* first = line.data() + open + 1;
  const char* last = line.data() + line.size() - 1;
  if (first == last || !std::all_of(first, last, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  std::size_t size = 0;
  if (std::from_chars(first, last, size).ec != std::errc()) size = SIZE_MAX;
  line.resize(open);
  if (line.ends_with('~')) line.pop_back();  // literal8
  return size;
}

void replace_controls(std::string& line) {
  for (char& c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) c = '?';
  }
}

}  // namespace

Result<void> ResponseReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (literal_left_ > 0) {
      const std::size_t size = std::min(literal_left_, bytes.size());
      current_.literals.back().append(bytes.substr(0, size));
      literal_left_ -= size;
      bytes.remove_prefix(size);
      continue;
    }
    const auto end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end == bytes.npos ? bytes.size() : end + 1);
    if (current_.text.size() + line_.size() + part.size() > kResponseTextBytes) return too_large();
    line_.append(part);
    bytes.remove_prefix(part.size());
    if (end != bytes.npos) TRY(end_line());
  }
  return {};
}

Result<void> ResponseReader::end_line() {
  line_.pop_back();
  if (line_.ends_with('\r')) line_.pop_back();
  replace_controls(line_);
  const auto literal = announced_literal(line_);
  current_.text += line_;
  line_.clear();
  if (!literal) {
    whole_.push_back(std::exchange(current_, {}));
    literal_sum_ = 0;
    return {};
  }
  if (*literal > literal_limit_ - literal_sum_ || current_.literals.size() == kResponseLiterals) {
    return too_large();
  }
  literal_sum_ += *literal;
  literal_left_ = *literal;
  current_.text += kLiteralMark;
  current_.literals.emplace_back();
  return {};
}

std::optional<RawResponse> ResponseReader::take() {
  if (whole_.empty()) return std::nullopt;
  RawResponse out = std::move(whole_.front());
  whole_.pop_front();
  return out;
}

}  // namespace dealog::outbound::imap
