// Sources, deliveries and their counters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dealog/v1/channel_events.pb.h"
#include "dealog/v1/mailbox_events.pb.h"
#include "projections/intake/fetch_view.hpp"
#include "projections/intake/intake_view.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/view_fixture.hpp"

namespace dealog::views {
namespace {

using namespace dealog::testing;
using ::testing::ElementsAre;

class Intake : public ViewFixture {
 protected:
  Intake() {
    v1::SourceConnected m;
    m.set_provider("tilda");
    m.set_name("landing page");
    m.set_token("hook-token");
    m.set_settings_json("{}");
    (*m.mutable_secrets())["secret"] = "s3cret";
    given(source_, m);
  }
  std::string receive() {
    const auto id = history_.make_id<DeliveryId>();
    v1::DeliveryReceived m;
    m.set_source(source_);
    m.set_delivery_key("tran:1");
    m.set_body_bytes(12);
    given(id, m);
    return id;
  }
  void accept(const std::string& id) {
    v1::DeliveryAccepted m;
    m.set_source(source_);
    m.set_normalised_json("[{\"kind\":\"lead\"}]");
    m.add_results()->set_deal("deal_1");
    given(id, m);
  }
  void quarantine(const std::string& id) {
    v1::DeliveryQuarantined m;
    m.set_source(source_);
    m.set_code("not_json");
    m.set_reason("line 3");
    given(id, m);
  }
  void replay(const std::string& id) {
    v1::DeliveryReplayed m;
    m.set_source(source_);
    given(id, m);
  }
  Source source() {
    const auto context = now();
    return must(IntakeView(context).source(source_)).value();
  }
  std::vector<std::string> listed(const std::string& state) {
    const auto context = now();
    std::vector<std::string> ids;
    for (const auto& d : must(IntakeView(context).deliveries(source_, state, {})).items) {
      ids.push_back(d.id);
    }
    return ids;
  }
  std::vector<std::string> pending() {
    const auto context = now();
    std::vector<std::string> ids;
    for (const auto& d : must(IntakeView(context).pending({}, 100))) ids.push_back(d.delivery);
    return ids;
  }

