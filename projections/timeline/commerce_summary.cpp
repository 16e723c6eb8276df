// Sentences about quotes, papers, money and prices.
#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/price_events.pb.h"
#include "libs/projection/view_context.hpp"
#include "libs/rules/vocabulary.hpp"
#include "projections/timeline/speech.hpp"

namespace dealog::views {
namespace {

std::string role(const std::string& code, const Speech& s) {
  const rules::Word* word = rules::find_word(rules::user_roles(), code);
  return word == nullptr ? code : std::string(s.say(word->ru, word->en));
}

std::string invoice_sentence(const v1::InvoiceIssued& m, const Speech& s) {
  return fmt::format("{} {} ({}): {}", s.say("Выставлен счёт", "Invoice issued"), m.number(),
                     s.word(m.kind()), s.money(m.amount()));
}

std::string payment_sentence(const v1::PaymentReceived& m, const Speech& s) {
  std::string out =
      fmt::format("{}: {}", s.say("Получен платёж", "Payment received"), s.money(m.amount()));
  if (!m.invoice_number().empty()) {
    out += fmt::format(", {} {}", s.say("счёт", "invoice"), m.invoice_number());
  }
  return out;
}

void add_money_sentences(Sentences& table) {
  DEALOG_SENTENCE(QuoteDrafted, fmt::format("{}: {}", s.say("Составлено КП", "Quote drafted"),
                                            s.money(m.total())));
  DEALOG_SENTENCE(QuoteRevised, fmt::format("{} {}: {}", s.say("КП, редакция", "Quote, revision"),
                                            m.revision(), s.money(m.total())));
  DEALOG_SENTENCE(QuoteSubmitted, s.say("КП на согласовании", "Quote submitted for approval"));
  DEALOG_SENTENCE(QuoteApproved, s.say("КП согласовано", "Quote approved"));
  DEALOG_SENTENCE(QuoteSent, s.say("КП отправлено", "Quote sent"));
  DEALOG_SENTENCE(QuoteAccepted,
                  fmt::format("{}: {}", s.say("КП принято", "Quote accepted"), s.money(m.total())));
  DEALOG_SENTENCE(QuoteRejected, s.say("КП отклонено", "Quote rejected"));
  DEALOG_SENTENCE(DocumentAdded, fmt::format("{}: {}", s.say("Добавлен документ", "Document added"),
                                             s.word(m.kind())));
  DEALOG_SENTENCE(DocumentSigned,
                  fmt::format("{}: {}", s.say("Подписано", "Signed"), s.word(m.kind())));
  DEALOG_SENTENCE(AcknowledgementGiven,
                  fmt::format("{}: {}", s.say("Подтверждено", "Acknowledged"), s.word(m.kind())));
  add<v1::InvoiceIssued, invoice_sentence>(table);
  DEALOG_SENTENCE(InvoiceSent, s.say("Счёт отправлен", "Invoice sent"));
  DEALOG_SENTENCE(InvoiceVoided, s.say("Счёт аннулирован", "Invoice voided"));
  DEALOG_SENTENCE(PaymentAllocated,
                  fmt::format("{}: {}", s.say("Оплачено", "Paid"), s.money(m.amount())));
  DEALOG_SENTENCE(RefundAllocated,
                  fmt::format("{}: {}", s.say("Возвращено", "Refunded"), s.money(m.amount())));
  add<v1::PaymentReceived, payment_sentence>(table);
  DEALOG_SENTENCE(PaymentMatched,
                  fmt::format("{}: {}", s.say("Платёж отнесён к сделке", "Payment matched"),
                              s.money(m.amount())));
  DEALOG_SENTENCE(
      PaymentRefunded,
      fmt::format("{}: {}", s.say("Возврат платежа", "Payment refunded"), s.money(m.amount())));
}

std::string percent(std::int32_t basis_points) {
  return basis_points % 100 == 0
             ? fmt::format("{} %", basis_points / 100)
             : fmt::format("{}.{:02} %", basis_points / 100, basis_points % 100);
}

void add_price_sentences(Sentences& table) {
  DEALOG_SENTENCE(ProductAdded,
                  fmt::format("{}: {}", s.say("Новый товар", "Product added"), m.code()));
  DEALOG_SENTENCE(ProductPriced, fmt::format("{}: {}", s.say("Цена", "Price"), s.money(m.list())));
  DEALOG_SENTENCE(ProductDescribed, s.say("Описание товара изменено", "Product described anew"));
  DEALOG_SENTENCE(ProductWithdrawn, s.say("Товар больше не продаётся", "Product withdrawn"));
  DEALOG_SENTENCE(ProductOffered, s.say("Товар снова продаётся", "Product sold again"));
  DEALOG_SENTENCE(LinesPriced, m.below_floor()
                                   ? s.say("Цены ниже минимальной", "Prices below the floor")
                                   : s.say("Цены по прайсу", "Priced by the price list"));
  DEALOG_SENTENCE(
      ApprovalRequested,
      fmt::format("{}: {}", s.say("Скидка ждёт согласования", "Discount needs approval"),
                  percent(m.discount_basis_points())));
  DEALOG_SENTENCE(
      ApprovalGiven,
      fmt::format("{}: {}", s.say("Скидку согласовал", "Discount approved by"), role(m.role(), s)));
  DEALOG_SENTENCE(ApprovalDeclined, s.say("Скидка не согласована", "Discount declined"));
  DEALOG_SENTENCE(ApprovalEscalated,
                  fmt::format("{}: {}", s.say("Скидку не согласовали в срок", "Approval is late"),
                              role(m.role(), s)));
}

void add_document_sentences(Sentences& table) {
  DEALOG_SENTENCE(DocumentIssued,
                  fmt::format("{}: {} № {}", s.say("Выпущен документ", "Document issued"),
                              s.word(m.kind()), m.number()));
  DEALOG_SENTENCE(DocumentLinkCreated,
                  s.say("Создана ссылка на документ", "Link to a document created"));
  DEALOG_SENTENCE(DocumentLinksRevoked,
                  s.say("Ссылки на документ отозваны", "Links to a document revoked"));
  DEALOG_SENTENCE(
      DocumentViewed,
      fmt::format("{}: {}", s.say("Клиент открыл документ", "Customer opened a document"),
                  s.word(m.kind())));
  DEALOG_SENTENCE(LegalEntityRegistered,
                  s.say("Юридическое лицо заведено", "Legal entity registered"));
  DEALOG_SENTENCE(LegalEntityChanged, s.say("Юридическое лицо изменено", "Legal entity changed"));
  DEALOG_SENTENCE(DefaultLegalEntityChosen,
                  s.say("Юридическое лицо продаёт по умолчанию", "Legal entity sells by default"));
  DEALOG_SENTENCE(DocumentTemplatePublished,
                  fmt::format("{} {}: {} {}", s.say("Шаблон", "Template"), m.code(),
                              s.say("версия", "version"), m.version()));
}

}  // namespace

void add_commerce_sentences(Sentences& table) {
  add_money_sentences(table);
  add_price_sentences(table);
  add_document_sentences(table);
}

}  // namespace dealog::views
