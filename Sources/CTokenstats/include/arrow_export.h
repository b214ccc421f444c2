// Arrow arrays whose memory belongs to themselves; used by the library's Swift code only.

#ifndef TOKENSTATS_ARROW_EXPORT_H
#define TOKENSTATS_ARROW_EXPORT_H

#include <stdbool.h>

#include "tokenstats.h"

/// Makes an array and its schema with places for buffers and children, which are NULL and empty at first.
///
/// The array frees each buffer with `free`. Children are made by calling this with the places that `array->children` and
/// `schema->children` hold. Returns false without memory; both are then released.
bool arrow_export_make(struct ArrowArray *_Nonnull array, struct ArrowSchema *_Nonnull schema, const char *_Nonnull format,
                   const char *_Nonnull name, int64_t length, int64_t buffers, int64_t children);

#endif
