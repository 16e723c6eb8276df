#include "libs/command/use_cases/document_data.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/price_events.pb.h"
#include "libs/command/regulation_book.hpp"
#include "libs/documents/wording.hpp"
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/company/company.hpp"
#include "libs/domain/deal/state.hpp"
#include "libs/domain/person/person.hpp"

namespace dealog::use_cases {
namespace {

using documents::DocumentKind;

constexpr int kMergeHops = 16;
constexpr std::size_t kWholeStream = std::numeric_limits<std::size_t>::max();

// States for an append, each a condition of it, or for a look.
class Reads {
 public:
  Reads(Unit* unit, const Folds& folds, Timestamp now, Language language)
      : unit_(unit), folds_(folds), now_(now), language_(language) {}

  Timestamp now() const { return now_; }
  Language language() const { return language_; }
  const Folds& folds() const { return folds_; }

  template <class State>
  Result<State> state(const StreamName& stream) const {
    if (unit_ != nullptr) {
      const State* loaded = TRY(unit_->load<State>(stream));
      return *loaded;
    }
    const auto folded = TRY(folds_.current<State>(stream));
    return *folded;
  }

 private:
  Unit* unit_;
  const Folds& folds_;
  Timestamp now_;
  Language language_;
};

// What the deal's stream says of the paper's subject, found from its end.
struct Told {
  std::optional<v1::QuoteDrafted> quote;  // the last contents of the quote that gives the lines
  std::optional<v1::LinesPriced> quote_prices;  // of that revision
  std::optional<v1::InvoiceIssued> invoice;
  std::optional<v1::LinesPriced> invoice_prices;
  std::optional<v1::DocumentAdded> added;
  std::optional<v1::DocumentIssued> before;
  std::optional<v1::DocumentIssued> contract;  // the last one of the deal
};

v1::QuoteDrafted as_drafted(const v1::QuoteRevised& revised) {
  v1::QuoteDrafted out;
  out.set_quote(revised.quote());
  out.set_revision(revised.revision());
  *out.mutable_lines() = revised.lines();
  *out.mutable_total() = revised.total();
  out.set_prepayment_basis_points(revised.prepayment_basis_points());
  out.set_valid_until(revised.valid_until());
  return out;
}

void take(Told& told, const RecordedEvent& event, const std::string& subject,
          const std::string& quote) {
  if (const auto* issued = event.as<v1::DocumentIssued>()) {
    if (!told.before && issued->subject() == subject) told.before = *issued;
    if (!told.contract && issued->kind() == "contract") told.contract = *issued;
  } else if (const auto* revised = event.as<v1::QuoteRevised>()) {
    if (!told.quote && revised->quote() == quote) told.quote = as_drafted(*revised);
  } else if (const auto* drafted = event.as<v1::QuoteDrafted>()) {
    if (!told.quote && drafted->quote() == quote) told.quote = *drafted;
  } else if (const auto* priced = event.as<v1::LinesPriced>()) {
    if (priced->subject() == subject) told.invoice_prices = *priced;
    // Read from the end, they stand before the contents that they are of.
    if (priced->subject() == quote && !told.quote && !told.quote_prices)
      told.quote_prices = *priced;
  } else if (const auto* invoice = event.as<v1::InvoiceIssued>()) {
    if (invoice->invoice() == subject) told.invoice = *invoice;
  } else if (const auto* added = event.as<v1::DocumentAdded>()) {
    if (added->document() == subject) told.added = *added;
  }
}

Result<Told> read_deal(const Folds& folds, const StreamName& deal, const std::string& subject,
                       const std::string& quote) {
  Told told;
  std::optional<Error> broken;
  TRY(folds.log().read_stream(deal, StreamVersion{std::numeric_limits<std::uint64_t>::max()},
                              Direction::kBackward, kWholeStream, [&](const StoredEvent& stored) {
                                const auto event = decode(stored.record, Open::kAll, &folds.keys());
                                if (!event) {
                                  broken = event.error();
                                  return false;
                                }
                                take(told, *event, subject, quote);
                                return true;
                              }));
  if (broken) return fail(std::move(*broken));
  return told;
}

// The quote whose lines a contract or an act shows: what was agreed, else what was offered last.
std::string quote_in_force(const deal::State& state) {
  std::string last;
  for (const deal::Quote& quote : state.quotes) {
    if (quote.state == deal::QuoteState::kAccepted) return quote.id.text();
    if (quote.in_force()) last = quote.id.text();
  }
  return last;
}

class Gathering {
 public:
  Gathering(Reads reads, const PaperInput& input) : reads_(reads), input_(input) {}

