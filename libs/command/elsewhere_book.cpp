#include "libs/command/elsewhere_book.hpp"

#include "libs/command/regulation_book.hpp"
#include "libs/domain/company/company.hpp"
#include "libs/domain/endpoint/endpoint.hpp"
#include "libs/domain/person/person.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog {
namespace {

using rules::Kept;

// Whether the state that was read says so; what could not be read does not deny it.
template <class State, class Says>
bool holds(const Folds& folds, std::string_view stream, Says says) {
  const auto state = folds.current<State>(stream);
  return !state || says(**state);
}

template <class State>
std::string name_in(const Folds& folds, std::string_view stream) {
  const auto state = folds.current<State>(stream);
  return state ? (*state)->name : std::string();
}

}  // namespace

bool ElsewhereBook::has(Kept kind, std::string_view code) const {
  switch (kind) {
    case Kept::kPipeline: {
      const auto current = RegulationBook(folds_).current(code);
      return current || current.error().kind != ErrorKind::kNotFound;
    }
    case Kept::kEndpoint: {
      const auto last = folds_.last_with_tag(endpoint::code_tag(code));
      return !last || last->has_value();
    }
    case Kept::kUser:
      return holds<user::State>(folds_, code, [](const auto& user) { return user.active; });
    case Kept::kPerson:
      return holds<person::State>(
          folds_, code, [](const auto& person) { return person.exists() && !person.erased; });
    case Kept::kCompany:
      return holds<company::State>(folds_, code,
                                   [](const auto& company) { return company.exists(); });
  }
  return true;
}

std::string ElsewhereBook::name_of(Kept kind, std::string_view code, Language language) const {
  if (kind == Kept::kPipeline) {
    const auto current = RegulationBook(folds_).current(code);
    return current ? (*current)->title.in(language) : std::string();
  }
  if (kind == Kept::kEndpoint) {
    const auto last = folds_.last_with_tag(endpoint::code_tag(code));
    return last && *last ? name_in<endpoint::State>(folds_, (*last)->stream) : std::string();
  }
  if (personal_ != PersonalView::kShown) return {};
  if (kind == Kept::kUser) return name_in<user::State>(folds_, code);
  if (kind == Kept::kPerson) return name_in<person::State>(folds_, code);
  return name_in<company::State>(folds_, code);
}

std::vector<std::string> ElsewhereBook::all(Kept kind) const {
  if (kind != Kept::kPipeline) return {};
  return RegulationBook(folds_).pipelines().value_or(std::vector<std::string>());
}

}  // namespace dealog
