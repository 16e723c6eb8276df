// A template's blocks with a document's data, laid out over pages.
#pragma once

#include "libs/documents/document_data.hpp"
#include "libs/documents/page_flow.hpp"
#include "libs/documents/template.hpp"

namespace dealog::documents {

// What a block has nothing to say about is left out: a pair without its value, a payment code
// without a Russian account or in another currency.
void add_blocks(PageFlow& flow, const Template& how, const DocumentData& data);

}  // namespace dealog::documents