  Result<Paper> gather() {
    state_ = TRY(reads_.state<deal::State>(input_.deal.text()));
    if (!state_.exists()) return not_found(reads_.language(), "deal", input_.deal.text());
    const bool of_quote = input_.subject.starts_with("quo_");
    told_ = TRY(read_deal(reads_.folds(), input_.deal.text(), input_.subject,
                          of_quote ? input_.subject : quote_in_force(state_)));
    regulation_ = TRY(RegulationBook(reads_.folds()).current(state_.pipeline));
    paper_.before = told_.before;
    paper_.event.set_subject(input_.subject);
    paper_.event.set_revision(told_.before ? told_.before->revision() + 1 : 1);
    TRY(add_subject());
    TRY(add_seller());
    add_basis();
    TRY(add_lines());
    TRY(add_buyer());
    TRY(add_template());
    const Date today = TRY(local_date(reads_.now(), regulation_->calendar.time_zone));
    paper_.event.set_issued_on(today.text());
    paper_.year = std::stoi(today.text().substr(0, 4));
    return std::move(paper_);
  }

 private:
  v1::DocumentContents& contents() { return *paper_.event.mutable_contents(); }

  Result<void> add_subject() {
    contents().set_subject(state_.title);
    if (input_.subject.starts_with("quo_")) return add_quote();
    if (input_.subject.starts_with("inv_")) return add_invoice();
    if (!told_.added) return not_found(reads_.language(), "document", input_.subject);
    const auto kind = documents::kind_of(told_.added->kind());
    if (kind != DocumentKind::kContract && kind != DocumentKind::kAcceptance) {
      return refuse(reads_.language(), ErrorKind::kUnprocessable, "document_not_printable",
                    "печатаются договор и акт; для другого документа нет шаблона",
                    "contracts and acceptance acts are printed; other documents have no template");
    }
    kind_ = *kind;
    add_terms();
    return {};
  }

  // What an act closes: the contract, where there is one.
  void add_basis() {
    if (kind_ != DocumentKind::kAcceptance || !told_.contract) return;
    const Language language = paper_.code.language;
    const auto date = Date::parse(told_.contract->issued_on());
    if (!date) return;
    contents().set_subject(fmt::format("{}{} {} {}", in(language, "Договор № ", "Contract No. "),
                                       told_.contract->number(), in(language, "от", "of"),
                                       documents::date_text(*date, language)));
  }

  Result<void> add_quote() {
    if (!told_.quote) return not_found(reads_.language(), "quote", input_.subject);
    kind_ = DocumentKind::kQuote;
    paper_.event.set_revision(told_.quote->revision());
    contents().set_valid_until(told_.quote->valid_until());
    add_terms();
    return {};
  }

  Result<void> add_invoice() {
    if (!told_.invoice) return not_found(reads_.language(), "invoice", input_.subject);
    kind_ = DocumentKind::kInvoice;
    paper_.event.set_number(told_.invoice->number());
    contents().set_due_date(told_.invoice->due_date());
    contents().set_invoice_kind(told_.invoice->kind());
    return {};
  }

  void add_terms() {
    const auto own = told_.quote ? told_.quote->prepayment_basis_points() : -1;
    contents().set_prepayment_basis_points(own >= 0 ? own : regulation_->prepayment_basis_points);
  }

  // Named, else the one whose series the invoice's number has, else the default one.
  Result<std::string> find_seller() {
    if (!input_.legal_entity.empty()) return input_.legal_entity;
    if (kind_ == DocumentKind::kInvoice) {
      const auto parts = document::number_parts(paper_.event.number());
      const auto claimed =
          TRY(reads_.folds().last_with_tag(legal_entity::series_tag(parts.series)));
      if (claimed) return claimed->stream;
    }
    const auto chosen =
        TRY(reads_.folds().last_with_tag(open_tag(std::string(legal_entity::kDefaultTag))));
    return chosen ? chosen->stream : std::string();
  }

  Result<void> add_seller() {
    const std::string id = TRY(find_seller());
    contents().set_vat_basis_points(legal_entity::kWithoutVat);
    std::string language = input_.language.empty() ? "ru" : input_.language;
    if (!id.empty()) {
      if (!LegalEntityId::parse(id)) return not_found(reads_.language(), "legal_entity", id);
      const auto seller = TRY(reads_.state<legal_entity::State>(id));
      if (!seller.exists()) return not_found(reads_.language(), "legal_entity", id);
      TRY(check_series(seller));
      paper_.series = seller.series;
      paper_.event.set_entity(id);
      paper_.event.set_entity_version(seller.version.value);
      *contents().mutable_seller() = seller.details;
      contents().set_vat_basis_points(seller.vat_basis_points);
      if (input_.language.empty()) language = seller.language;
    }
    paper_.code = {kind_, documents::language_of(language).value_or(Language::kRu)};
    paper_.event.set_kind(std::string(documents::kind_name(kind_)));
    paper_.event.set_language(std::string(documents::language_name(paper_.code.language)));
    return {};
  }