  std::string source_ = history_.make_id<SourceId>();
};

TEST_F(Intake, ASourceKeepsItsSecretsSealedAndTheLatestOnesInForce) {
  EXPECT_EQ(source().name, "landing page");
  EXPECT_EQ(source().token.value, "hook-token");
  EXPECT_EQ(source().secrets.at(0).second, "s3cret");
  v1::SourceChanged changed;
  changed.set_name("shop");
  (*changed.mutable_secrets())["secret"] = "newer";
  changed.set_secrets_changed(true);
  given(source_, changed);
  EXPECT_EQ(source().name, "shop");
  EXPECT_EQ(source().secrets.at(0).second, "newer");
  const auto context = now(PersonalView::kMasked);
  const auto masked = must(IntakeView(context).source(source_)).value();
  EXPECT_TRUE(masked.secrets.empty());
  EXPECT_EQ(masked.token.state, TextState::kMasked);
}

TEST_F(Intake, ReceivedIsTheSumOfTheStatesAtEveryMoment) {
  std::vector<std::string> made;
  const auto check = [&] {
    const auto c = source().counters;
    EXPECT_EQ(c.received, c.pending + c.accepted + c.duplicate + c.quarantined + c.ignored);
    return c;
  };
  for (int i = 0; i < 4; ++i) {
    made.push_back(receive());
    check();
  }
  accept(made[0]);
  check();
  quarantine(made[1]);
  check();
  v1::DeliveryIgnored ignored;
  ignored.set_source(source_);
  given(made[2], ignored);
  v1::DeliveryRepeated repeated;
  repeated.set_source(source_);
  repeated.set_first(made[0]);
  given(history_.make_id<DeliveryId>(), repeated);
  const auto c = check();
  EXPECT_EQ(c.received, 5u);
  EXPECT_EQ(c.pending, 1u);
  EXPECT_EQ(c.accepted, 1u);
  EXPECT_EQ(c.duplicate, 1u);
  EXPECT_EQ(c.quarantined, 1u);
  EXPECT_EQ(c.ignored, 1u);
  replay(made[1]);
  EXPECT_EQ(check().pending, 2u);
  EXPECT_EQ(check().quarantined, 0u);
}

TEST_F(Intake, DeliveriesAreListedByStateNewestFirst) {
  const auto one = receive(), two = receive(), three = receive();
  accept(one);
  quarantine(two);
  EXPECT_THAT(listed(""), ElementsAre(three, two, one));
  EXPECT_THAT(listed("accepted"), ElementsAre(one));
  EXPECT_THAT(listed("quarantined"), ElementsAre(two));
  EXPECT_THAT(listed("pending"), ElementsAre(three));
  replay(two);
  EXPECT_THAT(listed("quarantined"), ElementsAre());
  EXPECT_THAT(listed("pending"), ElementsAre(three, two));
}

TEST_F(Intake, PagesOfDeliveriesMeet) {
  std::vector<std::string> made;
  for (int i = 0; i < 12; ++i) {
    made.insert(made.begin(), receive());
    if (i % 3 == 0) accept(made.front());
    if (i % 3 == 1) quarantine(made.front());
  }
  const auto context = now();
  std::vector<std::string> seen;
  PageRequest request{.limit = 5};
  for (;;) {
    const auto page = must(IntakeView(context).deliveries(source_, "", request));
    for (const auto& d : page.items) seen.push_back(d.id);
    if (!page.next_cursor) break;
    request.cursor = *page.next_cursor;
  }
  EXPECT_EQ(seen, made);
}

TEST_F(Intake, WhatIsPendingWaitsInTheOrderItBecameSo) {
  const auto one = receive(), two = receive();
  EXPECT_THAT(pending(), ElementsAre(one, two));
  quarantine(one);
  EXPECT_THAT(pending(), ElementsAre(two));
  replay(one);
  EXPECT_THAT(pending(), ElementsAre(two, one));
  accept(two);
  accept(one);
  EXPECT_THAT(pending(), ElementsAre());
}

TEST_F(Intake, OneDeliveryIsReadWithWhatOnlyTheLogHolds) {
  const auto id = receive();
  quarantine(id);
  auto context = now();
  auto delivery = must(IntakeView(context).delivery(id, history_.log())).value();
  EXPECT_EQ(delivery.delivery_key.value, "tran:1");
  EXPECT_EQ(delivery.summary.code, "not_json");
  EXPECT_EQ(delivery.reason.value, "line 3");
  replay(id);
  accept(id);
  auto later = now();
  delivery = must(IntakeView(later).delivery(id, history_.log())).value();
  EXPECT_EQ(delivery.summary.state, "accepted");
  EXPECT_EQ(delivery.summary.replays, 1u);
  EXPECT_EQ(delivery.summary.code, "");
  EXPECT_EQ(delivery.reason.state, TextState::kAbsent);
  EXPECT_EQ(delivery.normalised_json.value, "[{\"kind\":\"lead\"}]");
  EXPECT_EQ(delivery.summary.results.at(0).deal, "deal_1");
  history_.keys().erase(id);
  delivery = must(IntakeView(later).delivery(id, history_.log())).value();
  EXPECT_EQ(delivery.normalised_json.state, TextState::kErased);
}

TEST_F(Intake, ARemovedSourceIsNotListedButStillThere) {
  given(source_, v1::SourceRemoved());
  const auto context = now();
  EXPECT_TRUE(must(IntakeView(context).sources({})).items.empty());
  EXPECT_TRUE(source().removed);
}

TEST_F(Intake, AFetchWaitsForItsTimeAndIsListedWhenItIsGivenUp) {
  const auto id = history_.make_id<FetchId>();
  v1::FetchRequested requested;
  requested.set_source(source_);
  requested.set_delivery("dlv_1");
  requested.set_what("lead");
  given(id, requested);
  const auto due_at = [&](Timestamp at) {
    const auto context = now();
    return must(FetchView(context).due(FetchKind::kDelivery, at, 10)).size();
  };
  const Timestamp t = history_.clock().now();
  EXPECT_EQ(due_at(t), 1u);
  v1::FetchFailed failed;
  failed.set_source(source_);
  failed.set_attempt(1);
  failed.set_code("timeout");
  failed.set_next_at((t + std::chrono::minutes(1)).us);
  given(id, failed);
  EXPECT_EQ(due_at(t), 0u);
  EXPECT_EQ(due_at(t + std::chrono::minutes(1)), 1u);
  failed.set_attempt(2);
  failed.set_next_at(0);
  given(id, failed);
  EXPECT_EQ(due_at(t + std::chrono::hours(100)), 0u);
  const auto listed = [&](std::string_view status) {
    const auto context = now();
    return must(FetchView(context).fetches(source_, status, {})).items;
  };
  ASSERT_EQ(listed("given_up").size(), 1u);
  EXPECT_EQ(listed("given_up")[0].code, "timeout");
  v1::FetchRetried retried;
  retried.set_source(source_);
  given(id, retried);
  EXPECT_TRUE(listed("given_up").empty());
  EXPECT_EQ(listed("waiting").size(), 1u);
  v1::FetchCompleted completed;
  completed.set_source(source_);
  completed.set_delivery("dlv_2");
  given(id, completed);
  EXPECT_TRUE(listed("waiting").empty());
  const auto context = now();
  const auto fetched = must(FetchView(context).fetch(id)).value();
  EXPECT_EQ(fetched.status, "fetched");
  EXPECT_EQ(fetched.answer, "dlv_2");
}

TEST_F(Intake, AFileToBeFetchedQueuesApartAndIsListedWithTheOthers) {
  const auto id = history_.make_id<FetchId>();
  v1::FileFetchRequested requested;
  requested.set_source(source_);
  requested.set_delivery("dlv_1");
  requested.set_what("file-recording");
  given(id, requested);
  const Timestamp t = history_.clock().now();
  const auto due = [&](FetchKind kind) {
    const auto context = now();
    return must(FetchView(context).due(kind, t, 10)).size();
  };
  EXPECT_EQ(due(FetchKind::kFile), 1u);
  EXPECT_EQ(due(FetchKind::kDelivery), 0u);
  {
    const auto context = now();
    EXPECT_EQ(must(FetchView(context).fetches(source_, "waiting", {})).items.size(), 1u);
  }
  v1::FileFetched fetched;
  fetched.set_source(source_);
  fetched.set_file("fil_1");
  given(id, fetched);
  EXPECT_EQ(due(FetchKind::kFile), 0u);
  const auto context = now();
  EXPECT_TRUE(must(FetchView(context).fetches(source_, "waiting", {})).items.empty());
  EXPECT_EQ(must(FetchView(context).fetch(id)).value().answer, "fil_1");
}

TEST_F(Intake, AMailboxIsShownWithItsSource) {
  EXPECT_FALSE(source().mailbox.has_value());
  v1::MailboxRead read;
  read.set_source(source_);
  given("mbx_1", read);
  read.set_delivery("dlv_1");
  given("mbx_1", read);
  EXPECT_EQ(source().mailbox->mails, 1u);
  EXPECT_TRUE(source().mailbox->last_read_at.has_value());
  v1::MailboxFailed failed;
  failed.set_source(source_);
  failed.set_code("timeout");
  given("mbx_1", failed);
  const auto since = source().mailbox->failing_since;
  ASSERT_TRUE(since.has_value());
  history_.clock().advance(std::chrono::hours(1));
  failed.set_code("login_refused");
  given("mbx_1", failed);
  EXPECT_EQ(source().mailbox->failing_since, since);
  EXPECT_EQ(source().mailbox->code, "login_refused");
  v1::MailboxConnected connected;
  connected.set_source(source_);
  given("mbx_1", connected);
  EXPECT_FALSE(source().mailbox->failing_since.has_value());
  EXPECT_TRUE(source().mailbox->connected);
}

}  // namespace
}  // namespace dealog::views
