// People and companies, and how they are found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/projection/row_keys.hpp"
#include "projections/contacts/contacts_view.hpp"
#include "tests/support/sample_events.hpp"
#include "tests/support/view_fixture.hpp"

namespace dealog::views {
namespace {

using namespace dealog::testing;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class Contacts : public ViewFixture {
 protected:
  std::string register_person(const std::string& name, const std::string& phone,
                              const std::string& email = "") {
    const auto id = history_.make_id<PersonId>();
    given(id, person_registered(name, phone, email));
    return id;
  }
  std::string register_company(const std::string& name, const std::string& tax_id) {
    const auto id = history_.make_id<CompanyId>();
    v1::CompanyRegistered m;
    m.set_name(name);
    m.set_tax_id(tax_id);
    given(id, m);
    return id;
  }
  std::vector<std::string> found(const std::string& q) {
    const auto context = now();
    std::vector<std::string> ids;
    for (const auto& person : must(ContactsView(context).people({.q = q}, {})).items) {
      ids.push_back(person.id);
    }
    return ids;
  }
  Person person(const std::string& id, PersonalView personal = PersonalView::kShown) {
    const auto context = now(personal);
    return must(ContactsView(context).person(id)).value();
  }
  void erase(const std::string& id) {
    given(id, v1::PersonErased());
    history_.keys().erase(id);
  }
  std::size_t rows_under(std::string_view prefix) {
    std::size_t rows = 0;
    EXPECT_TRUE(store_.scan_prefix(prefix, ScanOrder::kForward, [&](auto, auto) {
      ++rows;
      return true;
    }));
    return rows;
  }
};

TEST_F(Contacts, APersonHasNameAndContacts) {
  const auto id = register_person("Анна Иванова", "+79165550177", "anna@example.org");
  const Person found = person(id);
  EXPECT_EQ(found.name.value, "Анна Иванова");
  ASSERT_EQ(found.contacts.size(), 2u);
  EXPECT_EQ(found.contacts[0].value, "+79165550177");
  EXPECT_TRUE(found.contacts[0].identifies);
}

TEST_F(Contacts, APersonIsMaskedForThoseWithoutTheRight) {
  const auto id = register_person("Анна", "+79165550177");
  EXPECT_EQ(person(id, PersonalView::kMasked).name.state, TextState::kMasked);
  EXPECT_EQ(person(id, PersonalView::kMasked).contacts_state, TextState::kMasked);
  EXPECT_TRUE(person(id, PersonalView::kMasked).contacts.empty());
}

TEST_F(Contacts, AreFoundByAnySpellingOfThePhone) {
  const auto anna = register_person("Анна", "+79165550177");
  const auto boris = register_person("Борис", "+79165550178");
  EXPECT_THAT(found("916 55"), UnorderedElementsAre(anna, boris));
  for (const char* spelling : {"+79165550177", "8 (916) 555-01-77", "89165550177", "9165550177",
                               "+7 916 555 01 77", "550177", "0177", "655-50177", "55-01-77"}) {
    EXPECT_THAT(found(spelling), ElementsAre(anna)) << spelling;
  }
  EXPECT_THAT(found("177"), ElementsAre());  // too short to mean a phone
  EXPECT_THAT(found("+79165550179"), ElementsAre());
  EXPECT_THAT(found("+39165550177"), ElementsAre());  // another country's
}

TEST_F(Contacts, AreFoundByWordsOfTheNameInAnyOrderAndCase) {
  const auto anna = register_person("Анна-Мария Фёдорова", "");
  const auto other = register_person("Анна Петрова", "");
  EXPECT_THAT(found("федорова"), ElementsAre(anna));
  EXPECT_THAT(found("ФЕДОР анна"), ElementsAre(anna));
  EXPECT_THAT(found("анна"), UnorderedElementsAre(anna, other));
  EXPECT_THAT(found("мария петрова"), ElementsAre());
}

TEST_F(Contacts, AreFoundByTheirNameInEitherAlphabet) {
  const auto sergey = register_person("Сергей Хабаров", "");
  const auto julia = register_person("Julia Smith", "");
  register_person("Анна Петрова", "");
  for (const char* q : {"Sergey", "sergei khabarov", "Habarov", "хабаров", "СЕРГ"}) {
    EXPECT_THAT(found(q), ElementsAre(sergey)) << q;
  }
  EXPECT_THAT(found("Юлия"), ElementsAre(julia));
  EXPECT_THAT(found("Юлия Смит"), ElementsAre(julia));
  EXPECT_THAT(found("Юлия Петрова"), ElementsAre());
}

TEST_F(Contacts, AreFoundByTheBeginningOfTheirEmail) {
  const auto anna = register_person("Анна", "", "anna.fedorova@example.org");
  EXPECT_THAT(found("ANNA.Fed"), ElementsAre(anna));
  EXPECT_THAT(found("anna.fedorova@example.org"), ElementsAre(anna));
  EXPECT_THAT(found("fedorova@example.org"), ElementsAre());
}

TEST_F(Contacts, ACompanyIsFoundByNameAndTaxId) {
  const auto id = register_company("ООО «Ромашка»", "7701234567");
  register_company("ООО «Лютик»", "7709999999");
  const auto context = now();
  const ContactsView view(context);
  for (const char* q : {"ромаш", "7701234567", "770123"}) {
    const auto companies = must(view.companies({.q = q}, {})).items;
    ASSERT_EQ(companies.size(), 1u) << q;
    EXPECT_EQ(companies[0].id, id);
    EXPECT_EQ(companies[0].name.value, "ООО «Ромашка»");
  }
  EXPECT_THAT(must(view.find("ромаш")), ElementsAre(id));
}

TEST_F(Contacts, FollowWhatIsAddedChangedAndRemoved) {
  const auto id = register_person("Анна", "+79165550177");
  v1::PersonDetailsChanged changed;
  changed.set_name("Мария");
  given(id, changed);
  v1::PersonContactAdded added;
  added.mutable_contact()->set_kind("email");
  added.mutable_contact()->set_value("maria@example.org");
  given(id, added);
  v1::PersonContactRemoved removed;
  removed.mutable_contact()->set_kind("phone");
  removed.mutable_contact()->set_value("+79165550177");
  given(id, removed);
  EXPECT_EQ(person(id).name.value, "Мария");
  ASSERT_EQ(person(id).contacts.size(), 1u);
  EXPECT_THAT(found("анна"), ElementsAre());
  EXPECT_THAT(found("+79165550177"), ElementsAre());
  EXPECT_THAT(found("мария"), ElementsAre(id));
  EXPECT_THAT(found("maria@"), ElementsAre(id));
}

TEST_F(Contacts, AMergedPersonIsFoundAsTheOtherOne) {
  const auto gone = register_person("Анна", "+79165550177");
  const auto stays = register_person("Anna F.", "");
  v1::PersonMerged merged;
  merged.set_into(stays);
  given(gone, merged);
  v1::PersonAbsorbed absorbed;
  absorbed.set_other(gone);
  absorbed.add_contacts()->set_kind("phone");
  absorbed.mutable_contacts(0)->set_value("+79165550177");
  given(stays, absorbed);
  EXPECT_THAT(found("+79165550177"), ElementsAre(stays));
  EXPECT_EQ(person(gone).merged_into, stays);
  EXPECT_TRUE(person(gone).contacts.empty());
  const auto context = now();
  EXPECT_EQ(must(ContactsView(context).people({}, {})).items.size(), 1u);
}

TEST_F(Contacts, AnErasedPersonLeavesNoTokenBehind) {
  register_person("Борис", "+79165550178");
  project();
  const auto before = rows_under(row_keys::kToken);
  const auto anna = register_person("Анна Фёдорова", "+79165550177", "anna@example.org");
  project();
  EXPECT_GT(rows_under(row_keys::kToken), before);
  erase(anna);
  EXPECT_THAT(found("анна"), ElementsAre());
  EXPECT_THAT(found("+79165550177"), ElementsAre());
  EXPECT_EQ(rows_under(row_keys::kToken), before);
  EXPECT_FALSE(store_.get(row_keys::key(row_keys::kTokensOf, anna)).value());
  EXPECT_TRUE(person(anna).erased);
  EXPECT_EQ(person(anna).name.state, TextState::kErased);
}

TEST_F(Contacts, ARebuildAfterAnErasureNeverMakesTheTokens) {
  const auto anna = register_person("Анна Фёдорова", "+79165550177");
  const Position before_erasure = history_.log().head();
  erase(anna);
  MemoryViewStore past;
  ASSERT_TRUE(project_until(history_.log(), before_erasure, all_projectors(history_.keys()), past));
  const ViewContext context{past, history_.keys(), PersonalView::kShown, {}};
  EXPECT_TRUE(must(ContactsView(context).find("анна")).empty());
  EXPECT_EQ(must(ContactsView(context).person(anna))->name.state, TextState::kErased);
}

TEST_F(Contacts, RowsHoldNoPlaintextButTokens) {
  const auto anna = register_person("Zebedee", "", "zebedee@example.org");
  project();
  for (const auto kind : {row_keys::kPerson, row_keys::kCompany}) {
    ASSERT_TRUE(store_.scan_prefix(kind, ScanOrder::kForward, [&](auto, std::string_view value) {
      EXPECT_EQ(value.find("ebedee"), std::string_view::npos);
      return true;
    }));
  }
}

TEST_F(Contacts, AreListedByCompanyInPages) {
  std::vector<std::string> made;
  for (int i = 0; i < 9; ++i) {
    history_.clock().advance(std::chrono::seconds(1));  // ids sort by the time they were made
    const auto id = history_.make_id<PersonId>();
    auto m = person_registered("Анна " + std::to_string(i), "");
    if (i % 2 == 0) m.set_company("com_1");
    given(id, m);
    if (i % 2 == 0) made.insert(made.begin(), id);
  }
  const auto context = now();
  std::vector<std::string> seen;
  for (const char* q : {"", "анна"}) {
    seen.clear();
    PageRequest request{.limit = 2};
    for (;;) {
      const auto page = must(ContactsView(context).people({.q = q, .company = "com_1"}, request));
      for (const auto& person : page.items) seen.push_back(person.id);
      if (!page.next_cursor) break;
      request.cursor = *page.next_cursor;
    }
    EXPECT_EQ(seen, made) << q;
  }
}

TEST_F(Contacts, ACompanyKeepsItsLatestDetailsAndDecisionMap) {
  const auto id = register_company("ООО «Ромашка»", "7701234567");
  v1::CompanyDetailsChanged accounts;
  accounts.add_bank_accounts("40702810");
  accounts.set_bank_accounts_changed(true);
  given(id, accounts);
  v1::CompanyDetailsChanged name;
  name.set_name("АО «Ромашка»");
  given(id, name);
  v1::CompanyDecisionMapChanged place;
  place.set_person("per_1");
  place.set_role("decides");
  place.set_order(1);
  given(id, place);
  const auto company = [&] {
    const auto context = now();
    return must(ContactsView(context).company(id)).value();
  };
  EXPECT_EQ(company().name.value, "АО «Ромашка»");
  EXPECT_EQ(company().tax_id.value, "7701234567");
  EXPECT_THAT(company().bank_accounts, ElementsAre("40702810"));
  EXPECT_EQ(company().decision_map.at(0).role, "decides");
  v1::CompanyDetailsChanged emptied;
  emptied.set_bank_accounts_changed(true);
  given(id, emptied);
  place.set_role("");
  given(id, place);
  EXPECT_TRUE(company().bank_accounts.empty());
  EXPECT_TRUE(company().decision_map.empty());
}

}  // namespace
}  // namespace dealog::views
