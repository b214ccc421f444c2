#pragma once

#include <stddef.h>
#include <stdint.h>

// Memory between pages that cannot be touched, so that reading or writing outside ends the program.

/// What stands in such memory, each thing in its own.
enum slot {
  TEXT,
  PAIRS,
  PAIR_FILTER,
  WORD_MASKS,
  STARTS,
  PROBED,
  SPAN_STARTS,
  SPAN_ENDS,
  KEYS,
  OFFSETS,
  LONG_SPANS,
  MISSES,
  TABLE,
  OUTPUT,
  /// The first of the arrays of a `bk_pretoken_blocks`.
  MASKS,
  SLOTS = MASKS + 21,
};

/// Places what is asked for next behind the page before, before the page behind, or anywhere between: chosen at random.
void choose_placement(void);

/// `count` bytes of the slot, filled with rubbish; valid until it is asked for again.
///
/// `count` is a multiple of `alignment`, a power of two up to 64.
void *room(enum slot slot, size_t count, size_t alignment);

/// A copy of `count` bytes in the slot, with no bytes around it that could be read.
const void *placed(enum slot slot, const void *bytes, size_t count, size_t alignment);