  // An invoice was numbered in one seller's series; another's name on it would leave a hole there.
  // Numbers without letters that nobody has claimed are anybody's.
  Result<void> check_series(const legal_entity::State& seller) const {
    if (kind_ != DocumentKind::kInvoice) return {};
    const auto series = document::number_parts(paper_.event.number()).series;
    if (series == seller.series) return {};
    const auto claimed = TRY(reads_.folds().last_with_tag(legal_entity::series_tag(series)));
    if (!claimed) return {};
    return refuse(reads_.language(), ErrorKind::kConflict, "series_differs",
                  "счёт пронумерован для другого юридического лица; аннулируйте его и выставьте "
                  "новый",
                  "the invoice was numbered for another legal entity; void it and issue a new one");
  }

  Result<void> add_lines() {
    if (kind_ == DocumentKind::kInvoice) {
      *contents().mutable_lines() = told_.invoice->lines();
      add_rates(told_.invoice_prices);
      if (contents().lines_size() == 0) add_shares(told_.invoice->amount());
    } else if (told_.quote) {
      *contents().mutable_lines() = told_.quote->lines();
      add_rates(told_.quote_prices);
    } else if (!state_.amount.currency.empty()) {
      v1::Money amount;
      amount.set_minor(state_.amount.minor);
      amount.set_currency(std::string(state_.amount.currency.code()));
      add_line(amount);
    }
    if (contents().lines_size() == 0) {
      return refuse(reads_.language(), ErrorKind::kUnprocessable, "document_without_lines",
                    "у сделки нет ни предложения, ни суммы: составьте предложение",
                    "the deal has neither a quote nor an amount: draft a quote");
    }
    return {};
  }

  // The VAT of each line, where a line has its own.
  void add_rates(const std::optional<v1::LinesPriced>& priced) {
    if (!priced || priced->lines_size() != contents().lines_size()) return;
    const bool own = std::ranges::any_of(
        priced->lines(), [](const v1::LinePrice& line) { return line.has_vat_basis_points(); });
    if (!own) return;
    for (const v1::LinePrice& line : priced->lines()) {
      v1::LineVat* vat = contents().add_line_vat();
      vat->set_of_seller(!line.has_vat_basis_points());
      vat->set_basis_points(line.vat_basis_points());
    }
  }

  // An invoice that names a sum alone, a prepayment: in the rates of the quote in force, by their
  // shares of its total. The parts add up to the sum.
  void add_shares(const v1::Money& amount) {
    if (!told_.quote || !told_.quote_prices || told_.quote->total().minor() <= 0 ||
        told_.quote_prices->lines_size() != told_.quote->lines_size()) {
      return add_line(amount);
    }
    std::map<std::pair<bool, std::int32_t>, std::int64_t> totals;
    for (int i = 0; i < told_.quote->lines_size(); ++i) {
      const v1::LinePrice& price = told_.quote_prices->lines(i);
      totals[{price.has_vat_basis_points(), price.vat_basis_points()}] +=
          told_.quote->lines(i).total().minor();
    }
    __int128 so_far = 0;
    std::int64_t given = 0;
    for (const auto& [rate, total] : totals) {
      so_far += total;
      const auto until =
          static_cast<std::int64_t>(so_far * amount.minor() / told_.quote->total().minor());
      v1::Money part = amount;
      part.set_minor(until - given);
      given = until;
      if (part.minor() == 0) continue;
      add_line(part);
      v1::LineVat* vat = contents().add_line_vat();
      vat->set_of_seller(!rate.first);
      vat->set_basis_points(rate.second);
    }
  }

  // Of an invoice that names a sum alone.
  void add_line(const v1::Money& amount) {
    v1::Line& line = *contents().add_lines();
    line.set_title(state_.title);
    line.set_quantity_thousandths(1000);
    *line.mutable_unit_price() = amount;
    *line.mutable_total() = amount;
  }

