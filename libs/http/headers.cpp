#include "libs/http/headers.hpp"

#include <algorithm>

namespace dealog::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

}  // namespace

void Headers::add(std::string_view name, std::string_view value) {
  fields_.push_back({static_cast<std::uint32_t>(text_.size()),
                     static_cast<std::uint32_t>(name.size()),
                     static_cast<std::uint32_t>(value.size())});
  text_.append(name);
  text_.append(value);
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

// The text stays behind unused: headers are built once and sent.
void Headers::remove(std::string_view wanted) {
  std::erase_if(fields_, [&](const Field& field) {
    return same_name({text_.data() + field.at, field.name_size}, wanted);
  });
}

void Headers::clear() {
  text_.clear();
  fields_.clear();
}

void Headers::reserve(std::size_t fields, std::size_t bytes) {
  fields_.reserve(fields);
  text_.reserve(bytes);
}

std::optional<std::string_view> Headers::find(std::string_view wanted) const {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (same_name(name(i), wanted)) return value(i);
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view wanted) const {
  std::size_t found = 0;
  for (std::size_t i = 0; i < fields_.size(); ++i) found += same_name(name(i), wanted) ? 1 : 0;
  return found;
}

std::string_view Headers::name(std::size_t i) const {
  return {text_.data() + fields_[i].at, fields_[i].name_size};
}

std::string_view Headers::value(std::size_t i) const {
  return {text_.data() + fields_[i].at + fields_[i].name_size, fields_[i].value_size};
}

}  // namespace dealog::http
