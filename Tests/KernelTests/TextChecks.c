#include <string.h>

#include "Checks.h"
#include "Memory.h"

/// Whether 32 adjacent bytes are spaces, tabs or newlines.
static int has_long_run(const struct text *text) {
  size_t run = 0;
  for (size_t i = 0; i < text->count; i++) {
    uint8_t byte = text->bytes[i];
    run = byte == ' ' || byte == '\t' || byte == '\n' ? run + 1 : 0;
    if (run == 32) return 1;
  }
  return 0;
}

static void check_prescan(const struct bk_kernels *set, const struct text *text) {
  static const uint8_t markers[][2] = {{'<', '<'}, {'<', '['}, {0xC3, 0xCC}, {0xE2, 0x96}, {0, 0}, {'\n', 0xFF}};
  const uint8_t *marker = markers[random_below(sizeof markers / sizeof *markers)];
  for (uint32_t for_words = 0; for_words < 2; for_words++) {
    const uint8_t *bytes = placed(TEXT, text->bytes, text->count, 1);
    enter(PRESCAN);
    uint32_t flags = set->prescan(bytes, text->count, marker[0], marker[1], for_words);
    // A set may give these also where they are not asked for, and long runs where there are none.
    note_value("flags", flags & ~(uint32_t)(BK_PRESCAN_LONG_RUN | BK_PRESCAN_SPACE_MARK));
    if (!for_words) continue;
    note_value("flags of words", flags & BK_PRESCAN_SPACE_MARK);
    if (has_long_run(text)) expect_value("flag of a long run", BK_PRESCAN_LONG_RUN, flags & BK_PRESCAN_LONG_RUN);
  }
}

static void check_validity(const struct bk_kernels *set, const struct text *text) {
  const uint8_t *bytes = placed(TEXT, text->bytes, text->count, 1);
  if (set->is_valid_utf8 != NULL) {
    enter(IS_VALID_UTF8);
    expect_value("validity", (uint64_t)text->is_valid, set->is_valid_utf8(bytes, text->count) != 0);
  }
  if (!text->is_valid) return;
  enter(IS_SETTLED);
  note_value("settledness", set->is_settled(bytes, text->count) != 0);
}

/// Sets of characters as dense as those of a vocabulary, or denser, or without anything.
static void make_pairs(struct bk_free_pairs *pairs) {
  uint64_t density = random_below(4);
  for (size_t i = 0; i < 128; i++) {
    uint64_t bits = random_bits();
    pairs->first[i] = density == 0 ? 0 : (uint8_t)(bits & bits >> 8 & (density > 1 ? bits >> 16 : 0xFF));
    pairs->second[i] = density == 0 ? 0 : (uint8_t)(bits >> 24 & bits >> 32 & (density > 2 ? bits >> 40 : 0xFF));
  }
}

static void check_words(const struct bk_kernels *set, const struct text *text) {
  struct bk_free_pairs pairs;
  make_pairs(&pairs);
  size_t blocks = (text->count + 63) / 64;
  for (size_t block = 0; block < blocks;) {
    size_t count = 1 + random_below(MAXIMUM_BLOCKS);
    if (count > blocks - block) count = blocks - block;
    const uint8_t *bytes = text->bytes + 64 * block;
    uint8_t previous = block > 0 ? bytes[-1] : 0;
    const uint8_t *copy = placed(TEXT, bytes, 64 * count, 1);
    struct bk_word_masks *masks = room(WORD_MASKS, count * sizeof *masks, sizeof(uint64_t));
    enter(CLASSIFY_WORDS);
    set->classify_words(copy, count, previous, placed(PAIRS, &pairs, sizeof pairs, 1), masks);
    note("masks, six for a block", masks, count * sizeof *masks / sizeof(uint64_t), sizeof(uint64_t));
    block += count;
  }
}

void check_texts(const struct bk_kernels *set, const struct text *text) {
  check_prescan(set, text);
  check_validity(set, text);
  check_words(set, text);
}
