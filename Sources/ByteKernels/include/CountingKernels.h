#pragma once

#include <stddef.h>
#include <stdint.h>

// The inner loops of counting, once for each instruction set. Every set computes the same, except that sets may hash
// keys differently. Positions are byte offsets from `text`. No function reads text outside the bytes it is said to read.

/// What `bk_kernels.survey` found in a text; a set of flags.
enum bk_survey {
  /// A byte from 0x80 on.
  BK_SURVEY_NON_ASCII = 1,
  /// A byte from 0xCC on: code points from U+0300, the only ones that normalisation changes.
  BK_SURVEY_BEYOND_LATIN = 2,
  /// One of the two marker bytes.
  BK_SURVEY_MARKER = 4,
  /// 0xE2 0x96, the first two bytes of U+2581.
  BK_SURVEY_SPACE_MARK = 8,
  /// Perhaps 32 adjacent bytes that are spaces, tabs or newlines.
  BK_SURVEY_LONG_RUN = 16,
};

/// The classes of 64 bytes, bit i standing for byte i.
struct bk_pretoken_masks {
  uint64_t letter;         ///< A-Z, a-z
  uint64_t number;         ///< 0-9
  uint64_t space;          ///< U+0020
  uint64_t control_space;  ///< U+0009, U+000B, U+000C
  uint64_t newline;        ///< U+000A, U+000D
  uint64_t apostrophe;     ///< U+0027
  uint64_t non_ascii;      ///< from 0x80 on
};

/// The same for Gemma's rules.
struct bk_word_masks {
  uint64_t space;      ///< U+0020
  uint64_t newline;    ///< U+000A
  uint64_t tab;        ///< U+0009
  uint64_t number;     ///< 0-9
  uint64_t non_ascii;  ///< from 0x80 on
  uint64_t cut;        ///< Both this byte and the one before are ASCII and no token holds them side by side.
};

/// Which pairs of ASCII characters no token holds side by side: those with a common bit.
///
/// Each of the eight bits is a set of first and a set of second characters all of whose pairs are free.
struct bk_free_pairs {
  uint8_t first[128];
  uint8_t second[128];
};

/// One remembered count, and the key to it.
///
/// The first byte holds the length of the text in its high half and the count, 0 in a key, in its low half; up to 15
/// bytes of text follow, then zeroes.
struct bk_entry {
  uint64_t low;
  uint64_t high;
};

/// Where spans are collected. The arrays have room for 64 elements more than are counted.
struct bk_spans {
  uint32_t *starts;
  uint32_t *ends;
  size_t start_count;
  size_t end_count;
  /// 1 if the last start seen so far opened a span that no end has closed yet.
  uint64_t is_open;
};

/// The functions for one instruction set.
struct bk_kernels {
  /// The name that selects the set.
  const char *name;

  /// Looks for what needs care in `count` bytes of text; returns `bk_survey` flags.
  uint32_t (*survey)(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker);

  /// Classifies whole blocks of 64 bytes.
  void (*classify_pretokens)(const uint8_t *text, size_t blocks, struct bk_pretoken_masks *masks);

  /// Classifies whole blocks of 64 bytes; `previous` is the byte before the first one.
  void (*classify_words)(const uint8_t *text, size_t blocks, uint8_t previous, const struct bk_free_pairs *pairs,
                         struct bk_word_masks *masks);

  /// Appends the spans that begin at the bits of `probed` and end at the next bit of `starts`.
  ///
  /// Bit 0 of the first block stands for `position`; `probed` is a subset of `starts`.
  void (*collect)(const uint64_t *starts, const uint64_t *probed, size_t blocks, uint32_t position,
                  struct bk_spans *spans);

  /// Makes keys and hashes of `count` spans and fetches their buckets of `table` into the cache.
  ///
  /// Reads 16 bytes from each start. The arrays have room for 15 elements more, and `starts` and `ends` may be
  /// written there. Spans of more than 15 bytes get a zero key and their numbers go to `long_spans`.
  ///
  /// - Returns: The number of long spans.
  size_t (*make_keys)(const uint8_t *text, uint32_t *starts, uint32_t *ends, size_t count, struct bk_entry *keys,
                      uint32_t *hashes, uint32_t *long_spans, const struct bk_entry *table, uint32_t mask);

  /// Adds up the remembered counts of `count` keys. Numbers of keys that are not remembered go to `misses`.
  ///
  /// The bucket of a key is the 64 bytes of `table` at the offset of its hash masked with `mask`.
  uint64_t (*probe)(const struct bk_entry *keys, const uint32_t *hashes, size_t count, const struct bk_entry *table,
                    uint32_t mask, uint32_t *misses, size_t *miss_count);

  /// Hashes one key, as `make_keys` does.
  uint32_t (*hash)(struct bk_entry key);
};

/// The set of this name; NULL where this processor cannot run it or no set has the name.
const struct bk_kernels *bk_kernels_named(const char *name);

/// The set with the given number, fastest first, of those that this processor can run; NULL behind the last one.
const struct bk_kernels *bk_kernels_available(size_t number);
