// Sources, deliveries, users, regulations and erasure.
#include "dealog/v1/intake_events.pb.h"
#include "libs/command/regulation_book.hpp"
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/command/use_cases/erasure.hpp"
#include "libs/command/use_cases/sources.hpp"
#include "libs/command/use_cases/users.hpp"
#include "libs/command/user_directory.hpp"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

using Names = std::vector<std::string>;

use_cases::ReceivedDelivery receive(Workshop& shop, std::string key, std::string body = "phone=1") {
  return shop.must([&](Unit& unit) {
    return use_cases::receive_delivery(unit, {.source = "src_1",
                                              .method = "POST",
                                              .suffix = {},
                                              .content_type = "text/plain",
                                              .headers = {{"X-Key", "v"}},
                                              .query = {},
                                              .remote_ip = "203.0.113.1",
                                              .body = body,
                                              .delivery_key = key});
  });
}
Result<Outcome> settle(Workshop& shop, const DeliveryId& id, use_cases::Settlement settlement) {
  return shop.bus().run(shop.request(id.text()), [&](Unit& unit) {
    return use_cases::settle_delivery(unit, id, settlement);
  });
}

TEST(Deliveries, AreStoredWithTheirSealedBodyAndReadBack) {
  Workshop shop;
  const auto received = receive(shop, "k1", "name=Anna&phone=89165550177");
  EXPECT_TRUE(received.first.empty());
  const auto state = shop.state<delivery::State>(received.delivery.text());
  EXPECT_EQ(state->status, delivery::Status::kPending);
  const auto sealed = shop.log.raw_body(state->received_event).value();
  ASSERT_TRUE(sealed.has_value());
  EXPECT_EQ(sealed->find("Anna"), std::string::npos);
  EXPECT_EQ(use_cases::delivery_body(shop.folds(), received.delivery),
            "name=Anna&phone=89165550177");
  EXPECT_EQ(shop.log.subject_key(received.delivery.text()).value(), state->body_key);
}

TEST(Deliveries, TheSameKeyOfTheSameSourceIsADuplicate) {
  Workshop shop;
  const auto first = receive(shop, "k1");
  const auto again = receive(shop, "k1");
  EXPECT_NE(again.delivery, first.delivery);
  EXPECT_EQ(again.first, first.delivery.text());
  EXPECT_EQ(shop.event_names(), (Names{"DeliveryReceived", "DeliveryRepeated"}));
  EXPECT_TRUE(receive(shop, "k2").first.empty());
  EXPECT_TRUE(receive(shop, "").first.empty());
  EXPECT_TRUE(receive(shop, "").first.empty());
}

TEST(Deliveries, TheSameOneTwiceAtOnceCountsOnce) {
  Workshop shop({.threads = 4});
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) threads.emplace_back([&] { receive(shop, "k1"); });
  for (auto& thread : threads) thread.join();
  const auto names = shop.event_names();
  EXPECT_EQ(std::count(names.begin(), names.end(), "DeliveryReceived"), 1);
  EXPECT_EQ(std::count(names.begin(), names.end(), "DeliveryRepeated"), 15);
}

TEST(Deliveries, AreNotReplayedWithoutTheirBody) {
  Workshop shop;
  const auto id = receive(shop, "k1").delivery;
  ASSERT_TRUE(settle(shop, id, delivery::QuarantineDelivery{1, "no_phone", "why"}));
  ASSERT_TRUE(shop.log.erase_raw_body(shop.state<delivery::State>(id.text())->received_event));
  const auto replayed = shop.bus().run(
      shop.request(), [&](Unit& unit) { return use_cases::replay_delivery(unit, id); });
  ASSERT_FALSE(replayed);
  EXPECT_EQ(replayed.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(replayed.error().code, "body_erased");
  EXPECT_EQ(shop.state<delivery::State>(id.text())->status, delivery::Status::kQuarantined);
}

TEST(Deliveries, AreSettledOnceAndReplayed) {
  Workshop shop;
  const auto id = receive(shop, "k1").delivery;
  ASSERT_TRUE(settle(shop, id, delivery::QuarantineDelivery{1, "no_phone", "why"}));
  EXPECT_EQ(settle(shop, id, delivery::IgnoreDelivery{1, "spam"}).error().code, "delivery_settled");
  ASSERT_TRUE(shop.bus().run(shop.request(),
                             [&](Unit& unit) { return use_cases::replay_delivery(unit, id); }));
  ASSERT_TRUE(settle(shop, id, delivery::AcceptDelivery{2, {}, "[]"}));
  EXPECT_EQ(shop.state<delivery::State>(id.text())->status, delivery::Status::kAccepted);
}

TEST(Sources, AreConnectedWithATokenThatOnlyTheyKnow) {
  Workshop shop;
  const auto connected = shop.must([](Unit& unit) {
    return use_cases::connect_source(unit, {.provider = "tilda", .name = "Form"});
  });
  EXPECT_EQ(connected.token.size(), 43u);
  const auto state = shop.state<source::State>(connected.source.text());
  EXPECT_TRUE(source::token_matches(*state, connected.token));
  ASSERT_TRUE(shop.bus().run(shop.request(), [&](Unit& unit) {
    return use_cases::remove_source(unit, connected.source);
  }));
  EXPECT_FALSE(
      source::token_matches(*shop.state<source::State>(connected.source.text()), connected.token));
}

struct Directory : ::testing::Test {
  Directory() {
    user = shop.must([](Unit& unit) {
      return use_cases::register_user(unit, {.name = "Anna",
                                             .role = "owner",
                                             .time_zone = "Europe/Moscow",
                                             .rights = user::Rights::all()});
    });
  }
  use_cases::IssuedToken issue(user::Rights rights = user::Rights::all()) {
    return shop.must([&](Unit& unit) {
      return use_cases::issue_token(unit, user, {.rights = rights, .label = "x", .expires_at = {}});
    });
  }
  Workshop shop;
  UserId user;
};

TEST_F(Directory, ATokenSaysWhoAsksAndWhatHeMay) {
  const UserDirectory directory(shop.folds());
  const auto token = issue({user::Right::kRead});
  const auto principal = directory.authenticate(token.text, shop.clock.now());
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->user, user);
  EXPECT_EQ(principal->token, token.token);
  EXPECT_EQ(principal->rights, user::Rights{user::Right::kRead});
  EXPECT_EQ(directory.zone_of(user), "Europe/Moscow");
  EXPECT_EQ(directory.users(), std::vector{user});
}

