#if defined(__x86_64__)

#include <immintrin.h>

#include "KernelSet.h"

#pragma clang attribute push(                                                                                 \
    __attribute__((target(                                                                                    \
        "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,bmi,bmi2,aes,vaes,popcnt,lzcnt,sse4.2"))), \
    apply_to = function)

#include "KernelPretokens.h"
#include "VectorUTF8.h"
#include "KernelWide.h"

/// Whether one of the four groups of 16 bits is all ones.
BK_INLINE uint64_t has_full_stretch(uint64_t bits) {
  const uint64_t ones = 0x0001000100010001u;
  return (~bits - ones) & bits & ones << 15;
}

BK_INLINE uint32_t prescan_text(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker,
                               int for_words) {
  const __m512i first_marker = _mm512_set1_epi8((char)marker);
  const __m512i second_marker = _mm512_set1_epi8((char)other_marker);
  __m512i highest = _mm512_setzero_si512();
  uint64_t marks = 0;
  uint64_t space_marks = 0;
  uint64_t last_lead = 0;
  uint64_t long_runs = 0;
  while (count > 0) {
    uint64_t valid = bk_low_bits(count);
    __builtin_prefetch(text + BK_PREFETCH_DISTANCE);
    __m512i bytes = _mm512_maskz_loadu_epi8(valid, text);
    highest = _mm512_max_epu8(highest, bytes);
    marks |= valid & (_mm512_cmpeq_epi8_mask(bytes, first_marker) | _mm512_cmpeq_epi8_mask(bytes, second_marker));
    if (for_words) {
      uint64_t leads = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0xE2));
      space_marks |= (leads << 1 | last_lead) & _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0x96));
      last_lead = leads >> 63;
      uint64_t white = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(' ')) |
                       _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8('\t')), _mm512_set1_epi8(1));
      // 32 adjacent bytes fill one of the groups.
      long_runs |= has_full_stretch(white);
    }
    size_t step = count < 64 ? count : 64;
    count -= step;
    text += step;
  }
  uint64_t non_ascii = _mm512_movepi8_mask(highest);
  uint64_t beyond_latin = _mm512_cmpge_epu8_mask(highest, _mm512_set1_epi8((char)0xCC));
  return (non_ascii != 0 ? BK_PRESCAN_NON_ASCII : 0) | (beyond_latin != 0 ? BK_PRESCAN_BEYOND_LATIN : 0) |
         (marks != 0 ? BK_PRESCAN_MARKER : 0) | (space_marks != 0 ? BK_PRESCAN_SPACE_MARK : 0) |
         (long_runs != 0 ? BK_PRESCAN_LONG_RUN : 0);
}

static uint32_t prescan(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker, uint32_t for_words) {
  if (for_words != 0) return prescan_text(text, count, marker, other_marker, 1);
  return prescan_text(text, count, marker, other_marker, 0);
}

static uint64_t classify_pretokens(const uint8_t *text, size_t count, const struct bk_pretoken_blocks *blocks) {
  uint64_t any_non_ascii = 0;
  for (size_t i = 0; i < count; i++, text += 64) {
    __m512i bytes = _mm512_loadu_si512(text);
    __m512i letters = _mm512_sub_epi8(_mm512_or_si512(bytes, _mm512_set1_epi8(0x20)), _mm512_set1_epi8('a'));
    __m512i controls = _mm512_sub_epi8(bytes, _mm512_set1_epi8('\t'));
    uint64_t newline = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n')) |
                       _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\r'));
    uint64_t letter = _mm512_cmplt_epu8_mask(letters, _mm512_set1_epi8(26));
    uint64_t number =
        _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
    uint64_t plain_space = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(' '));
    uint64_t white = _mm512_cmplt_epu8_mask(controls, _mm512_set1_epi8(5)) | plain_space;
    uint64_t non_ascii = _mm512_movepi8_mask(bytes);
    any_non_ascii |= non_ascii;
    blocks->letter[i] = letter;
    blocks->number[i] = number;
    blocks->space[i] = white & ~newline;
    blocks->plain_space[i] = plain_space;
    blocks->newline[i] = newline;
    blocks->apostrophe[i] = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\''));
    blocks->other[i] = ~(letter | number | white);
    blocks->non_ascii[i] = non_ascii;
    blocks->continuation[i] = _mm512_cmplt_epi8_mask(bytes, _mm512_set1_epi8((char)0xC0));
  }
  bk_clear_behind(blocks, count);
  return any_non_ascii;
}

