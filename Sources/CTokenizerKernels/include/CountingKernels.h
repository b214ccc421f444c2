#pragma once

#include <stddef.h>
#include <stdint.h>

// The inner loops of counting, once for each instruction set. All sets compute the same results, except that they may
// hash keys differently. Positions are byte offsets from `text`. No function reads text beyond what its comment says.

/// What `bk_kernels.prescan` found in a text; a set of flags.
enum bk_prescan {
  /// A byte from 0x80 on.
  BK_PRESCAN_NON_ASCII = 1,
  /// A byte from 0xCC on: code points from U+0300, the only ones that normalization changes.
  BK_PRESCAN_BEYOND_LATIN = 2,
  /// One of the two marker bytes.
  BK_PRESCAN_MARKER = 4,
  /// 0xE2 0x96, the first two bytes of U+2581.
  BK_PRESCAN_SPACE_MARK = 8,
  /// Perhaps 32 adjacent bytes that are spaces, tabs or newlines.
  BK_PRESCAN_LONG_RUN = 16,
};

/// Facts about the bytes of some text: arrays of 64-bit masks, one mask for each block of 64 bytes, bit i for byte i.
///
/// All bytes of a character have its class. Element -1 belongs to the block before the first one; there is room for
/// `BK_LANES` elements after the last one.
struct bk_pretoken_blocks {
  uint64_t *letter;        ///< letters
  uint64_t *number;        ///< numbers
  uint64_t *space;         ///< white space but for newlines
  uint64_t *plain_space;   ///< U+0020
  uint64_t *newline;       ///< U+000A, U+000D
  uint64_t *apostrophe;    ///< U+0027
  uint64_t *other;         ///< everything else, symbols
  uint64_t *non_ascii;     ///< bytes from 0x80 on
  uint64_t *continuation;  ///< bytes of a character after its first one
  uint64_t *cut;           ///< further starts, which no token spans; read only with `BK_PRETOKENS_WIDE`
  uint64_t *symbol;        ///< characters of class other that begin a pretoken
  uint64_t *absorbed;      ///< newlines that belong to the symbols before them
  uint64_t *starts;        ///< first bytes of pre-tokens, or of parts of them that no token spans
  uint64_t *probed;        ///< those of `starts` whose counts must be looked up
  uint64_t *contractions;  ///< apostrophes that may begin a contraction followed by a letter
  uint64_t *indents;       ///< starts at white space after a newline that another newline may follow
  // What only some rules look at, set by `bk_kernels.classify_further` and by the caller.
  uint64_t *upper;     ///< letters that are capitals
  uint64_t *caseless;  ///< letters, and marks beside letters, that are neither capital nor small
  uint64_t *apart;     ///< letters whose runs are pre-tokens of their own
  uint64_t *slash;     ///< U+002F
  uint64_t *control;   ///< ASCII controls that are no white space
};

/// The number of masks in a step; the arrays of `bk_pretoken_blocks` are read and written in steps.
#define BK_LANES 8

/// Where byte-level text may be cut between characters of three bytes or more.
///
/// In scripts without spaces whole sentences are pre-tokens, which seldom recur. Most pairs of their characters are
/// adjacent in no token, and the parts between such places do recur.
struct bk_wide_borders {
  /// Bits, by `bk_pair_bit`: pairs of characters that some token may hold.
  const uint64_t *pair_filter;
  /// 64 rows of 64 bits, by the lowest six bits of a last and a first byte: pairs of bytes at the border of two
  /// characters that some token holds without holding both whole.
  const uint64_t *split_pairs;
  /// 64 words, whose bits, by the twelve lowest bits of a code point, are characters that no cut may precede, and 64 for
  /// those that none may follow.
  const uint64_t *whole_token_ends;
  /// The last character of three bytes or more.
  uint32_t last_scalar;
/// The offset after it.
  ptrdiff_t last_end;
};

/// Fetches the line of memory that holds an address into the cache.
static inline void bk_prefetch(const void *address) { __builtin_prefetch(address); }

/// The number of bits in a filter of pairs of characters, as a power of two.
#define BK_PAIR_BITS 19

