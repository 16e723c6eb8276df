#include "libs/base/encoding.hpp"
#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/verify_findings.hpp"
#include "libs/eventlog/watermark.hpp"

namespace dealog {

Result<void> HeadsPass::begin() {
  auto& report = findings_.report();
  const auto epoch = TRY(tables_.db().get(tables_.meta, kEpochKey));
  report.epoch = epoch.value_or(std::string(kFirstEpoch));
  heads_ = options_.heads;
  if (options_.own_head && options_.own_head->epoch == report.epoch) {
    heads_.push_back(*options_.own_head);
  }
  for (const auto& head : heads_) findings_.roots.try_emplace(head.position.value);
  if (!options_.needs_watermark) return {};
  const auto mark = read_watermark(watermark_path(tables_.db().folder()));
  if (!mark) {
    findings_.add({}, mark.error().message);
  } else if (*mark && (*mark)->log_id != report.log_id) {
    findings_.add({}, "the head watermark belongs to another log");
  } else if (*mark) {
    report.watermark = (*mark)->position;
    mark_root_ = (*mark)->root;
    findings_.roots.try_emplace((*mark)->position.value);
  } else if (TRY(tables_.db().contains(tables_.meta, kWatermarkedKey))) {
    findings_.add({}, "the log has lost its head watermark, so nothing says how far it had come");
  }
  return {};
}

void HeadsPass::end() {
  const auto& report = findings_.report();
  if (mark_root_) check(*report.watermark, *mark_root_, "its watermark was written");
  for (const auto& head : heads_) {
    if (head.log_id != report.log_id) {
      findings_.add({}, "a signed head is of log " + to_hex(head.log_id) + ", this is " +
                            to_hex(report.log_id));
      continue;
    }
    check(head.position, head.root,
          "a head of epoch " + head.epoch + " was signed" +
              (head.epoch == report.epoch
                   ? ""
                   : " (the log was restored since and is now in epoch " + report.epoch + ")"));
  }
}

void HeadsPass::check(Position position, const merkle::Hash& root, const std::string& when) {
  const Position head = findings_.report().head;
  if (position > head) {
    findings_.add(head.next(), "position " + std::to_string(head.value + 1) +
                                   " is missing: the log had reached position " +
                                   std::to_string(position.value) + " when " + when);
    return;
  }
  const auto& now = findings_.roots.at(position.value);
  if (now && *now == root) return;
  if (!now) {
    findings_.add(position,
                  "position " + std::to_string(position.value) +
                      " and those before it cannot be compared with what they were when " + when +
                      ", since some are damaged");
    return;
  }
  findings_.add(position, "position " + std::to_string(position.value) +
                              " or one before it is not what it was when " + when);
}

}  // namespace dealog