static void classify_further(const uint8_t *text, size_t count, const struct bk_pretoken_blocks *blocks) {
  for (size_t i = 0; i < count; i++, text += 64) {
    __m512i bytes = _mm512_loadu_si512(text);
    __m512i capitals = _mm512_sub_epi8(bytes, _mm512_set1_epi8('A'));
    __m512i white = _mm512_sub_epi8(bytes, _mm512_set1_epi8('\t'));
    uint64_t control = _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20)) &
                       ~_mm512_cmplt_epu8_mask(white, _mm512_set1_epi8(5));
    blocks->upper[i] = _mm512_cmplt_epu8_mask(capitals, _mm512_set1_epi8(26));
    blocks->slash[i] = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('/'));
    blocks->control[i] = control | _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(0x7F));
    blocks->caseless[i] = 0;
    blocks->apart[i] = 0;
  }
  bk_clear_further_behind(blocks, count);
}

static void classify_words(const uint8_t *text, size_t blocks, uint8_t previous, const struct bk_free_pairs *pairs,
                           struct bk_word_masks *masks) {
  const __m512i first_low = _mm512_loadu_si512(pairs->first);
  const __m512i first_high = _mm512_loadu_si512(pairs->first + 64);
  const __m512i second_low = _mm512_loadu_si512(pairs->second);
  const __m512i second_high = _mm512_loadu_si512(pairs->second + 64);
  for (size_t block = 0; block < blocks; block++, text += 64) {
    __m512i bytes = _mm512_loadu_si512(text);
    // The preceding bytes: each byte moved up by one, the first one taken from the previous block.
    __m512i shifted = _mm512_maskz_loadu_epi8(~1ull, text - 1);
    __m512i before = _mm512_or_si512(shifted, _mm512_zextsi128_si512(_mm_cvtsi32_si128(previous)));
    previous = text[63];
    uint64_t non_ascii = _mm512_movepi8_mask(bytes);
    __m512i first = _mm512_permutex2var_epi8(first_low, before, first_high);
    __m512i second = _mm512_permutex2var_epi8(second_low, bytes, second_high);
    masks[block].space = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(' '));
    masks[block].newline = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'));
    masks[block].tab = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\t'));
    masks[block].number =
        _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
    masks[block].non_ascii = non_ascii;
    masks[block].cut = _mm512_test_epi8_mask(first, second) & ~(non_ascii | _mm512_movepi8_mask(before));
  }
}

/// Writes the indices of the set bits, plus `position`; always writes whole vectors.
BK_INLINE void store_bits(uint32_t *out, uint64_t bits, uint32_t position, int count) {
  const __m512i numbers =
      _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40,
                      39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
                      15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  __m512i packed = _mm512_maskz_compress_epi8(bits, numbers);
  __m512i base = _mm512_set1_epi32((int)position);
  _mm512_storeu_si512(out, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed))));
  if (__builtin_expect(count > 16, 0)) {
    _mm512_storeu_si512(out + 16, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 1))));
    if (count > 32) {
      _mm512_storeu_si512(out + 32, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 2))));
      _mm512_storeu_si512(out + 48, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 3))));
    }
  }
}

static void collect(const uint64_t *starts, const uint64_t *probed, size_t blocks, uint32_t position,
                    struct bk_spans *spans) {
  uint32_t *span_starts = spans->starts + spans->start_count;
  uint32_t *span_ends = spans->ends + spans->end_count;
  size_t skipped_count = spans->skipped_count;
  uint64_t is_open = spans->is_open;
  for (size_t block = 0; block < blocks; block++, position += 64) {
    uint64_t start_bits = starts[block];
    uint64_t probed_bits = probed[block];
    uint64_t end_bits = bk_end_bits(start_bits, probed_bits, &is_open);
    int start_count = __builtin_popcountll(probed_bits);
    int end_count = __builtin_popcountll(end_bits);
    skipped_count += (size_t)(__builtin_popcountll(start_bits) - start_count);
    store_bits(span_starts, probed_bits, position, start_count);
    store_bits(span_ends, end_bits, position, end_count);
    span_starts += start_count;
    span_ends += end_count;
  }
  spans->start_count = (size_t)(span_starts - spans->starts);
  spans->end_count = (size_t)(span_ends - spans->ends);
  spans->skipped_count = skipped_count;
  spans->is_open = is_open;
}

