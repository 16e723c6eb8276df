// How values are written on a document, and the words in braces that a template may use.
// Thread: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/documents/document_data.hpp"

namespace dealog::documents {

// "1 234,50" with spaces that do not break, "1,234.50" in English.
std::string number_text(const Money& amount, Language language);
// The same with the currency: "1 234,50 ₽", "1,234.50 RUB".
std::string amount_text(const Money& amount, Language language);
// "1", "1,5": as few digits as needed.
std::string quantity_text(std::int64_t thousandths, Language language);
// "20", "7,5": without the sign.
std::string percent_text(std::int32_t basis_points, Language language);
// "5 марта 2026 г.", "5 March 2026".
std::string date_text(Date date, Language language);

// Every name that may stand in braces, sorted.
const std::vector<std::string_view>& placeholder_names();
bool is_placeholder(std::string_view name);
// What a placeholder stands for; empty where the document has nothing to say. `name` is one of
// placeholder_names().
std::string placeholder_value(std::string_view name, const DocumentData& data);

// `text` with its placeholders replaced; "{{" and "}}" are braces. The text has passed
// check_placeholders.
std::string expand(std::string_view text, const DocumentData& data);
// What is wrong with the braces of a text; empty when nothing is.
std::string check_placeholders(std::string_view text);

}  // namespace dealog::documents
