#include "projections/timeline/timeline_view.hpp"

#include <algorithm>
#include <queue>

#include "libs/base/number.hpp"
#include "libs/event/codec.hpp"
#include "libs/projection/row_reading.hpp"

namespace dealog::views {
namespace {

// Records of one stream or tag, from the newest down, fetched in small pieces: a merge over many
// streams takes few from each.
class Source {
 public:
  virtual ~Source() = default;

  // The next record at or below the bound; nothing at the end.
  Result<bool> advance() {
    if (++at_ < records_.size()) return true;
    records_.clear();
    at_ = 0;
    TRY(fetch());
    return !records_.empty();
  }
  Position position() const { return records_[at_].first; }
  const std::string& record() const { return records_[at_].second; }

 protected:
  static constexpr std::size_t kPiece = 32;
  virtual Result<void> fetch() = 0;
  EventVisitor keep() {
    return [this](const StoredEvent& event) {
      records_.emplace_back(event.position, event.record);
      return true;
    };
  }
  const std::vector<std::pair<Position, std::string>>& records() const { return records_; }

 private:
  std::vector<std::pair<Position, std::string>> records_;
  std::size_t at_ = 0;
};

class StreamSource final : public Source {
 public:
  StreamSource(const EventLog& log, std::string stream) : log_(log), stream_(std::move(stream)) {}

  // Finds the last version at or before a position by halving: streams are read by version.
  Result<void> seek(Position until) {
    std::uint64_t low = 0, high = TRY(log_.stream_version(stream_)).value;
    while (low < high) {
      const std::uint64_t middle = low + (high - low + 1) / 2;
      const Position there = TRY(position_of(middle));
      if (there <= until) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    next_ = low;
    return {};
  }

 private:
  Result<Position> position_of(std::uint64_t version) {
    Position found;
    TRY(log_.read_stream(stream_, StreamVersion{version}, Direction::kForward, 1,
                         [&](const StoredEvent& event) {
                           found = event.position;
                           return false;
                         }));
    return found;
  }
  Result<void> fetch() override {
    if (next_ == 0) return {};
    TRY(log_.read_stream(stream_, StreamVersion{next_}, Direction::kBackward, kPiece, keep()));
    next_ -= std::min<std::uint64_t>(next_, records().size());
    return {};
  }

  const EventLog& log_;
  const std::string stream_;
  std::uint64_t next_ = 0;  // version of the next record; 0 at the end
};

class TagSource final : public Source {
 public:
  TagSource(const EventLog& log, std::string tag, Position until)
      : log_(log), tag_(std::move(tag)), next_(until.value) {}

 private:
  Result<void> fetch() override {
    if (next_ == 0) return {};
    TRY(log_.read_tag(false, tag_, Position{next_}, Direction::kBackward, kPiece, keep()));
    next_ = records().empty() ? 0 : records().back().first.value - 1;
    return {};
  }

  const EventLog& log_;
  const std::string tag_;
  std::uint64_t next_;
};

// Newest first over all sources; what several of them hold is given once.
class Merge {
 public:
  Result<void> add(std::unique_ptr<Source> source) {
    if (TRY(source->advance())) queue_.push(source.get());
    sources_.push_back(std::move(source));
    return {};
  }
  // Nothing at the end.
  Result<std::optional<std::pair<Position, std::string>>> next() {
    while (!queue_.empty()) {
      Source* newest = queue_.top();
      queue_.pop();
      std::pair found{newest->position(), newest->record()};
      if (TRY(newest->advance())) queue_.push(newest);
      if (found.first == last_) continue;
      last_ = found.first;
      return found;
    }
    return std::nullopt;
  }

 private:
  struct Older {
    bool operator()(const Source* a, const Source* b) const {
      return a->position() < b->position();
    }
  };
  std::vector<std::unique_ptr<Source>> sources_;
  std::priority_queue<Source*, std::vector<Source*>, Older> queue_;
  Position last_;
};

// The last position that a page may show.
Result<Position> bound_of(const TimelineQuery& query) {
  if (query.page.cursor.empty()) return query.until;
  const std::string text = TRY(read_cursor(query.page.cursor));
  const auto before = parse_number<std::uint64_t>(text);
  if (!before || *before == 0) {
    return fail(ErrorKind::kInvalid, "invalid_cursor", "not a cursor of a timeline");
  }
  return std::min(query.until, Position{*before - 1});
}

Result<TimelineEntry> read_entry(const std::string& record, const ViewContext& context,
                                 const TimelineQuery& query) {
  const Open open = context.personal == PersonalView::kShown ? Open::kAll : Open::kNothing;
  TimelineEntry entry;
  entry.event = TRY(decode(record, open, &context.keys));
  entry.summary = summary_of(entry.event, query.language, query.names);
  entry.json = to_json(entry.event, context.personal);
  return entry;
}

Result<Page<TimelineEntry>> page_of(Merge& merge, const ViewContext& context,
                                    const TimelineQuery& query) {
  Page<TimelineEntry> page;
  while (const auto found = TRY(merge.next())) {
    if (page.items.size() == query.page.limit) {
      page.next_cursor = make_cursor(std::to_string(page.items.back().event.position.value));
      break;
    }
    page.items.push_back(TRY(read_entry(found->second, context, query)));
  }
  return page;
}

Result<void> add_stream(Merge& merge, const EventLog& log, std::string stream, Position until) {
  auto source = std::make_unique<StreamSource>(log, std::move(stream));
  TRY(source->seek(until));
  return merge.add(std::move(source));
}

}  // namespace

Result<Page<TimelineEntry>> TimelineView::deal(std::string_view id,
                                               const TimelineQuery& query) const {
  const Position until = TRY(bound_of(query));
  Merge merge;
  TRY(add_stream(merge, log_, std::string(id), until));
  return page_of(merge, context_, query);
}

Result<Page<TimelineEntry>> TimelineView::merged(std::string_view id, std::string_view deals_under,
                                                 const TimelineQuery& query) const {
  const Position until = TRY(bound_of(query));
  Merge merge;
  TRY(add_stream(merge, log_, std::string(id), until));
  TRY(merge.add(std::make_unique<TagSource>(log_, std::string(id), until)));
  std::vector<std::string> deals;
  TRY(context_.rows.scan_prefix(row_keys::under(deals_under, id), ScanOrder::kForward,
                                [&](std::string_view key, std::string_view) {
                                  deals.emplace_back(row_keys::last_part(key));
                                  return true;
                                }));
  for (auto& deal : deals) {
    TRY(add_stream(merge, log_, std::move(deal), until));
  }
  return page_of(merge, context_, query);
}

Result<Page<TimelineEntry>> TimelineView::person(std::string_view id,
                                                 const TimelineQuery& query) const {
  return merged(id, row_keys::kDealOfPerson, query);
}

Result<Page<TimelineEntry>> TimelineView::company(std::string_view id,
                                                  const TimelineQuery& query) const {
  return merged(id, row_keys::kDealOfCompany, query);
}

}  // namespace dealog::views