#define FIRST_ROUND_KEY _mm_set_epi64x(0x243F6A8885A308D3ll, 0x13198A2E03707344ll)
#define SECOND_ROUND_KEY _mm_set_epi64x(0xA4093822299F31D0ll, 0x082EFA98EC4E6C89ll)

static uint32_t hash(struct bk_key key) {
  __m128i block = _mm_set_epi64x((long long)key.high, (long long)key.low);
  block = _mm_aesenc_si128(_mm_aesenc_si128(block, FIRST_ROUND_KEY), SECOND_ROUND_KEY);
  return (uint32_t)_mm_cvtsi128_si32(block);
}

/// Makes four keys: the text of each span moved up by one byte and cut at its length, after the length.
BK_INLINE __m512i four_keys(const uint8_t *text, const uint32_t *starts, __m512i lengths, __m512i spread) {
  const __m512i place = _mm512_set4_epi32(0x0E0D0C0B, 0x0A090807, 0x06050403, 0x020100FF);
  const __m512i is_first = _mm512_set4_epi32(0, 0, 0, 0xFF);
  __m512i bytes = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(text + starts[0])));
  bytes = _mm512_inserti32x4(bytes, _mm_loadu_si128((const __m128i *)(text + starts[1])), 1);
  bytes = _mm512_inserti32x4(bytes, _mm_loadu_si128((const __m128i *)(text + starts[2])), 2);
  bytes = _mm512_inserti32x4(bytes, _mm_loadu_si128((const __m128i *)(text + starts[3])), 3);
  __m512i length = _mm512_permutexvar_epi8(spread, lengths);
  __m512i kept = _mm512_maskz_mov_epi8(_mm512_cmplt_epu8_mask(place, length), _mm512_bslli_epi128(bytes, 1));
  // kept | length << 4 & is_first
  return _mm512_ternarylogic_epi64(kept, _mm512_slli_epi16(length, 4), is_first, 0xF8);
}

static size_t make_keys(const uint8_t *text, uint32_t *starts, uint32_t *ends, size_t count, struct bk_key *keys,
                        uint32_t *offsets, uint32_t *long_spans, const struct bk_bucket *table, uint32_t mask) {
  if (count == 0) return 0;
  _mm512_storeu_si512(starts + count, _mm512_set1_epi32((int)starts[count - 1]));
  _mm512_storeu_si512(ends + count, _mm512_set1_epi32((int)starts[count - 1]));
  const __m512i first_round = _mm512_broadcast_i32x4(FIRST_ROUND_KEY);
  const __m512i second_round = _mm512_broadcast_i32x4(SECOND_ROUND_KEY);
  const __m512i every_fourth = _mm512_set_epi32(28, 24, 20, 16, 12, 8, 4, 0, 28, 24, 20, 16, 12, 8, 4, 0);
  // The low byte of each span's length, repeated for all 16 bytes of its key.
  const __m512i spread = _mm512_set_epi32(0x0C0C0C0C, 0x0C0C0C0C, 0x0C0C0C0C, 0x0C0C0C0C, 0x08080808, 0x08080808,
                                          0x08080808, 0x08080808, 0x04040404, 0x04040404, 0x04040404, 0x04040404, 0, 0,
                                          0, 0);
  const __m512i four_more = _mm512_set1_epi8(16);
  size_t long_count = 0;
  for (size_t i = 0; i < count; i += 16) {
    __m512i lengths = _mm512_sub_epi32(_mm512_loadu_si512(ends + i), _mm512_loadu_si512(starts + i));
    uint32_t is_long = _mm512_cmpgt_epu32_mask(lengths, _mm512_set1_epi32(15));
    if (__builtin_expect(is_long != 0, 0)) {
      lengths = _mm512_maskz_mov_epi32((__mmask16)~is_long, lengths);
      for (; is_long != 0; is_long &= is_long - 1) {
        long_spans[long_count++] = (uint32_t)i + (uint32_t)__builtin_ctz(is_long);
      }
    }
    __m512i hashed[4];
    __m512i place = spread;
    for (size_t group = 0; group < 4; group++) {
      __m512i four = four_keys(text, starts + i + 4 * group, lengths, place);
      _mm512_storeu_si512(keys + i + 4 * group, four);
      hashed[group] = _mm512_aesenc_epi128(_mm512_aesenc_epi128(four, first_round), second_round);
      place = _mm512_add_epi8(place, four_more);
    }
    __m512i low = _mm512_permutex2var_epi32(hashed[0], every_fourth, hashed[1]);
    __m512i high = _mm512_permutex2var_epi32(hashed[2], every_fourth, hashed[3]);
    __m512i all = _mm512_shuffle_i64x2(low, high, 0x44);
    _mm512_storeu_si512(offsets + i, _mm512_and_si512(all, _mm512_set1_epi32((int)mask)));
#pragma clang loop unroll(full)
    for (size_t k = 0; k < 16; k++) _mm_prefetch((const char *)table + offsets[i + k], _MM_HINT_T0);
  }
  return long_count;
}

