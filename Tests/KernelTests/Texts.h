#pragma once

#include <stddef.h>
#include <stdint.h>

// Random and adversarial input.

/// Begins a sequence of random numbers, the same on every machine.
void seed_random(uint64_t seed);
uint64_t random_bits(void);
/// A number below `limit`.
size_t random_below(size_t limit);

enum {
  /// The blocks that are counted at a time, and what the last chunk may have more.
  CHUNK_BLOCKS = 64,
  MAXIMUM_BLOCKS = CHUNK_BLOCKS + 2,
  MAXIMUM_TEXT = 5000,
};

/// A text with zeroes behind it: to the end of the last block, and what is read of a key there.
struct text {
  uint8_t bytes[MAXIMUM_TEXT + 64 + 16];
  size_t count;
  int is_valid;
};

/// Makes a text of one or a few kinds: prose, escapes, scripts, runs, bytes, UTF-8 that is damaged.
void make_text(struct text *text);

/// The code point at the start of `count` bytes, one at least, and its length; 0 where that is not well-formed UTF-8.
size_t decoded(const uint8_t *bytes, size_t count, uint32_t *scalar);

/// How many bytes at the beginning are well-formed UTF-8.
size_t well_formed(const uint8_t *bytes, size_t count);
