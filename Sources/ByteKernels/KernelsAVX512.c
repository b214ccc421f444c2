#if defined(__x86_64__)

#include <immintrin.h>

#include "KernelSet.h"

#pragma clang attribute push(                                                                                 \
    __attribute__((target(                                                                                    \
        "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,bmi,bmi2,aes,vaes,popcnt,lzcnt,sse4.2"))), \
    apply_to = function)

#include "KernelSupport.h"

static uint32_t survey(const uint8_t *text, size_t count, uint8_t marker, uint8_t other_marker) {
  const __m512i first_marker = _mm512_set1_epi8((char)marker);
  const __m512i second_marker = _mm512_set1_epi8((char)other_marker);
  uint64_t non_ascii = 0;
  uint64_t beyond_latin = 0;
  uint64_t marks = 0;
  uint64_t space_marks = 0;
  uint64_t last_lead = 0;
  int has_long_run = 0;
  while (count > 0) {
    uint64_t valid = bk_low_bits(count);
    __builtin_prefetch(text + BK_PREFETCH_DISTANCE);
    __m512i bytes = _mm512_maskz_loadu_epi8(valid, text);
    non_ascii |= _mm512_movepi8_mask(bytes);
    beyond_latin |= _mm512_cmpge_epu8_mask(bytes, _mm512_set1_epi8((char)0xCC));
    uint64_t leads = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0xE2));
    space_marks |= (leads << 1 | last_lead) & _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)0x96));
    last_lead = leads >> 63;
    marks |= valid & (_mm512_cmpeq_epi8_mask(bytes, first_marker) | _mm512_cmpeq_epi8_mask(bytes, second_marker));
    uint64_t white = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(' ')) |
                     _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8('\t')), _mm512_set1_epi8(1));
    has_long_run |= bk_has_run16(white);
    size_t step = count < 64 ? count : 64;
    count -= step;
    text += step;
  }
  return (non_ascii != 0 ? BK_SURVEY_NON_ASCII : 0) | (beyond_latin != 0 ? BK_SURVEY_BEYOND_LATIN : 0) |
         (marks != 0 ? BK_SURVEY_MARKER : 0) | (space_marks != 0 ? BK_SURVEY_SPACE_MARK : 0) |
         (has_long_run ? BK_SURVEY_LONG_RUN : 0);
}

static void classify_pretokens(const uint8_t *text, size_t blocks, struct bk_pretoken_masks *masks) {
  for (size_t block = 0; block < blocks; block++, text += 64) {
    __m512i bytes = _mm512_loadu_si512(text);
    __m512i letters = _mm512_sub_epi8(_mm512_or_si512(bytes, _mm512_set1_epi8(0x20)), _mm512_set1_epi8('a'));
    __m512i controls = _mm512_sub_epi8(bytes, _mm512_set1_epi8('\t'));
    uint64_t newline = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n')) |
                       _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\r'));
    masks[block].letter = _mm512_cmplt_epu8_mask(letters, _mm512_set1_epi8(26));
    masks[block].number =
        _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
    masks[block].space = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(' '));
    masks[block].control_space = _mm512_cmplt_epu8_mask(controls, _mm512_set1_epi8(5)) & ~newline;
    masks[block].newline = newline;
    masks[block].apostrophe = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\''));
    masks[block].non_ascii = _mm512_movepi8_mask(bytes);
  }
}