  Result<void> add_buyer() {
    StreamName company = state_.company.is_nil() ? StreamName() : state_.company.text();
    for (int hop = 0; hop < kMergeHops && !company.empty(); ++hop) {
      const auto found = TRY(reads_.state<company::State>(company));
      paper_.buyer = company;
      paper_.event.mutable_buyer()->set_name(found.name);
      paper_.event.mutable_buyer()->set_tax_id(found.tax_id);
      company = found.merged_into;
    }
    const auto* contact = state_.contact();
    if (!paper_.buyer.empty() || contact == nullptr) return {};
    StreamName person = contact->person.text();
    for (int hop = 0; hop < kMergeHops && !person.empty(); ++hop) {
      const auto found = TRY(reads_.state<person::State>(person));
      paper_.buyer = found.erased ? StreamName() : person;
      paper_.event.mutable_buyer()->set_name(found.name);
      person = found.merged_into;
    }
    return {};
  }

  Result<void> add_template() {
    const auto own = TRY(reads_.state<document::TemplateState>(document::stream_of(paper_.code)));
    paper_.how = document::in_force(own, paper_.code);
    paper_.event.set_template_code(paper_.code.text());
    paper_.event.set_template_version(paper_.how.version);
    paper_.event.set_template_sha256(paper_.how.sha256);
    const auto data = document_data_of(paper_.event);
    const auto put = [](v1::Money& out, const Money& money) {
      out.set_minor(money.minor);
      out.set_currency(std::string(money.currency.code()));
    };
    put(*paper_.event.mutable_total(), documents::total_of(data));
    if (data.vat_basis_points != documents::kWithoutVat) {
      put(*paper_.event.mutable_vat(), documents::vat_of(data));
    }
    return {};
  }

  Reads reads_;
  const PaperInput& input_;
  deal::State state_;
  Told told_;
  RegulationRef regulation_;
  Paper paper_;
  DocumentKind kind_ = DocumentKind::kQuote;
};

Money money_of(const v1::Money& money) {
  return {money.minor(), Currency::parse(money.currency()).value_or(Currency())};
}

std::optional<Date> date_of(const std::string& text) {
  const auto date = Date::parse(text);
  return date ? std::optional(*date) : std::nullopt;
}

// Nothing: the rate of all.
std::optional<std::int32_t> vat_of_line(const v1::DocumentContents& contents, std::size_t line) {
  const int place = static_cast<int>(line);
  if (place >= contents.line_vat_size() || contents.line_vat(place).of_seller()) {
    return std::nullopt;
  }
  return contents.line_vat(place).basis_points();
}

documents::Seller seller_of(const v1::LegalEntityDetails& details) {
  return {.name = details.name(),
          .tax_id = details.tax_id(),
          .tax_registration = details.tax_registration(),
          .registration = details.registration(),
          .address = details.address(),
          .phone = details.phone(),
          .email = details.email(),
          .bank = details.bank().bank(),
          .bic = details.bank().bic(),
          .account = details.bank().account(),
          .correspondent_account = details.bank().correspondent_account(),
          .swift = details.bank().swift(),
          .signatory = details.signatory(),
          .signatory_position = details.signatory_position(),
          .signatory_basis = details.signatory_basis(),
          .accountant = details.accountant()};
}

}  // namespace

Result<Paper> gather_paper(Unit& unit, const PaperInput& input) {
  return Gathering(Reads(&unit, unit.folds(), unit.now(), unit.language()), input).gather();
}

Result<Paper> gather_paper(const Folds& folds, const PaperInput& input, Timestamp now,
                           Language language) {
  return Gathering(Reads(nullptr, folds, now, language), input).gather();
}

documents::DocumentData document_data_of(const v1::DocumentIssued& event) {
  const v1::DocumentContents& contents = event.contents();
  documents::DocumentData data;
  data.kind = documents::kind_of(event.kind()).value_or(DocumentKind::kQuote);
  data.language = documents::language_of(event.language()).value_or(Language::kRu);
  data.number = event.number();
  data.issued_on = date_of(event.issued_on()).value_or(Date{});
  data.revision = event.revision();
  data.seller = seller_of(contents.seller());
  data.buyer = {event.buyer().name(), event.buyer().tax_id()};
  for (const v1::Line& line : contents.lines()) {
    data.lines.push_back({.title = line.title(),
                          .quantity_thousandths = line.quantity_thousandths(),
                          .unit_price = money_of(line.unit_price()),
                          .discount_basis_points = line.discount_basis_points(),
                          .total = money_of(line.total()),
                          .vat_basis_points = vat_of_line(contents, data.lines.size())});
  }
  data.vat_basis_points = contents.vat_basis_points();
  data.subject = contents.subject();
  data.valid_until = date_of(contents.valid_until());
  data.due_date = date_of(contents.due_date());
  data.prepayment_basis_points = contents.prepayment_basis_points();
  data.invoice_kind = contents.invoice_kind();
  return data;
}

}  // namespace dealog::use_cases
