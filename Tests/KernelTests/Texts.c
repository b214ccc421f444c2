#include "Texts.h"

#include <string.h>

static uint64_t random_state;

void seed_random(uint64_t seed) { random_state = seed; }

uint64_t random_bits(void) {
  random_state += 0x9E3779B97F4A7C15u;
  uint64_t mixed = (random_state ^ random_state >> 30) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
  return mixed ^ mixed >> 31;
}

size_t random_below(size_t limit) { return (size_t)(random_bits() % limit); }

size_t decoded(const uint8_t *bytes, size_t count, uint32_t *scalar) {
  static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
  uint8_t lead = bytes[0];
  *scalar = lead;
  if (lead < 0x80) return 1;
  size_t length = lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : 0;
  if (length == 0 || length > count) return 0;
  uint32_t value = lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; i++) {
    if ((bytes[i] & 0xC0) != 0x80) return 0;
    value = value << 6 | (bytes[i] & 0x3F);
  }
  *scalar = value;
  int is_scalar = value >= least[length] && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
  return is_scalar ? length : 0;
}

size_t well_formed(const uint8_t *bytes, size_t count) {
  size_t place = 0;
  uint32_t scalar;
  while (place < count) {
    size_t length = decoded(bytes + place, count - place, &scalar);
    if (length == 0) break;
    place += length;
  }
  return place;
}

// MARK: Pieces

static const char *const prose[] = {
    " ", " ", "  ", "\n", "\n\n", "\r\n", "\t", "\v", "\f", " \n", "\n ", "a", "I", "the", " word", "Hello", "World",
    " and", "'s", "'S", "'re", "'LL", "don't", "'", "''", "9", "12", "345", "6789", "1234567", ".", ",", "?!", "...",
    "-", "_", "==", "(", ")", "{\n", "}", "<|im_end|>", "</", "@`", "[{", "Z", "z/:", "abcdefghijklmn",
    "fifteen_letters",
};

/// What stands in the strings of JSON, and what ends them or is wrong there.
static const char *const escapes[] = {
    "\\n", "\\\"", "\\\\", "\\/", "\\t", "\\r", "\\b", "\\f", "\\u00e9", "\\u4E2d", "\\u0000", "\\ud83d\\ude00",
    "\\udbff\\udfff", "\\ud83d", "\\ude00", "\\u12g4", "\\u12", "\\x", "\"", "\x1f", "\x7f", "\\", "text",
    " of", "abc", "\xc3\xa9", "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\",
};

/// Whole scripts, and single characters with rules of their own: spaces, digits, marks, the borders of the ranges.
static const uint32_t scripts[][2] = {
    {0xA0, 0x24F},       {0x300, 0x36F},     {0x370, 0x52F},     {0x590, 0x6FF},     {0x660, 0x669},
    {0x900, 0x97F},      {0xE00, 0xE5B},     {0x1100, 0x11FF},   {0x1DA0, 0x1DFF},   {0x2000, 0x206F},
    {0x2070, 0x218F},    {0x2581, 0x2581},   {0x2580, 0x259F},   {0x3000, 0x30FF},   {0x4E00, 0x9FFF},
    {0xAC00, 0xD7A3},    {0xF900, 0xFAFF},   {0xFF00, 0xFFEF},   {0x1D400, 0x1D7FF}, {0x1F300, 0x1F9FF},
    {0x20000, 0x2A6DF},  {0x2F800, 0x2FA1F}, {0x80, 0x80},       {0x7FF, 0x800},     {0xD7FF, 0xD7FF},
    {0xE000, 0xE000},    {0xFFFD, 0x10001},  {0x10FFFF, 0x10FFFF}, {0x85, 0x85},     {0xA0, 0xA0},
    {0x1680, 0x1680},    {0x80, 0x10FFFF},
};

/// Every way of being no UTF-8.
static const char *const faults[] = {
    "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
    "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff",
    "\xc2", "\xdf", "\xe1\x80", "\xe2\x96", "\xef", "\xf0\x9f\x98", "\xf1\x80", "\xf4", "\xc3\xa9\xa9",
    "\xe4\xb8\xad\x80", "\xf0\x9f\x98\x80\x80", "\xe2\xe2\x96\x81",
};

#define RANDOM_OF(list) (list)[random_below(sizeof(list) / sizeof *(list))]

static size_t put(uint8_t *out, const char *piece) {
  size_t length = strlen(piece);
  memcpy(out, piece, length);
  return length;
}