TEST_F(Directory, ARevocationHoldsAtOnce) {
  const UserDirectory directory(shop.folds());
  const auto token = issue();
  ASSERT_TRUE(directory.authenticate(token.text, shop.clock.now()));
  ASSERT_TRUE(shop.bus().run(
      shop.request(), [&](Unit& unit) { return use_cases::revoke_token(unit, token.token); }));
  EXPECT_EQ(directory.authenticate(token.text, shop.clock.now()).error().code, "invalid_token");
}

TEST_F(Directory, AForgedTokenIsNobody) {
  const UserDirectory directory(shop.folds());
  auto token = issue().text;
  token.back() = token.back() == 'A' ? 'E' : 'A';
  for (const auto& text :
       {token, user::format_token({TokenId(Uuid::derived({}, "x")), std::string(32, 'x')}),
        std::string("dlg_")}) {
    const auto principal = directory.authenticate(text, shop.clock.now());
    ASSERT_FALSE(principal);
    EXPECT_EQ(principal.error().kind, ErrorKind::kUnauthorized);
  }
}

TEST_F(Directory, AMoreRestrictedUserRestrictsHisTokens) {
  const UserDirectory directory(shop.folds());
  shop.must([](Unit& unit) {  // somebody else who may administer
    return use_cases::register_user(unit, {.name = "Olga",
                                           .email = "",
                                           .role = "owner",
                                           .time_zone = "Europe/Moscow",
                                           .rights = user::Rights::all()});
  });
  const auto token = issue();
  ASSERT_TRUE(shop.bus().run(shop.request(), [&](Unit& unit) {
    return use_cases::change_user(unit, user, {.rights = user::Rights{user::Right::kRead}});
  }));
  EXPECT_EQ(directory.authenticate(token.text, shop.clock.now())->rights,
            user::Rights{user::Right::kRead});
  ASSERT_TRUE(shop.bus().run(shop.request(),
                             [&](Unit& unit) { return use_cases::deactivate_user(unit, user); }));
  EXPECT_FALSE(directory.authenticate(token.text, shop.clock.now()));
}

TEST(RegulationBook, HasTheOneInForceAndEveryOther) {
  Workshop shop;
  const RegulationBook book(shop.folds());
  EXPECT_EQ(book.current("web-studio").error().code, "pipeline_not_found");
  shop.publish_web_studio();
  const Position first = shop.log.head();
  EXPECT_EQ(book.current("web-studio").value()->version, 1u);
  auto yaml = regulation_file("web-studio.yaml");
  yaml.replace(yaml.find("Web studio"), 10, "Web office");
  const auto published = shop.must(
      [&](Unit& unit) { return use_cases::publish_regulation(unit, "web-studio", yaml); });
  EXPECT_EQ(published.version, 2u);
  EXPECT_EQ(book.current("web-studio").value()->title.en, "Web office");
  EXPECT_EQ(book.version("web-studio", 1).value()->title.en, "Web studio");
  EXPECT_EQ(book.version("web-studio", 3).error().code, "regulation_version_not_found");
  EXPECT_EQ(book.as_of("web-studio", first).value()->version, 1u);
  EXPECT_EQ(book.pipelines(), std::vector<std::string>{"web-studio"});
  // One parsed regulation serves all who ask.
  EXPECT_EQ(book.current("web-studio").value().get(), book.current("web-studio").value().get());
}

