#include "tests/support/log_checker.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include <openssl/sha.h>
#include <rocksdb/db.h>

namespace dealog::checker {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kListed = 20;

std::string sha(const std::string& text) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::string big_endian(std::uint64_t value) {
  std::string out(8, '\0');
  for (std::size_t i = 8; i-- > 0; value >>= 8) out[i] = static_cast<char>(value & 0xff);
  return out;
}

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes.substr(0, 8)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::string text_key(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\0') {
      out += "\x01\x01";
    } else if (c == '\x01') {
      out += "\x01\x02";
    } else {
      out += c;
    }
  }
  return out + std::string(1, '\0');
}

// One field of a protobuf message.
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;  // varints and fixed numbers
  std::string_view bytes;   // the rest
};

std::optional<std::uint64_t> take_varint(std::string_view& rest) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

// Nothing for bytes that are no message.
std::optional<std::vector<Field>> fields_of(std::string_view rest) {
  std::vector<Field> fields;
  while (!rest.empty()) {
    const auto key = take_varint(rest);
    if (!key || *key >> 3 == 0) return std::nullopt;
    Field field{.number = *key >> 3};
    const auto type = *key & 7;
    if (type == 0) {
      const auto value = take_varint(rest);
      if (!value) return std::nullopt;
      field.value = *value;
    } else if (type == 1 || type == 5) {
      const std::size_t size = type == 1 ? 8 : 4;
      if (rest.size() < size) return std::nullopt;
      for (std::size_t i = size; i-- > 0;) {
        field.value = field.value << 8 | static_cast<unsigned char>(rest[i]);
      }
      rest.remove_prefix(size);
    } else if (type == 2) {
      const auto size = take_varint(rest);
      if (!size || *size > rest.size()) return std::nullopt;
      field.bytes = rest.substr(0, *size);
      rest.remove_prefix(*size);
    } else {
      return std::nullopt;
    }
    fields.push_back(field);
  }
  return fields;
}

// The tree as complete subtrees of falling height, joined when two of a height meet.
class Tree {
 public:
  void add(std::string hash) {
    parts_.emplace_back(0, std::move(hash));
    while (parts_.size() > 1 && parts_.back().first == parts_[parts_.size() - 2].first) {
      auto right = std::move(parts_.back());
      parts_.pop_back();
      parts_.back() = {right.first + 1, sha("\x01" + parts_.back().second + right.second)};
    }
  }
  std::string root() const {
    if (parts_.empty()) return sha("");
    std::string root = parts_.back().second;
    for (std::size_t i = parts_.size() - 1; i-- > 0;) root = sha("\x01" + parts_[i].second + root);
    return root;
  }
  std::vector<std::string> parts() const {
    std::vector<std::string> hashes;
    for (const auto& part : parts_) hashes.push_back(part.second);
    return hashes;
  }

 private:
  std::vector<std::pair<int, std::string>> parts_;
};

using Rows = std::vector<std::pair<std::string, std::string>>;

class Checker {
 public:
  Checker(const Options& options, Report& report) : options_(options), report_(report) {}
  ~Checker() {
    for (auto& [name, family] : families_)
      static_cast<void>(db_->DestroyColumnFamilyHandle(family));
  }

  void run() {
    if (!open()) return;
    report_.log_id = get("default", "log_id").value_or("");
    if (report_.log_id.size() != 16) problem(0, "the log has lost its id");
    for (const auto& [subject, key] : rows("subject_keys")) keys_[subject] = number_of(key);
    read_watermark();
    for (const auto& note : options_.heads) {
      heads_.push_back(parse_head(note));
      if (heads_.back()) asked_.insert(heads_.back()->size);
    }
    check_events();
    check_commits();
    for (const char* family : {"streams", "ids", "tags"}) check_index(family);
    for (const char* family : {"default", "personal_tags", "raw"}) rows(family);
    check_watermark();
    check_heads();
  }

 private:
  void problem(std::uint64_t position, const std::string& what) {
    if (position != 0 && (!report_.first_position || position < *report_.first_position)) {
      report_.first_position = position;
    }
    if (report_.problems.size() >= kListed) return;
    report_.problems.push_back(position == 0 ? what
                                             : "position " + std::to_string(position) + " " + what);
  }

