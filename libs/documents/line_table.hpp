// The table of a document's lines, with its head on every page, and its totals.
#pragma once

#include "libs/documents/document_data.hpp"
#include "libs/documents/page_flow.hpp"

namespace dealog::documents {

// Columns that would say nothing (no line has a discount, there is no VAT) are left out.
void add_line_table(PageFlow& flow, const std::vector<Column>& columns, const DocumentData& data,
                    double text_size);
// Total and VAT, right-aligned under the table.
void add_totals(PageFlow& flow, const DocumentData& data, double text_size);

}  // namespace dealog::documents