struct Erasure : ::testing::Test {
  use_cases::DestroyKey destroy = [this](std::string_view subject) -> Result<void> {
    if (broken == subject) return fail(ErrorKind::kInternal, "disk", "the disk is broken");
    shop.keys.erase(std::string(subject));
    return {};
  };
  Result<Outcome> erase(const PersonId& person) {
    return use_cases::erase_person(shop.bus(), destroy, shop.request(person.text()), person,
                                   "request");
  }
  PersonId anna() {
    return shop
        .must([](Unit& unit) {
          return use_cases::find_or_register_person(
              unit, somebody("Anna", "+79165550177", "anna@example.ru"));
        })
        .person;
  }
  bool key_is_there(const std::string& subject) { return shop.keys.key_for(subject).has_value(); }
  bool tag_is_there(std::string_view tag) {
    bool there = false;
    EXPECT_TRUE(shop.log.read_tag(true, shop.keys.tag_hash(tag), {0}, Direction::kForward, 1,
                                  [&](const StoredEvent&) { return there = true; }));
    return there;
  }
  DeliveryId delivery_of(const PersonId& person) {
    const auto id = receive(shop, "k1", "name=Anna").delivery;
    v1::DeliveryResult result;
    result.set_person(person.text());
    EXPECT_TRUE(settle(shop, id, delivery::AcceptDelivery{1, {result}, "[1]"}));
    return id;
  }

  Workshop shop;
  std::string broken;
};

TEST_F(Erasure, NothingOfThePersonCanBeReadAnyMore) {
  const auto person = anna();
  const auto delivery = delivery_of(person);
  ASSERT_TRUE(erase(person));
  const auto state = shop.state<person::State>(person.text());
  EXPECT_TRUE(state->erased);
  EXPECT_EQ(state->name, "");
  EXPECT_EQ(*shop.fresh<person::State>(person.text()), *state);
  EXPECT_FALSE(key_is_there(person.text()));
  EXPECT_FALSE(tag_is_there("phone:+79165550177"));
  EXPECT_FALSE(tag_is_there("email:anna@example.ru"));
  EXPECT_FALSE(use_cases::delivery_body(shop.folds(), delivery)->has_value());
  EXPECT_EQ(shop.state<delivery::State>(delivery.text())->normalised_json, "");
  EXPECT_EQ(erase(person).error().code, "person_erased");
}

TEST_F(Erasure, TheContactsAreFreeForSomebodyNew) {
  const auto person = anna();
  ASSERT_TRUE(erase(person));
  const auto again = anna();
  EXPECT_NE(again, person);
  EXPECT_TRUE(tag_is_there("phone:+79165550177"));
}

TEST_F(Erasure, AContactThatHasAnotherClaimantStaysHis) {
  const auto person = anna();
  ASSERT_TRUE(shop.bus().run(shop.request(), [&](Unit& unit) {
    return use_cases::change_person(
        unit, person, {.details = {}, .add = {}, .remove = {{.text = "+79165550177"}}});
  }));
  const auto boris = shop.must([](Unit& unit) {
    return use_cases::register_person(unit, somebody("Boris", "+79165550177"));
  });
  ASSERT_TRUE(erase(person));
  const auto found = shop.must([](Unit& unit) {
    return use_cases::find_or_register_person(unit, somebody("", "+79165550177"));
  });
  EXPECT_EQ(found.person, boris);
}

TEST_F(Erasure, WhoWasMergedIntoThePersonIsErasedAsWell) {
  const auto person = anna();
  const auto other = shop.must([](Unit& unit) {
    return use_cases::register_person(unit, somebody("Anna K", "+79165550178"));
  });
  ASSERT_TRUE(shop.bus().run(
      shop.request(), [&](Unit& unit) { return use_cases::merge_people(unit, other, person); }));
  ASSERT_TRUE(erase(person));
  EXPECT_FALSE(key_is_there(person.text()));
  EXPECT_FALSE(key_is_there(other.text()));
  EXPECT_FALSE(tag_is_there("phone:+79165550178"));
}

TEST_F(Erasure, AnInterruptedOneIsCompletedAtStart) {
  const auto person = anna();
  const auto delivery = delivery_of(person);
  broken = person.text();
  EXPECT_EQ(erase(person).error().code, "disk");
  EXPECT_TRUE(shop.state<person::State>(person.text())->erased);
  EXPECT_TRUE(key_is_there(person.text()));
  broken.clear();
  shop.restart();
  EXPECT_EQ(use_cases::finish_erasures(shop.bus(), destroy), 1u);
  EXPECT_FALSE(key_is_there(person.text()));
  EXPECT_FALSE(tag_is_there("phone:+79165550177"));
  EXPECT_FALSE(use_cases::delivery_body(shop.folds(), delivery)->has_value());
  EXPECT_EQ(use_cases::finish_erasures(shop.bus(), destroy), 1u);
}

}  // namespace
}  // namespace dealog