/// The bit of a pair of characters in a filter.
static inline uint32_t bk_pair_bit(uint32_t first, uint32_t second) {
  return (uint32_t)((((uint64_t)first << 21 | second) * 0x9E3779B97F4A7C15u) >> (64 - BK_PAIR_BITS));
}

/// What `bk_kernels.classify_wide` found; a set of flags.
enum bk_wide {
  /// A number beyond ASCII.
  BK_WIDE_NUMBER = 1,
  /// White space beyond ASCII.
  BK_WIDE_SPACE = 2,
};

/// How `bk_kernels.find_pretokens` works; a set of flags.
enum bk_pretoken_options {
  /// There are bytes from 0x80 on; `bk_kernels.classify_wide` has corrected the classes.
  BK_PRETOKENS_WIDE = 1,
  /// Each numeric character is a pre-token.
  BK_PRETOKENS_SINGLE_NUMBERS = 2,
  /// Numbers must be looked up; without this flag pre-tokens of ASCII digits are one token each.
  BK_PRETOKENS_PROBE_NUMBERS = 4,
  /// GPT-2's rules: only a space joins the text after it, newlines are white space, numbers have any length.
  BK_PRETOKENS_SPACES_JOIN = 8,
  /// A capital begins a pre-token behind a small letter, and contractions belong to the word before them.
  BK_PRETOKENS_CASED = 16,
  /// Slashes go with the newlines behind symbols.
  BK_PRETOKENS_SLASHES = 32,
  /// Of symbols only those of ASCII join letters, and only ASCII letters.
  BK_PRETOKENS_ASCII_JOINS = 64,
  /// White space before a number or before what is `apart` is treated as at the end of a text.
  BK_PRETOKENS_NUMBERS_APART = 128,
};

/// What `bk_kernels.find_pretokens` leaves to the caller; a set of flags.
enum bk_pretoken_rarities {
  /// Some bits of `contractions` are set.
  BK_RARE_CONTRACTION = 1,
  /// Some bits of `indents` are set.
  BK_RARE_INDENT = 2,
  /// Some number has more than three bytes.
  BK_RARE_LONG_NUMBER = 4,
};

/// The same for text that is cut into words.
struct bk_word_masks {
  uint64_t space;      ///< U+0020
  uint64_t newline;    ///< U+000A
  uint64_t tab;        ///< U+0009
  uint64_t number;     ///< 0-9
  uint64_t non_ascii;  ///< from 0x80 on
  uint64_t cut;        ///< Both this byte and the one before are ASCII and no token holds them side by side.
};

/// The pairs of ASCII characters that are adjacent in no token: those with a common bit.
///
/// Each of the eight bits is a set of first characters and a set of second ones, all of whose pairs are free.
struct bk_free_pairs {
  uint8_t first[128];
  uint8_t second[128];
};

/// A text of up to 15 bytes as the key to its count.
///
/// The first byte holds the length of the text in its high half; its low half is 0 in a key and the count in an entry
/// of the cache. The text follows, then zeros.
struct bk_key {
  uint64_t low;
  uint64_t high;
};

/// Four cached counts with their keys: one cache line. Free entries are zero.
struct bk_bucket {
  uint64_t low[4];
  uint64_t high[4];
};

/// Where spans are collected. The arrays have room for 64 elements beyond the counted ones.
struct bk_spans {
  uint32_t *starts;
  uint32_t *ends;
  size_t start_count;
  size_t end_count;
  /// The starts seen so far that were not probed.
  size_t skipped_count;
  /// 1 if the last start seen so far opened a span that is not closed yet.
  uint64_t is_open;
};

/// The functions for one instruction set.
struct bk_kernels {
  /// The name that selects the set.
  const char *name;

  /// Looks for what needs special treatment in `count` bytes of text; returns `bk_prescan` flags.
  ///
  /// - Parameter for_words: 0 leaves out what only text that is cut into words needs: space marks and long runs.
  uint32_t (*prescan)(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker, uint32_t for_words);

  /// Whether `count` bytes are well-formed UTF-8; NULL in sets without vector code for it.
  uint32_t (*is_valid_utf8)(const uint8_t *text, size_t count);

