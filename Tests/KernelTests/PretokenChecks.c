#include <string.h>

#include "Checks.h"
#include "Memory.h"

enum { ARRAYS = sizeof(struct bk_pretoken_blocks) / sizeof(uint64_t *) };
_Static_assert(ARRAYS == SLOTS - MASKS, "every array of bk_pretoken_blocks has a slot");

static const char *const array_names[] = {
    "letter", "number", "space", "plain_space", "newline", "apostrophe", "other", "non_ascii", "continuation", "cut",
    "symbol", "absorbed", "starts", "probed", "contractions", "indents", "upper", "caseless", "apart", "slash", "control",
};
_Static_assert(sizeof array_names / sizeof *array_names == ARRAYS, "every array has a name");

union masks {
  struct bk_pretoken_blocks blocks;
  uint64_t *arrays[ARRAYS];
};

/// A text on its way through a set of kernels, chunk by chunk.
struct scan {
  const struct bk_kernels *set;
  const struct text *text;
  union masks masks;
  struct bk_wide_borders borders;
  /// Rules and what is known of numbers, `bk_pretoken_options`.
  uint32_t options;
  uint32_t joins_space_and_letter;
  /// The current chunk, in bytes and in blocks.
  size_t position, blocks;
};

/// Makes arrays with just the room that they must have: one element before the blocks and `BK_LANES` behind them.
static void make_masks(union masks *masks, size_t blocks) {
  for (size_t array = 0; array < ARRAYS; array++) {
    uint64_t *elements = room(MASKS + array, (1 + blocks + BK_LANES) * sizeof *elements, sizeof *elements);
    elements[0] = 0;
    masks->arrays[array] = elements + 1;
  }
}

static void note_array(const struct scan *scan, const uint64_t *array, size_t count) {
  for (size_t i = 0; i < ARRAYS; i++) {
    if (scan->masks.arrays[i] == array) note(array_names[i], array, count, sizeof *array);
  }
}

/// Tables of pairs that forbid cuts about as often as they allow them.
static void make_borders(struct bk_wide_borders *borders) {
  static uint64_t filter[(1 << BK_PAIR_BITS) / 64];
  static uint64_t split_pairs[64], whole_token_ends[128];
  // Once for all rounds but the same whatever the first one is.
  for (size_t i = 0; filter[0] == 0 && i < sizeof filter / sizeof *filter; i++) {
    filter[sizeof filter / sizeof *filter - 1 - i] = (i + 1) * 0x9E3779B97F4A7C15u & (i + 7) * 0xC2B2AE3D27D4EB4Fu;
  }
  uint64_t is_free = random_below(4) == 0 ? 0 : ~0ull;
  for (size_t i = 0; i < 64; i++) split_pairs[i] = is_free & random_bits() & random_bits() & random_bits();
  for (size_t i = 0; i < 128; i++) whole_token_ends[i] = is_free & random_bits() & random_bits() & random_bits();
  *borders = (struct bk_wide_borders){
      .pair_filter = placed(PAIR_FILTER, filter, sizeof filter, sizeof *filter),
      .split_pairs = split_pairs,
      .whole_token_ends = whole_token_ends,
      .last_scalar = 0,
      .last_end = -1,
  };
}

static uint64_t classify(struct scan *scan) {
  const struct bk_pretoken_blocks *blocks = &scan->masks.blocks;
  const uint8_t *bytes = placed(TEXT, scan->text->bytes + scan->position, scan->blocks * 64, 1);
  enter(CLASSIFY_PRETOKENS);
  uint64_t non_ascii = scan->set->classify_pretokens(bytes, scan->blocks, blocks);
  note_value("all of non_ascii", non_ascii);
  size_t cleared = (scan->blocks + BK_LANES) / BK_LANES * BK_LANES;
  const uint64_t *classes[] = {blocks->letter, blocks->number, blocks->space, blocks->plain_space, blocks->newline,
                               blocks->apostrophe, blocks->other, blocks->non_ascii, blocks->continuation};
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) note_array(scan, classes[i], cleared);
  return non_ascii;
}

/// What only some rules look at, with random letters that are neither capital nor small, or apart.
static void classify_further(struct scan *scan) {
  const struct bk_pretoken_blocks *blocks = &scan->masks.blocks;
  const uint8_t *bytes = placed(TEXT, scan->text->bytes + scan->position, scan->blocks * 64, 1);
  enter(CLASSIFY_FURTHER);
  scan->set->classify_further(bytes, scan->blocks, blocks);
  size_t cleared = (scan->blocks + BK_LANES) / BK_LANES * BK_LANES;
  const uint64_t *classes[] = {blocks->upper, blocks->caseless, blocks->apart, blocks->slash, blocks->control};
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) note_array(scan, classes[i], cleared);
  for (size_t i = 0; i < scan->blocks; i++) {
    blocks->caseless[i] = random_bits() & blocks->non_ascii[i] & blocks->letter[i];
    blocks->apart[i] = random_bits() & blocks->non_ascii[i] & blocks->letter[i] & ~blocks->caseless[i];
    blocks->letter[i] &= ~blocks->apart[i];
  }
}

static void classify_wide(struct scan *scan) {
  const struct bk_pretoken_blocks *blocks = &scan->masks.blocks;
  // Characters may reach three bytes beyond the blocks.
  const uint8_t *bytes = placed(TEXT, scan->text->bytes + scan->position, scan->blocks * 64 + 3, 1);
  enter(CLASSIFY_WIDE);
  note_value("flags", scan->set->classify_wide(bytes, scan->blocks, blocks, &scan->borders));
  const uint64_t *classes[] = {blocks->letter, blocks->number, blocks->space, blocks->other, blocks->cut};
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) note_array(scan, classes[i], scan->blocks);
  note_value("last_scalar", scan->borders.last_scalar);
  note_value("last_end", (uint64_t)(int64_t)scan->borders.last_end);
}

