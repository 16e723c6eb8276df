// Header fields of a request or a response, in one buffer: two allocations for any number of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dealog::http {

// Names compare without regard to case (RFC 9110, 5.1). Views given out live until the next change.
// Thread: one at a time.
class Headers {
 public:
  // Appends, also when the name is there already (Set-Cookie).
  void add(std::string_view name, std::string_view value);
  // Replaces every field of that name.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  void clear();
  void reserve(std::size_t fields, std::size_t bytes);

  // The first value of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  // The same, empty when absent.
  std::string_view get(std::string_view name) const { return find(name).value_or(""); }
  bool has(std::string_view name) const { return find(name).has_value(); }
  // How many fields of that name there are.
  std::size_t count(std::string_view name) const;

  std::size_t size() const { return fields_.size(); }
  std::string_view name(std::size_t i) const;
  std::string_view value(std::size_t i) const;

 private:
  struct Field {
    std::uint32_t at;  // of the name in text_; the value follows it
    std::uint32_t name_size;
    std::uint32_t value_size;
  };
  std::string text_;
  std::vector<Field> fields_;
};

}  // namespace dealog::http
