#include <stdlib.h>
#include <string.h>

#include "Checks.h"
#include "Memory.h"
#include "CTextKernels.h"

// MARK: Texts of JSON

typedef struct rk_text copy_text(const uint8_t *input, size_t count, uint8_t *output);

/// The code unit of an escape `\uXXXX`; -1 for anything else.
static long code_unit(const uint8_t *input, size_t count) {
  char digits[5] = "";
  if (count < 6 || input[0] != '\\' || input[1] != 'u') return -1;
  memcpy(digits, input + 2, 4);
  return strspn(digits, "0123456789abcdefABCDEF") == 4 ? strtol(digits, NULL, 16) : -1;
}

/// Writes what one or two escapes of code units mean and returns how many bytes they take; 0 for what is left to others.
static size_t copy_units(const uint8_t *input, size_t count, uint8_t *output, size_t *written) {
  long unit = code_unit(input, count), taken = 6;
  if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF)) return 0;
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    long low = count > 6 ? code_unit(input + 6, count - 6) : -1;
    if (low < 0xDC00 || low > 0xDFFF) return 0;
    unit = 0x10000 + (unit - 0xD800) * 0x400 + (low - 0xDC00);
    taken = 12;
  }
  if (unit >= 0x100000) return 0;
  int more = unit < 0x80 ? 0 : unit < 0x800 ? 1 : unit < 0x10000 ? 2 : 3;
  static const uint8_t first[] = {0, 0xC0, 0xE0, 0xF0};
  output[(*written)++] = (uint8_t)(first[more] + (unit >> (6 * more)));
  while (more-- > 0) output[(*written)++] = (uint8_t)(0x80 + (unit >> (6 * more)) % 64);
  return (size_t)taken;
}

/// What the others must do, byte by byte.
static struct rk_text copy_one_by_one(const uint8_t *input, size_t count, uint8_t *output) {
  static const char escapes[] = "\"\\/ntrbf", meanings[] = "\"\\/\n\t\r\b\f";
  struct rk_text text = {0, 0, 1};
  while (text.taken < count && input[text.taken] >= 0x20 && input[text.taken] != '"') {
    size_t units = copy_units(input + text.taken, count - text.taken, output, &text.written);
    text.taken += units;
    if (units > 0) continue;
    uint8_t byte = input[text.taken++];
    if (byte == '\\') {
      uint8_t escape = text.taken < count ? input[text.taken] : 0;
      const char *found = escape != 0 ? strchr(escapes, escape) : NULL;
      if (found == NULL) {
        text.taken--;
        return text;
      }
      text.taken++;
      byte = (uint8_t)meanings[found - escapes];
    }
    text.is_ascii &= byte < 0x80;
    output[text.written++] = byte;
  }
  return text;
}

/// Copies from every stop on behind which there is more, as the text of one string after another.
static void check_copy(copy_text *copy, const struct text *text) {
  for (size_t place = 0; place <= text->count; place++) {
    size_t count = text->count - place;
    const uint8_t *bytes = placed(TEXT, text->bytes + place, count, 1);
    uint8_t *output = room(OUTPUT, count + RK_TEXT_PADDING, 1);
    enter(COPY_JSON_TEXT);
    struct rk_text copied = copy(bytes, count, output);
    note_value("taken", copied.taken);
    note_value("written", copied.written);
    note_value("is_ascii", copied.is_ascii != 0);
    note("text", output, copied.written, 1);
    place += copied.taken;
  }
}

/// Passes over the text from every stop on.
static void check_skip(const struct text *text) {
  for (size_t place = 0; place <= text->count; place++) {
    size_t count = text->count - place, expected = 0;
    int is_ascii = 1;
    const uint8_t *rest = text->bytes + place;
    for (; expected < count && rest[expected] >= 0x20 && rest[expected] != '"' && rest[expected] != '\\'; expected++) {
      is_ascii &= rest[expected] < 0x80;
    }
    const uint8_t *bytes = placed(TEXT, rest, count, 1);
    enter(SKIP_JSON_TEXT);
    struct rk_text skipped = rk_skip_json_text(bytes, count);
    expect_value("taken", expected, skipped.taken);
    expect_value("is_ascii", is_ascii, skipped.is_ascii != 0);
    place += skipped.taken;
  }
}

static void check_copies(const struct text *text, uint64_t seed) {
  static const struct {
    const char *name;
    copy_text *copy;
  } forms[] = {{"scalar", copy_one_by_one},
               {"baseline", rk_copy_json_text_baseline},
#if defined(__x86_64__)
               {"AVX2", rk_copy_json_text_avx2},
#endif
               {"the fastest for this processor", rk_copy_json_text}};
  for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
#if defined(__x86_64__)
    if (forms[form].copy == rk_copy_json_text_avx2 && !__builtin_cpu_supports("avx2")) continue;
#endif
    form == 0 ? record_reference(forms[form].name) : compare_set(forms[form].name);
    seed_random(seed);
    check_copy(forms[form].copy, text);
  }
}

// MARK: Validity and hashes

static void check_well_formed(const struct text *text) {
  const uint8_t *bytes = placed(TEXT, text->bytes, text->count, 1);
  enter(WELL_FORMED);
  expect_value("well-formed bytes", well_formed(text->bytes, text->count), rk_well_formed(bytes, text->count));
}

/// The hash in one piece, which is noted for other machines, and in several.
static void check_content_hash(const struct text *text) {
  struct rk_hash whole, pieces;
  const uint8_t *bytes = placed(TEXT, text->bytes, text->count, 1);
  rk_hash_begin(&whole);
  rk_hash_begin(&pieces);
  enter(CONTENT_HASH);
  rk_hash_add(&whole, bytes, text->count);
  for (size_t place = 0; place < text->count;) {
    size_t size = 1 + random_below(100);
    if (size > text->count - place) size = text->count - place;
    rk_hash_add(&pieces, bytes + place, size);
    place += size;
  }
  note_value("hash", rk_hash_end(&whole));
  expect_value("hash of pieces", rk_hash_end(&whole), rk_hash_end(&pieces));
}

void check_records(const struct text *text) {
  uint64_t seed = random_bits();
  check_copies(text, seed);
  record_reference("the one form");
  check_skip(text);
  check_well_formed(text);
  check_content_hash(text);
}
