#include "projections/intake/fetch_handlers.hpp"

#include "dealog/v1/views.pb.h"
#include "libs/projection/row_keys.hpp"
#include "projections/intake/fetch_keys.hpp"

namespace dealog::views {
namespace {

std::string due_key(const v1::FetchRow& row) {
  return due_key(kind_of(row.what()), row.next_us()) + row.fetch();
}

v1::FetchRow& row_of(const RecordedEvent& event, ViewBatch& batch) {
  return batch.edit<v1::FetchRow>(row_keys::key(row_keys::kFetch, event.stream));
}

void leave(const v1::FetchRow& row, ViewBatch& batch) {
  if (row.status() == "waiting") batch.erase(due_key(row));
  if (row.status() == "given_up") {
    batch.erase(row_keys::key(row_keys::kFetchGivenUp, row.fetch()));
  }
}

void wait_until(v1::FetchRow& row, std::int64_t next_us, ViewBatch& batch) {
  row.set_status("waiting");
  row.set_next_us(next_us);
  batch.put(due_key(row), row.fetch());
}

template <class Requested>
void request(const Requested& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = row_of(event, batch);
  row.set_fetch(event.stream);
  row.set_source(m.source());
  row.set_delivery(m.delivery());
  row.set_what(m.what());
  row.set_requested_us(event.recorded.us);
  row.set_position(event.position.value);
  wait_until(row, event.recorded.us, batch);
}

void settle(const std::string& answer, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = row_of(event, batch);
  leave(row, batch);
  row.set_status("fetched");
  row.set_next_us(0);
  row.clear_code();
  row.set_answer(answer);
}

}  // namespace

void fetch_requested(const v1::FetchRequested& m, const RecordedEvent& event, ViewBatch& batch) {
  request(m, event, batch);
}

void file_fetch_requested(const v1::FileFetchRequested& m, const RecordedEvent& event,
                          ViewBatch& batch) {
  request(m, event, batch);
}

void fetch_failed(const v1::FetchFailed& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = row_of(event, batch);
  leave(row, batch);
  row.set_attempts(m.attempt());
  row.set_code(m.code());
  if (m.next_at() != 0) return wait_until(row, m.next_at(), batch);
  row.set_status("given_up");
  row.set_next_us(0);
  batch.put(row_keys::key(row_keys::kFetchGivenUp, event.stream), row.source());
}

void fetch_completed(const v1::FetchCompleted& m, const RecordedEvent& event, ViewBatch& batch) {
  settle(m.delivery(), event, batch);
}

void file_fetched(const v1::FileFetched& m, const RecordedEvent& event, ViewBatch& batch) {
  settle(m.file(), event, batch);
}

void fetch_retried(const v1::FetchRetried&, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = row_of(event, batch);
  leave(row, batch);
  row.set_attempts(0);
  wait_until(row, event.recorded.us, batch);
}

}  // namespace dealog::views