static size_t put_scalar(uint8_t *out) {
  const uint32_t *range = RANDOM_OF(scripts);
  uint32_t scalar = range[0] + (uint32_t)random_below(range[1] - range[0] + 1);
  if (scalar >= 0xD800 && scalar < 0xE000) scalar = 0x1F600;
  size_t length = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
  for (size_t i = length; i-- > 1; scalar >>= 6) out[i] = (uint8_t)(0x80 | (scalar & 0x3F));
  out[0] = (uint8_t)((0xF00u >> length & 0xF0) | scalar);
  return length;
}

enum { LONGEST_PIECE = 32 };

/// The kinds of pieces; the last two are no UTF-8.
enum kind { PROSE, ESCAPES, SCRIPTS, ASCII, FAULTS, BYTES, KINDS };

static size_t put_piece(uint8_t out[LONGEST_PIECE], enum kind kind) {
  switch (kind) {
    case PROSE: return put(out, RANDOM_OF(prose));
    case ESCAPES: return put(out, RANDOM_OF(escapes));
    case SCRIPTS: return put_scalar(out);
    case ASCII: out[0] = (uint8_t)random_below(128); return 1;
    case FAULTS: return put(out, RANDOM_OF(faults));
    default: out[0] = (uint8_t)random_bits(); return 1;
  }
}

// MARK: Texts

/// Lengths with emphasis on the borders of blocks, and some beyond a chunk.
static size_t random_length(void) {
  switch (random_below(8)) {
    case 0: return random_below(20);
    case 1:
    case 2: return random_below(140);
    case 3:
    case 4: return 64 * random_below(12) + 62 + random_below(5);
    case 5: return 512 * (1 + random_below(4)) - 1 + random_below(3);
    case 6: return random_below(1500);
    default: return random_below(4) == 0 ? random_below(MAXIMUM_TEXT - LONGEST_PIECE) : random_below(700);
  }
}

/// The kinds of one text, as bits.
static uint32_t random_kinds(void) {
  // Half of the texts are valid, as most functions ask for.
  static const uint32_t common[] = {
      1 << PROSE, 1 << PROSE, 1 << SCRIPTS, 1 << SCRIPTS | 1 << PROSE, 1 << ESCAPES, 1 << BYTES, 1 << ASCII,
      1 << PROSE | 1 << FAULTS, 1 << SCRIPTS | 1 << FAULTS,
  };
  if (random_below(4) > 0) return RANDOM_OF(common);
  return 1 + (uint32_t)random_below((1 << KINDS) - 1);
}

static enum kind random_kind(uint32_t kinds) {
  for (;;) {
    enum kind kind = (enum kind)random_below(KINDS);
    // Faults are rare, so that much stands between them.
    if (kinds >> kind & 1 && (kind != FAULTS || kinds == 1 << FAULTS || random_below(20) == 0)) return kind;
  }
}

/// Puts pieces one after another, some of them often, until the text has its length.
static void fill(struct text *text, size_t length, uint32_t kinds) {
  while (text->count < length) {
    uint8_t piece[LONGEST_PIECE];
    size_t size = put_piece(piece, random_kind(kinds));
    size_t repetitions = random_below(40) == 0 ? 1 + random_below(300) : 1;
    for (; repetitions > 0 && text->count + size <= length; repetitions--) {
      memcpy(text->bytes + text->count, piece, size);
      text->count += size;
    }
    if (repetitions == 0) continue;
    // What does not fit is cut off, or kept out so that the text stays valid.
    size_t rest = length - text->count;
    if (random_below(4) == 0) {
      memcpy(text->bytes + text->count, piece, rest);
    } else {
      memset(text->bytes + text->count, "x \n7"[random_below(4)], rest);
    }
    text->count = length;
  }
}

/// Puts single pieces across the borders of blocks into what otherwise is one byte again and again.
static void fill_sparsely(struct text *text, size_t length, uint32_t kinds) {
  memset(text->bytes, "xxx \n7.'\\"[random_below(9)], length);
  text->count = length;
  for (size_t pieces = 1 + random_below(3); pieces > 0; pieces--) {
    uint8_t piece[LONGEST_PIECE];
    // U+2581 is what a prescan looks for across blocks.
    size_t size = random_below(4) == 0 ? put(piece, "\xe2\x96\x81") : put_piece(piece, random_kind(kinds));
    size_t place = 64 * (1 + random_below(length / 64 + 1)) - random_below(size + 2);
    if (place + size <= length) memcpy(text->bytes + place, piece, size);
  }
}

void make_text(struct text *text) {
  size_t length = random_length();
  uint32_t kinds = random_kinds();
  text->count = 0;
  if (random_below(3) == 0) {
    fill_sparsely(text, length, kinds);
  } else {
    fill(text, length, kinds);
  }
  memset(text->bytes + text->count, 0, sizeof text->bytes - text->count);
  text->is_valid = well_formed(text->bytes, text->count) == text->count;
}