  /// Whether well-formed UTF-8 holds only code points that normalization form C never changes, whatever is around them.
  uint32_t (*is_settled)(const uint8_t *text, size_t count);

  /// Classifies whole blocks of 64 bytes as if all bytes from 0x80 on were of class other, and clears the masks after
  /// the last block up to a multiple of `BK_LANES`, at least one.
  ///
  /// - Returns: The union of all masks of `non_ascii`.
  uint64_t (*classify_pretokens)(const uint8_t *text, size_t count, const struct bk_pretoken_blocks *blocks);

  /// Finds `upper`, `slash` and `control` of ASCII in whole blocks of 64 bytes, and clears `caseless` and `apart`; behind the
  /// last block as `classify_pretokens` does.
  void (*classify_further)(const uint8_t *text, size_t count, const struct bk_pretoken_blocks *blocks);

  /// Sets the class of all bytes of non-ASCII characters, and finds where to `cut`.
  ///
  /// The text must be well-formed UTF-8. Reads up to three bytes after the blocks. `borders->last_end` counts from
  /// `text` before the call, and from the end of the blocks after it.
  ///
  /// - Returns: `bk_wide` flags.
  uint32_t (*classify_wide)(const uint8_t *text, size_t count, const struct bk_pretoken_blocks *blocks,
                            struct bk_wide_borders *borders);

  /// Finds `starts` from the classes of `count` blocks, of the block before them and of the byte after them.
  ///
  /// - Parameter options: `bk_pretoken_options`.
  /// - Returns: `bk_pretoken_rarities`, which are left to the caller.
  uint32_t (*find_pretokens)(const struct bk_pretoken_blocks *blocks, size_t count, uint32_t options);

  /// Finds the `starts` that must be looked up, leaving out those that are certainly one token: single bytes, numbers,
  /// and with `joins_space_and_letter` a space and a letter.
  ///
  /// Reads the starts and the bytes beyond ASCII of the block after the last one.
  void (*select_probed)(const struct bk_pretoken_blocks *blocks, size_t count, uint32_t options,
                        uint32_t joins_space_and_letter);

  /// Classifies whole blocks of 64 bytes; `previous` is the byte before the first one.
  void (*classify_words)(const uint8_t *text, size_t blocks, uint8_t previous, const struct bk_free_pairs *pairs,
                         struct bk_word_masks *masks);

  /// Appends the spans that begin at the bits of `probed` and end at the next bit of `starts`.
  ///
  /// Bit 0 of the first block is at `position`; `probed` is a subset of `starts`.
  void (*collect)(const uint64_t *starts, const uint64_t *probed, size_t blocks, uint32_t position,
                  struct bk_spans *spans);

  /// Makes keys of `count` spans, finds the byte offsets of their buckets in `table`, which are their hashes masked with
  /// `mask`, and fetches the buckets into the cache.
  ///
  /// Reads 16 bytes from each start. The arrays have room for 16 more elements, where `starts` and `ends` may be
  /// overwritten. The key of a span of more than 15 bytes is zero, and its index goes to `long_spans`.
  ///
  /// - Returns: The number of long spans.
  size_t (*make_keys)(const uint8_t *text, uint32_t *starts, uint32_t *ends, size_t count, struct bk_key *keys,
                      uint32_t *offsets, uint32_t *long_spans, const struct bk_bucket *table, uint32_t mask);

  /// Adds up the cached counts of `count` keys. Indices of keys that are not in the cache go to `misses`.
  uint64_t (*probe)(const struct bk_key *keys, const uint32_t *offsets, size_t count, const struct bk_bucket *table,
                    uint32_t *misses, size_t *miss_count);

  /// Hashes one key, as `make_keys` does.
  uint32_t (*hash)(struct bk_key key);
};

/// The set of this name; NULL if this processor cannot run it or no set has the name.
const struct bk_kernels *bk_kernels_named(const char *name);

/// The set with the given number among those that this processor can run, fastest first; NULL after the last one.
const struct bk_kernels *bk_kernels_available(size_t number);
