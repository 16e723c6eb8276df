// People and companies: one, lists, and search by any spelling of name, phone and e-mail.
#pragma once

#include "libs/projection/view_context.hpp"

namespace dealog::views {

struct ContactMethod {
  std::string kind;   // phone, email, telegram, whatsapp, other
  std::string value;  // E.164, lower-cased address, handle
  std::string typed;
  bool shared = false;
  bool identifies = false;
};

struct Person {
  std::string id;
  std::uint64_t version = 0;
  SealedText name;
  SealedText position;
  // How the contacts came out; `contacts` is empty unless kShown.
  TextState contacts_state = TextState::kAbsent;
  std::vector<ContactMethod> contacts;
  std::string company;
  std::string source;
  std::string merged_into;  // "" unless it was another person all the time
  bool erased = false;
  std::vector<std::string> merge_suggested;
  Timestamp created_at;
  Timestamp updated_at;
};

struct DecisionMapPlace {
  std::string person, role;
  std::uint32_t order = 0;
};

struct Company {
  std::string id;
  std::uint64_t version = 0;
  SealedText name;
  SealedText tax_id;
  TextState bank_accounts_state = TextState::kAbsent;
  std::vector<std::string> bank_accounts;
  std::vector<DecisionMapPlace> decision_map;
  std::string merged_into;
  Timestamp created_at;
  Timestamp updated_at;
};

struct ContactFilter {
  // Words of a name in either alphabet, an e-mail or its beginning, a phone in any spelling or any
  // four or more of its digits in a row, a tax id. "": everybody. Asking for it needs the right
  // `personal`: an answer, masked or not, tells who has what was asked for.
  std::string q;
  std::string company;  // people of it
  // Assumed for phones without an international prefix.
  std::string country = "RU";
};

// Merged-away persons and companies are found by id only. Thread: one.
class ContactsView {
 public:
  explicit ContactsView(const ViewContext& context)
      : context_(context), opener_(context.keys, context.personal) {}

  Result<std::optional<Person>> person(std::string_view id) const;
  Result<std::optional<Company>> company(std::string_view id) const;
  // Newest first, by id.
  Result<Page<Person>> people(const ContactFilter& filter, const PageRequest& page) const;
  Result<Page<Company>> companies(const ContactFilter& filter, const PageRequest& page) const;
  // Ids ("per_…", "com_…") of everybody whom `q` finds, at most kFoundContacts: for the search of
  // deals.
  static constexpr std::size_t kFoundContacts = 1000;
  Result<std::vector<std::string>> find(std::string_view q, std::string_view country = "RU") const;

 private:
  const ViewContext& context_;
  BoxOpener opener_;
};

}  // namespace dealog::views
