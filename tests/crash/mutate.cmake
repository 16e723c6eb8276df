# cmake -DIN=… -DOUT=… -P mutate.cmake: a copy of one of the committer's sources with the mistakes
# of mutants.hpp built in. A place that is not found any more leaves its mutant harmless, and then
# the test that expects it to be noticed fails and names it: mend the place here.
file(READ ${IN} text)
set(text "#include \"tests/crash/mutants.hpp\"\n${text}")
string(REPLACE "
namespace dealog {
"
  "
namespace dealog {
using testing::Mutant;
using testing::mutant_is;
using testing::mutant_now;
"
  text "${text}")

function(mutate from to)
  string(FIND "${text}" "${from}" at)
  if(at GREATER -1)
    string(REPLACE "${from}" "${to}" changed "${text}")
    set(text "${changed}" PARENT_SCOPE)
  endif()
endfunction()

get_filename_component(name ${IN} NAME)
if(name STREQUAL "group_commit.cpp")
  mutate("TRY(tables_.db().write(batch_, storage::Sync::kYes))"
    "TRY(mutant_is(Mutant::kNoWal)
            ? tables_.db().write(batch_, storage::Sync::kNo, storage::Wal::kNo)
            : tables_.db().write(batch_, mutant_is(Mutant::kNoSync) ? storage::Sync::kNo : storage::Sync::kYes))")
  mutate("batch_.put(tables_.commits, position_key(key_, head_), row.SerializeAsString());"
    "storage::WriteBatch own;
  auto& with = mutant_is(Mutant::kCommitRowAhead) ? own : batch_;
  with.put(tables_.commits, position_key(key_, head_), row.SerializeAsString());
  if (!own.empty()) static_cast<void>(tables_.db().write(own, storage::Sync::kYes));")
  mutate("batch_.put(tables_.streams," "if (!mutant_now(Mutant::kStreamRowLeftOut)) batch_.put(tables_.streams,")
  mutate("batch_.put(tables_.ids," "if (!mutant_now(Mutant::kIdRowLeftOut)) batch_.put(tables_.ids,")
  mutate("batch_.put(tables_.tags," "if (!mutant_now(Mutant::kTagRowLeftOut)) batch_.put(tables_.tags,")
  mutate("batch_.put(tables_.raw," "if (!mutant_now(Mutant::kRawBodyLeftOut)) batch_.put(tables_.raw,")
  mutate("if (is_new) batch_.put(tables_.subject_keys"
    "if (is_new && !mutant_now(Mutant::kSubjectKeyLeftOut)) batch_.put(tables_.subject_keys")
  mutate("frontier_.push(leaf)"
    "frontier_.push(mutant_now(Mutant::kOtherLeaf) ? merkle::leaf_hash(\"other\") : leaf)")
  mutate("version = version.next()"
    "version = mutant_now(Mutant::kVersionSkipped) ? version.next().next() : version.next()")
  mutate("if (const auto existing = TRY(answer_for_existing(request))) return *existing"
    "if (const auto existing = TRY(answer_for_existing(request)); existing && !mutant_is(Mutant::kForgetsIds)) return *existing")
  mutate("for (const auto& [stream, version] : streams_) stream_heads_.put"
    "for (const auto& [stream, version] : streams_) if (!mutant_now(Mutant::kStaleVersions)) stream_heads_.put")
  mutate("if (version != stream->version) return version_conflict"
    "if (version != stream->version && !mutant_now(Mutant::kNoVersionCheck)) return version_conflict")
  mutate("if (none.position >= end_.head) return {};"
    "if (none.position >= end_.head || mutant_now(Mutant::kNoTagCheck)) return {};")
  mutate("if (request.on_existing == OnExisting::kRequireSame &&"
    "if (request.on_existing == OnExisting::kRequireSame && !mutant_is(Mutant::kReusedKeyAccepted) &&")
elseif(name STREQUAL "committer.cpp")
  mutate("if (const auto written = group_->write(); !written) {"
    "if (mutant_is(Mutant::kAnswersBeforeTheWrite)) {
    for (auto& pending : taken_) {  // the requests stay: the write reads them
      pending.done(std::move(*pending.answer));
      pending.done = [](const Result<Appended>&) {};
    }
  }
  if (mutant_is(Mutant::kShowsBeforeTheWrite)) {
    head_.store(group_->end().head.value + group_->events(), std::memory_order_release);
  }
  if (const auto written = group_->write(); !written) {")
  mutate("stop(written.error());" "if (!mutant_is(Mutant::kGoesOn)) stop(written.error());")
  mutate("fail(ErrorKind::kUnknown, \"append_unknown\","
    "fail(mutant_is(Mutant::kSaysRefused) ? ErrorKind::kUnavailable : ErrorKind::kUnknown, \"append_unknown\",")
endif()
file(WRITE ${OUT} "${text}")