/// Whether the text ends or has white space behind the chunk.
static int is_space_behind(const struct scan *scan) {
  const struct text *text = scan->text;
  size_t place = scan->position + scan->blocks * 64;
  while (place < text->count && (text->bytes[place] & 0xC0) == 0x80) place++;
  if (place >= text->count) return 1;
  uint32_t scalar;
  (void)decoded(text->bytes + place, text->count - place, &scalar);
  return unicode_class_of(scalar) >= UNICODE_CLASS_SPACE;
}

/// The bits of the last block that stand for text.
static uint64_t valid_bits(const struct scan *scan) {
  size_t end = scan->position + scan->blocks * 64;
  return end > scan->text->count ? ~0ull >> (end - scan->text->count) : ~0ull;
}

/// Classes, starts and what is probed of a chunk, by the steps of `PretokenChunkScanner.scan`, but for the mending of
/// contractions, indents and long numbers.
static void scan_chunk(struct scan *scan) {
  const struct bk_pretoken_blocks *blocks = &scan->masks.blocks;
  size_t count = scan->blocks, last = count - 1;
  uint64_t valid = valid_bits(scan);
  int is_wide = classify(scan) != 0;
  blocks->other[last] &= valid;
  blocks->space[last] |= ~valid;
  scan->borders.last_end = is_wide ? scan->borders.last_end : -1;
  if (is_wide) classify_wide(scan);
  blocks->space[count] = (uint64_t)is_space_behind(scan);
  const uint32_t further = BK_PRETOKENS_CASED | BK_PRETOKENS_SLASHES | BK_PRETOKENS_NUMBERS_APART;
  if (scan->options & further) classify_further(scan);

  uint32_t options = (is_wide ? BK_PRETOKENS_WIDE : 0u) | scan->options;
  enter(FIND_PRETOKENS);
  note_value("rarities", scan->set->find_pretokens(blocks, count, options));
  const uint64_t *found[] = {blocks->starts, blocks->contractions, blocks->symbol, blocks->absorbed, blocks->indents};
  // GPT-2's rules need no more than the first two.
  size_t found_count = options & BK_PRETOKENS_SPACES_JOIN ? 2 : sizeof found / sizeof *found;
  for (size_t i = 0; i < found_count; i++) note_array(scan, found[i], count);

  blocks->starts[0] |= scan->position == 0;
  blocks->starts[last] &= valid;
  blocks->starts[count] = 0;
  blocks->non_ascii[count] = scan->position + count * 64 < scan->text->count ? ~0ull : 0;
  enter(SELECT_PROBED);
  scan->set->select_probed(blocks, count, options, scan->joins_space_and_letter);
  note_array(scan, blocks->probed, count);
}

/// Makes and probes the keys of the spans that have an end, and keeps the one that has none, as `SegmentCounter` does.
static void count_spans(const struct scan *scan, struct bk_spans *spans) {
  size_t ready = spans->end_count;
  check_keys(scan->set, scan->text, spans->starts, spans->ends, ready);
  spans->starts[0] = spans->starts[ready];
  spans->start_count = spans->start_count > ready;
  spans->end_count = 0;
}

void check_pretokens(const struct bk_kernels *set, const struct text *text) {
  static uint32_t starts[MAXIMUM_BLOCKS * 64 + 128], ends[MAXIMUM_BLOCKS * 64 + 128];
  if (text->count == 0 || !text->is_valid) return;
  struct scan scan = {.set = set, .text = text};
  struct bk_spans spans = {.starts = starts, .ends = ends};
  size_t all = (text->count + 63) / 64, most = 1 + random_below(MAXIMUM_BLOCKS);
  static const uint32_t rules[] = {
      0,
      0,
      BK_PRETOKENS_SINGLE_NUMBERS,
      BK_PRETOKENS_CASED,
      BK_PRETOKENS_CASED | BK_PRETOKENS_SLASHES,
      BK_PRETOKENS_CASED | BK_PRETOKENS_SLASHES | BK_PRETOKENS_SINGLE_NUMBERS,
      BK_PRETOKENS_ASCII_JOINS | BK_PRETOKENS_NUMBERS_APART,
      BK_PRETOKENS_SPACES_JOIN,
      BK_PRETOKENS_SPACES_JOIN | BK_PRETOKENS_NUMBERS_APART | BK_PRETOKENS_SINGLE_NUMBERS,
  };
  scan.options = rules[random_below(sizeof rules / sizeof *rules)];
  if (random_below(2)) scan.options |= BK_PRETOKENS_PROBE_NUMBERS;
  scan.joins_space_and_letter = (uint32_t)random_below(2);
  make_masks(&scan.masks, most < all ? most : all);
  make_borders(&scan.borders);
  while (scan.position < text->count) {
    size_t rest = all - scan.position / 64;
    scan.blocks = most < rest ? most : rest;
    scan_chunk(&scan);
    const struct bk_pretoken_blocks *blocks = &scan.masks.blocks;
    check_collect(set, blocks->starts, blocks->probed, scan.blocks, (uint32_t)scan.position, &spans);
    count_spans(&scan, &spans);
    for (size_t i = 0; i < ARRAYS; i++) scan.masks.arrays[i][-1] = scan.masks.arrays[i][scan.blocks - 1];
    scan.position += scan.blocks * 64;
  }
}