static void classify_words(const uint8_t *text, size_t blocks, uint8_t previous, const struct bk_free_pairs *pairs,
                           struct bk_word_masks *masks) {
  const __m512i first_low = _mm512_loadu_si512(pairs->first);
  const __m512i first_high = _mm512_loadu_si512(pairs->first + 64);
  const __m512i second_low = _mm512_loadu_si512(pairs->second);
  const __m512i second_high = _mm512_loadu_si512(pairs->second + 64);
  for (size_t block = 0; block < blocks; block++, text += 64) {
    __m512i bytes = _mm512_loadu_si512(text);
    // The bytes before: each byte moved up by one, the first one from the block before.
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

/// Writes the numbers of the set bits, plus `position`; writes whole vectors.
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
  uint64_t is_open = spans->is_open;
  for (size_t block = 0; block < blocks; block++, position += 64) {
    uint64_t start_bits = starts[block];
    uint64_t probed_bits = probed[block];
    // Among the starts, the one behind each opening start ends its span.
    uint64_t opening = _pext_u64(probed_bits, start_bits);
    uint64_t end_bits = _pdep_u64(opening << 1 | is_open, start_bits);
    int count = __builtin_popcountll(start_bits);
    is_open = count != 0 ? opening >> (count - 1) & 1 : is_open;
    int start_count = __builtin_popcountll(probed_bits);
    int end_count = __builtin_popcountll(end_bits);
    store_bits(span_starts, probed_bits, position, start_count);
    store_bits(span_ends, end_bits, position, end_count);
    span_starts += start_count;
    span_ends += end_count;
  }
  spans->start_count = (size_t)(span_starts - spans->starts);
  spans->end_count = (size_t)(span_ends - spans->ends);
  spans->is_open = is_open;
}

#define FIRST_ROUND_KEY _mm_set_epi64x(0x243F6A8885A308D3ll, 0x13198A2E03707344ll)
#define SECOND_ROUND_KEY _mm_set_epi64x(0xA4093822299F31D0ll, 0x082EFA98EC4E6C89ll)

static uint32_t hash(struct bk_entry key) {
  __m128i block = _mm_set_epi64x((long long)key.high, (long long)key.low);
  block = _mm_aesenc_si128(_mm_aesenc_si128(block, FIRST_ROUND_KEY), SECOND_ROUND_KEY);
  return (uint32_t)_mm_cvtsi128_si32(block);
}

/// Makes four keys: the text of each span moved up by one byte, cut at its length, the length in front.
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

static size_t make_keys(const uint8_t *text, uint32_t *starts, uint32_t *ends, size_t count, struct bk_entry *keys,
                        uint32_t *hashes, uint32_t *long_spans, const struct bk_entry *table, uint32_t mask) {
  if (count == 0) return 0;
  _mm512_storeu_si512(starts + count, _mm512_set1_epi32((int)starts[count - 1]));
  _mm512_storeu_si512(ends + count, _mm512_set1_epi32((int)starts[count - 1]));
  const __m512i first_round = _mm512_broadcast_i32x4(FIRST_ROUND_KEY);
  const __m512i second_round = _mm512_broadcast_i32x4(SECOND_ROUND_KEY);
  const __m512i every_fourth = _mm512_set_epi32(28, 24, 20, 16, 12, 8, 4, 0, 28, 24, 20, 16, 12, 8, 4, 0);
  // The low byte of the length of each span, for all 16 bytes of its key.
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
    _mm512_storeu_si512(hashes + i, all);
    __m512i offsets = _mm512_and_si512(all, _mm512_set1_epi32((int)mask));
    uint32_t offset[16];
    _mm512_storeu_si512(offset, offsets);
#pragma clang loop unroll(full)
    for (size_t k = 0; k < 16; k++) _mm_prefetch((const char *)table + offset[k], _MM_HINT_T0);
  }
  return long_count;
}

static uint64_t probe(const struct bk_entry *keys, const uint32_t *hashes, size_t count, const struct bk_entry *table,
                      uint32_t mask, uint32_t *misses, size_t *miss_count) {
  // All but the four bits that hold the count.
  const __m512i compared = _mm512_set_epi64(-1, -16, -1, -16, -1, -16, -1, -16);
  __m512i sum = _mm512_setzero_si512();
  size_t missed = 0;
  for (size_t i = 0; i < count; i++) {
    __m512i key = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(keys + i)));
    __m512i bucket = _mm512_load_si512((const uint8_t *)table + (hashes[i] & mask));
    __m512i difference = _mm512_xor_si512(key, bucket);
    uint32_t halves = _mm512_testn_epi64_mask(difference, compared);
    uint32_t whole = halves & halves >> 1 & 0x55;
    // In the low half of an equal entry only the count differs.
    sum = _mm512_mask_add_epi64(sum, (__mmask8)whole, sum, difference);
    misses[missed] = (uint32_t)i;
    missed += whole == 0;
  }
  *miss_count = missed;
  return (uint64_t)_mm512_reduce_add_epi64(sum);
}

#pragma clang attribute pop

const struct bk_kernels bk_avx512_kernels = {
    .name = "avx512",
    .survey = survey,
    .classify_pretokens = classify_pretokens,
    .classify_words = classify_words,
    .collect = collect,
    .make_keys = make_keys,
    .probe = probe,
    .hash = hash,
};

#endif
