// Papers and acknowledgements that gates ask for. They may come late, also to a closed deal.
#include <algorithm>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/automation.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/timing.hpp"
#include "libs/domain/deal/vocabulary.hpp"

namespace dealog::deal {
namespace {

void check_kind(std::string_view kind, std::span<const rules::Word> words, InputCheck& check) {
  if (word_place(words, kind) != kNoWord) return;
  const std::string expected = rules::suggestion(kind, rules::codes_of(words));
  check.add("/kind", kind.empty() ? "required" : "unknown_value", "неизвестный вид" + expected,
            "unknown kind" + expected);
}

}  // namespace

Result<Events> decide(const State& state, const AddDocument& command, const Context& context) {
  TRY(require_exists(state, context));
  InputCheck check(context.language);
  check_kind(command.kind, rules::document_kinds(), check);
  check.text(command.title, "/title", limits::kTitleBytes, Presence::kRequired);
  TRY(check.result());
  if (state.documents.size() >= kDocuments) return too_many(context, "documents", kDocuments);
  Occurred occurred = TRY(occurred_late(command.occurred, context));
  const DocumentId id = command.id.is_nil() ? context.ids->make<DocumentId>() : command.id;
  v1::DocumentAdded event;
  event.set_document(id.text());
  event.set_kind(command.kind);
  event.set_title(command.title);
  stamp_visit(event, state, instant_of(occurred, context));
  return single(std::move(event), {open_tag(id.text())}, std::move(occurred));
}

Result<Events> decide(const State& state, const SignDocument& command, const Context& context) {
  TRY(require_exists(state, context));
  const Document* document = state.document(command.document);
  if (!document) {
    return refuse(context, ErrorKind::kNotFound, "document_not_found",
                  "у сделки нет такого документа", "the deal has no such document");
  }
  if (document->is_signed) {
    return refuse(context, ErrorKind::kConflict, "document_signed", "документ уже подписан",
                  "the document is signed already");
  }
  Occurred occurred = TRY(occurred_late(command.occurred, context));
  v1::DocumentSigned event;
  event.set_document(document->id.text());
  event.set_kind(std::string(word_at(rules::document_kinds(), document->kind)));
  stamp_visit(event, state, instant_of(occurred, context));
  Decision decision(state, context);
  const std::size_t index = decision.add(std::move(event), {.occurred = std::move(occurred)});
  TRY(settle(decision, index));
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const GiveAcknowledgement& command,
                      const Context& context) {
  TRY(require_exists(state, context));
  InputCheck check(context.language);
  check_kind(command.kind, rules::acknowledgement_kinds(), check);
  TRY(check.result());
  const auto kind = word_place(rules::acknowledgement_kinds(), command.kind);
  if (std::ranges::count(state.acknowledgements, kind) > 0) return Events{};
  Occurred occurred = TRY(occurred_late(command.occurred, context));
  v1::AcknowledgementGiven event;
  event.set_kind(command.kind);
  stamp_visit(event, state, instant_of(occurred, context));
  return single(std::move(event), {}, std::move(occurred));
}

}  // namespace dealog::deal