  bool open() {
    rocksdb::Options options;
    if (options_.environment != nullptr) options.env = options_.environment;
    const std::string folder = options_.log_folder.string();
    std::vector<std::string> names;
    auto status = rocksdb::DB::ListColumnFamilies(options, folder, &names);
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const auto& name : names) descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    if (status.ok()) {
      status = rocksdb::DB::OpenForReadOnly(options, folder, descriptors, &handles, &db);
    }
    if (!status.ok()) {
      problem(0, "the store cannot be read: " + status.ToString());
      return false;
    }
    db_.reset(db);
    for (std::size_t i = 0; i < names.size(); ++i) families_[names[i]] = handles[i];
    return true;
  }

  std::optional<std::string> get(const std::string& family, const std::string& key) {
    std::string value;
    const auto found = families_.find(family);
    if (found == families_.end()) return std::nullopt;
    if (!db_->Get(rocksdb::ReadOptions(), found->second, key, &value).ok()) return std::nullopt;
    return value;
  }

  Rows rows(const std::string& family) {
    Rows all;
    const auto found = families_.find(family);
    if (found == families_.end()) {
      problem(0, "there is no family " + family);
      return all;
    }
    rocksdb::ReadOptions read;
    read.total_order_seek = true;
    const std::unique_ptr<rocksdb::Iterator> scan(db_->NewIterator(read, found->second));
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
      all.emplace_back(scan->key().ToString(), scan->value().ToString());
    }
    if (!scan->status().ok()) {
      const auto at = all.empty() ? 0 : number_of(all.back().first);
      const bool by_position = family == "events" || family == "commits";
      problem(by_position ? at + 1 : 0,
              "cannot be read in family " + family + ": " + scan->status().ToString());
    }
    return all;
  }

  void check_events() {
    std::uint64_t expected = 1;
    for (const auto& [key, value] : rows("events")) {
      const auto position = key.size() == 8 ? number_of(key) : 0;
      if (position != expected) {
        problem(expected, "is missing; there is position " + std::to_string(position));
        if (position < expected) return;
      }
      check_record(position, value);
      leaves_.push_back(leaf_hash(value));
      tree_.add(leaves_.back());
      if (asked_.contains(leaves_.size())) roots_[leaves_.size()] = tree_.root();
      expected = position + 1;
    }
    report_.events = leaves_.size();
    report_.root = tree_.root();
    if (append_left_ != 0) problem(expected, "is missing: the last append is not complete");
  }

  void check_record(std::uint64_t position, std::string_view bytes) {
    const auto fields = fields_of(bytes);
    if (!fields) return problem(position, "holds bytes that are no record");
    std::string stream, id, subject, log;
    std::uint64_t own = 0, version = 0, format = 0, index = 0, count = 0;
    std::int64_t recorded = 0;
    std::vector<std::string_view> tags, boxes;
    for (const auto& field : *fields) {
      if (field.number == 1) format = field.value;
      if (field.number == 2) stream = field.bytes;
      if (field.number == 3) id = field.bytes;
      if (field.number == 15) tags.push_back(field.bytes);
      if (field.number == 17) boxes.push_back(field.bytes);
      if (field.number == 18) subject = field.bytes;
      if (field.number == 20) log = field.bytes;
      if (field.number == 21) own = field.value;
      if (field.number == 22) version = field.value;
      if (field.number == 23) recorded = static_cast<std::int64_t>(field.value);
      if (field.number == 24) index = field.value;
      if (field.number == 25) count = field.value;
    }
    if (format != 1) problem(position, "has an unknown format");
    if (own != position) problem(position, "holds the record of " + std::to_string(own));
    if (log != report_.log_id) problem(position, "holds a record of another log");
    if (id.size() != 16) problem(position, "has no event id");
    if (version != ++versions_[stream]) {
      problem(position, "is version " + std::to_string(version) + " of " + stream + " where " +
                            std::to_string(versions_[stream]) + " is due");
      versions_[stream] = version;
    }
    if (recorded < recorded_) problem(position, "was recorded before the one before it");
    recorded_ = std::max(recorded_, recorded);
    recorded_at_.push_back(recorded);
    if (append_left_ == 0 ? index != 0 || count == 0
                          : count != append_count_ || index != count - append_left_) {
      problem(position, "does not continue the append before it");
    }
    append_count_ = count;
    append_left_ = index < count ? count - index - 1 : 0;
    expected_["ids"].emplace_back(id, big_endian(position));
    expected_["streams"].emplace_back(text_key(stream) + big_endian(version), big_endian(position));
    for (const auto tag : tags) {
      expected_["tags"].emplace_back(text_key(tag) + big_endian(position), "");
    }
    for (const auto box : boxes) check_box(position, box, stream, subject);
  }

  void check_box(std::uint64_t position, std::string_view bytes, const std::string& stream,
                 const std::string& subject) {
    std::uint64_t key = 0, privacy = 0;
    const auto fields = fields_of(bytes);
    if (!fields) return problem(position, "has a box that is none");
    for (const auto& field : *fields) {
      if (field.number == 2) key = field.value;
      if (field.number == 5) privacy = field.value;
    }
    const auto found = keys_.find(privacy == 2 && !subject.empty() ? subject : stream);
    if (found == keys_.end() || found->second != key) {
      problem(position, "has a box whose key is not its subject's");
    }
  }

  void check_commits() {
    std::uint64_t done = 0;
    Tree tree;
    for (const auto& [key, value] : rows("commits")) {
      const auto fields = fields_of(value);
      std::uint64_t first = 0, last = 0;
      std::int64_t recorded = 0;
      std::string_view hashes;
      std::vector<std::string> frontier;
      for (const auto& field : fields.value_or(std::vector<Field>())) {
        if (field.number == 1) first = field.value;
        if (field.number == 2) last = field.value;
        if (field.number == 3) recorded = static_cast<std::int64_t>(field.value);
        if (field.number == 4) hashes = field.bytes;
        if (field.number == 5) frontier.emplace_back(field.bytes);
      }
      if (first != done + 1 || last < first || key != big_endian(last) || last > leaves_.size() ||
          hashes.size() != (last - first + 1) * 32) {
        return problem(done + 1, "has no sound commit row");
      }
      for (std::uint64_t position = first; position <= last; ++position) {
        const auto& leaf = leaves_[position - 1];
        if (hashes.substr((position - first) * 32, 32) != leaf) {
          problem(position, "does not match the hash of its commit row");
        }
        if (recorded_at_.size() == leaves_.size() && recorded_at_[position - 1] != recorded) {
          problem(position, "was not recorded when its commit row says");
        }
        tree.add(leaf);
      }
      if (tree.parts() != frontier) problem(last, "has a commit row with a wrong frontier");
      done = last;
    }
    if (done != leaves_.size()) problem(done + 1, "has no commit row");
  }

  // The rows of an index are those that the events ask for, no more and no less.
  void check_index(const std::string& family) {
    auto& wanted = expected_[family];
    std::ranges::sort(wanted);
    if (family == "ids") {
      for (std::size_t i = 1; i < wanted.size(); ++i) {
        if (wanted[i].first != wanted[i - 1].first) continue;
        problem(number_of(wanted[i].second), "has an event id that is there already");
      }
    }
    wanted.erase(std::ranges::unique(wanted).begin(), wanted.end());
    const auto there = rows(family);
    Rows missing, extra;
    std::ranges::set_difference(wanted, there, std::back_inserter(missing));
    std::ranges::set_difference(there, wanted, std::back_inserter(extra));
    for (const auto& [key, value] : missing) {
      problem(number_of(family == "tags" ? key.substr(key.size() - 8) : value),
              "has no row in " + family);
    }
    for (const auto& row : extra) {
      static_cast<void>(row);
      problem(0, "a row of " + family + " belongs to no event");
    }
  }

  // The newer whole slot of the watermark's file, its checksum taken off.
  void read_watermark() {
    std::ifstream in(watermark_file(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    for (std::size_t at = 0; at + 104 <= bytes.size(); at += 4096) {
      const auto body = bytes.substr(at, 72);
      if (!body.starts_with("DLGMARK1") || sha(body) != bytes.substr(at + 72, 32)) continue;
      if (mark_.empty() || mark_.substr(8, 8) < body.substr(8, 8)) mark_ = body;
    }
    if (!mark_.empty()) asked_.insert(number_of(mark_.substr(16)));
  }
  std::string watermark_file() const { return options_.log_folder.string() + ".watermark"; }

  void check_watermark() {
    if (mark_.empty()) {
      if (options_.needs_watermark) problem(0, "there is no whole " + watermark_file());
      return;
    }
    const auto position = number_of(mark_.substr(16));
    if (mark_.substr(56) != report_.log_id) problem(0, "the watermark is another log's");
    check_root(position, mark_.substr(24, 32), "the watermark was written");
  }

  void check_heads() {
    for (std::size_t i = 0; i < heads_.size(); ++i) {
      const auto& head = heads_[i];
      if (!head) {
        problem(0, "a signed head is none: " + options_.heads[i]);
        continue;
      }
      if (!options_.verifier_key.empty() && !signature_holds(*head, options_.verifier_key)) {
        problem(0, "a signed head is not signed by this log's key: " + options_.heads[i]);
      }
      check_root(head->size, head->root, "a head was signed");
    }
  }

  void check_root(std::uint64_t size, std::string_view root, const std::string& when) {
    if (size > leaves_.size()) {
      problem(leaves_.size() + 1,
              "is missing: the log had reached position " + std::to_string(size) + " when " + when);
    } else if ((size == 0 ? sha("") : roots_[size]) != root) {
      problem(size, "or one before it is not what it was when " + when);
    }
  }

  const Options& options_;
  Report& report_;
  std::unique_ptr<rocksdb::DB> db_;
  std::map<std::string, rocksdb::ColumnFamilyHandle*> families_;
  std::unordered_map<std::string, std::uint64_t> keys_;
  std::unordered_map<std::string, std::uint64_t> versions_;
  std::vector<std::string> leaves_;
  std::set<std::uint64_t> asked_;                         // sizes whose root is needed
  std::unordered_map<std::uint64_t, std::string> roots_;  // of those
  std::string mark_;
  std::vector<std::optional<Head>> heads_;
  std::vector<std::int64_t> recorded_at_;
  std::map<std::string, Rows> expected_;
  Tree tree_;
  std::int64_t recorded_ = INT64_MIN;
  std::uint64_t append_count_ = 0;
  std::uint64_t append_left_ = 0;
};

}  // namespace

std::string Report::text() const {
  std::string all;
  for (const auto& problem : problems) all += problem + "\n";
  return all;
}

Report check_log(const Options& options) {
  Report report;
  Checker(options, report).run();
  return report;
}

}  // namespace dealog::checker
