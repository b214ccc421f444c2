#include "CReferenceExpectations.h"

// The package is C17; Clang has #embed there too.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t rows[] = {
#embed "rows.jsonl.zst"
};

const uint8_t *const reference_rows = rows;
const size_t reference_rows_size = sizeof rows;
