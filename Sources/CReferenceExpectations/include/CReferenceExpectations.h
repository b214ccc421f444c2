#pragma once

#include <stddef.h>
#include <stdint.h>

/// The rows of the reference, one JSON object a line, compressed with Zstandard.
/// Written by Scripts/make_reference_expectations.py.
extern const uint8_t *const reference_rows;

/// The compressed size in bytes.
extern const size_t reference_rows_size;