/// Compares one key with the four of its bucket and adds the count of the match to `sum`.
BK_INLINE __mmask8 probe_one(const struct bk_key *key, const void *bucket, __m256i *sum) {
  // All but the four bits that hold the count.
  const __m256i compared = _mm256_set1_epi64x(-16);
  __m256i low = _mm256_set1_epi64x((long long)key->low);
  __m256i high = _mm256_set1_epi64x((long long)key->high);
  __m256i difference = _mm256_xor_si256(low, _mm256_load_si256(bucket));
  __mmask8 is_equal = _mm256_cmpeq_epi64_mask(high, _mm256_load_si256((const __m256i *)bucket + 1));
  is_equal = _mm256_mask_testn_epi64_mask(is_equal, difference, compared);
  // A matching entry differs in the count only, which is in the low half.
  *sum = _mm256_mask_add_epi64(*sum, is_equal, *sum, difference);
  return is_equal;
}

BK_INLINE __mmask16 probe_two(const struct bk_key *keys, const uint32_t *offsets, const uint8_t *table,
                              __m256i *sum) {
  __mmask8 first = probe_one(keys, table + offsets[0], sum);
  return _mm512_kunpackb(probe_one(keys + 1, table + offsets[1], sum), first);
}

BK_INLINE __mmask32 probe_four(const struct bk_key *keys, const uint32_t *offsets, const uint8_t *table,
                               __m256i *sum) {
  __mmask16 first = probe_two(keys, offsets, table, sum);
  return _mm512_kunpackw(probe_two(keys + 2, offsets + 2, table, sum), first);
}

static uint64_t probe(const struct bk_key *keys, const uint32_t *offsets, size_t count, const struct bk_bucket *table,
                      uint32_t *misses, size_t *miss_count) {
  const uint8_t *bytes = (const uint8_t *)table;
  __m256i sum = _mm256_setzero_si256();
  size_t missed = 0;
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __mmask32 first = probe_four(keys + i, offsets + i, bytes, &sum);
    // One byte for each key, with at most one bit set.
    uint64_t found = _mm512_kunpackd(probe_four(keys + i + 4, offsets + i + 4, bytes, &sum), first);
    uint64_t missing = ~(found + 0x7F7F7F7F7F7F7F7Fu) & 0x8080808080808080u;
    for (; __builtin_expect(missing != 0, 0); missing &= missing - 1) {
      misses[missed++] = (uint32_t)i + (uint32_t)__builtin_ctzll(missing) / 8;
    }
  }
  for (; i < count; i++) {
    misses[missed] = (uint32_t)i;
    missed += probe_one(keys + i, bytes + offsets[i], &sum) == 0;
  }
  *miss_count = missed;
  __m128i halves = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  return (uint64_t)_mm_cvtsi128_si64(halves) + (uint64_t)_mm_extract_epi64(halves, 1);
}

#pragma clang attribute pop

const struct bk_kernels bk_avx512_kernels = {
    .name = "avx512",
    .prescan = prescan,
    .is_valid_utf8 = rk_is_valid_utf8,
    .is_settled = bk_is_settled,
    .classify_pretokens = classify_pretokens,
    .classify_further = classify_further,
    .classify_wide = bk_classify_wide,
    .find_pretokens = bk_find_pretokens,
    .select_probed = bk_select_probed,
    .classify_words = classify_words,
    .collect = collect,
    .make_keys = make_keys,
    .probe = probe,
    .hash = hash,
};

#endif
