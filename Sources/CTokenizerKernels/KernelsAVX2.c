#if defined(__x86_64__)

#include <immintrin.h>

#include "KernelSet.h"

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,aes,popcnt,lzcnt,sse4.2"))), apply_to = function)

#include "KernelPretokens.h"
#include "VectorUTF8.h"

typedef struct {
  __m256i low;
  __m256i high;
} bk_block;

BK_INLINE bk_block bk_load_block(const uint8_t *text) {
  bk_block block = {_mm256_loadu_si256((const __m256i *)text), _mm256_loadu_si256((const __m256i *)(text + 32))};
  return block;
}

BK_INLINE uint64_t gathered(__m256i low, __m256i high) {
  return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

BK_INLINE uint64_t bk_high_bits(bk_block block) { return gathered(block.low, block.high); }

BK_INLINE uint64_t bk_equal(bk_block block, uint8_t byte) {
  const __m256i wanted = _mm256_set1_epi8((char)byte);
  return gathered(_mm256_cmpeq_epi8(block.low, wanted), _mm256_cmpeq_epi8(block.high, wanted));
}

BK_INLINE __m256i within(__m256i bytes, uint8_t first, uint8_t count) {
  __m256i offset = _mm256_sub_epi8(bytes, _mm256_set1_epi8((char)first));
  return _mm256_cmpeq_epi8(_mm256_min_epu8(offset, _mm256_set1_epi8((char)(count - 1))), offset);
}

BK_INLINE uint64_t bk_within(bk_block block, uint8_t first, uint8_t count) {
  return gathered(within(block.low, first, count), within(block.high, first, count));
}

/// Looks bytes below 128 up in a table of 128 bytes; other bytes yield undefined values.
BK_INLINE __m256i look_up(const uint8_t *table, __m256i bytes) {
  const __m256i row = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(7));
  const __m256i column = _mm256_and_si256(bytes, _mm256_set1_epi8(15));
  __m256i found = _mm256_setzero_si256();
  for (int number = 0; number < 8; number++) {
    __m256i entries = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(table + 16 * number)));
    __m256i is_row = _mm256_cmpeq_epi8(row, _mm256_set1_epi8((char)number));
    found = _mm256_or_si256(found, _mm256_and_si256(is_row, _mm256_shuffle_epi8(entries, column)));
  }
  return found;
}

BK_INLINE uint64_t bk_free_pair_mask(const uint8_t *text, bk_block block, uint8_t previous,
                                     const struct bk_free_pairs *pairs) {
  (void)text;
  // The preceding bytes: each byte moved up by one, the first one taken from the previous block.
  __m256i across = _mm256_permute2x128_si256(block.low, block.low, 0x08);
  __m256i low = _mm256_alignr_epi8(block.low, across, 15);
  low = _mm256_or_si256(low, _mm256_zextsi128_si256(_mm_cvtsi32_si128(previous)));
  __m256i high = _mm256_alignr_epi8(block.high, _mm256_permute2x128_si256(block.low, block.high, 0x21), 15);
  __m256i low_common = _mm256_and_si256(look_up(pairs->first, low), look_up(pairs->second, block.low));
  __m256i high_common = _mm256_and_si256(look_up(pairs->first, high), look_up(pairs->second, block.high));
  const __m256i zero = _mm256_setzero_si256();
  return ~gathered(_mm256_cmpeq_epi8(low_common, zero), _mm256_cmpeq_epi8(high_common, zero));
}

// The places of the bits of each byte, one after another from the lowest byte on.
#define PLACE(byte, bit) ((uint64_t)((byte) >> (bit) & 1) * (bit) << 8 * __builtin_popcount((byte) & ((1 << (bit)) - 1)))
#define PLACES(byte)                                                                                    \
  (PLACE(byte, 1) | PLACE(byte, 2) | PLACE(byte, 3) | PLACE(byte, 4) | PLACE(byte, 5) | PLACE(byte, 6) | \
   PLACE(byte, 7))
#define PLACES_4(byte) PLACES(byte), PLACES((byte) + 1), PLACES((byte) + 2), PLACES((byte) + 3)
#define PLACES_16(byte) PLACES_4(byte), PLACES_4((byte) + 4), PLACES_4((byte) + 8), PLACES_4((byte) + 12)
#define PLACES_64(byte) PLACES_16(byte), PLACES_16((byte) + 16), PLACES_16((byte) + 32), PLACES_16((byte) + 48)

static const uint64_t places_of_bits[256] = {PLACES_64(0), PLACES_64(64), PLACES_64(128), PLACES_64(192)};

/// Writes the indices of the set bits, plus `position`, and up to eight words after them.
///
/// TZCNT and BLSR, one bit after another, take twice as long on AMD's processors before family 25.
BK_INLINE void store_bits(uint32_t *out, uint64_t bits, uint32_t position) {
  __m256i base = _mm256_set1_epi32((int)position);
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++, bits >>= 8) {
    const uint32_t byte = bits & 255;
    const __m128i places = _mm_loadl_epi64((const __m128i *)(places_of_bits + byte));
    _mm256_storeu_si256((__m256i *)out, _mm256_add_epi32(base, _mm256_cvtepu8_epi32(places)));
    out += __builtin_popcount(byte);
    base = _mm256_add_epi32(base, _mm256_set1_epi32(8));
  }
}

static void collect_blocks(const uint64_t *starts, const uint64_t *probed, size_t blocks, uint32_t position,
                           struct bk_spans *spans) {
  uint32_t *span_starts = spans->starts + spans->start_count;
  uint32_t *span_ends = spans->ends + spans->end_count;
  size_t skipped_count = spans->skipped_count;
  uint64_t is_open = spans->is_open;
  for (size_t block = 0; block < blocks; block++, position += 64) {
    uint64_t end_bits = bk_end_bits(starts[block], probed[block], &is_open);
    int start_count = __builtin_popcountll(probed[block]);
    int end_count = __builtin_popcountll(end_bits);
    skipped_count += (size_t)(__builtin_popcountll(starts[block]) - start_count);
    store_bits(span_starts, probed[block], position);
    store_bits(span_ends, end_bits, position);
    span_starts += start_count;
    span_ends += end_count;
  }
  spans->start_count = (size_t)(span_starts - spans->starts);
  spans->end_count = (size_t)(span_ends - spans->ends);
  spans->skipped_count = skipped_count;
  spans->is_open = is_open;
}

BK_INLINE uint32_t aes_hash(__m128i key) {
  key = _mm_aesenc_si128(key, _mm_set_epi64x(0x243F6A8885A308D3ll, 0x13198A2E03707344ll));
  key = _mm_aesenc_si128(key, _mm_set_epi64x(0xA4093822299F31D0ll, 0x082EFA98EC4E6C89ll));
  return (uint32_t)_mm_cvtsi128_si32(key);
}

static uint32_t hash_of_key(struct bk_key key) {
  return aes_hash(_mm_set_epi64x((long long)key.high, (long long)key.low));
}

static size_t make_keys_of_vectors(const uint8_t *text, uint32_t *starts, uint32_t *ends, size_t count,
                                      struct bk_key *keys, uint32_t *offsets, uint32_t *long_spans,
                                      const struct bk_bucket *table, uint32_t mask) {
  const __m128i place = _mm_setr_epi8(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
  size_t long_count = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t length = ends[i] - starts[i];
    uint32_t is_long = length > 15;
    long_spans[long_count] = (uint32_t)i;
    long_count += is_long;
    length = is_long ? 0 : length;
    // The text moves up by one byte to make room for the length, and is cut off at that length.
    __m128i bytes = _mm_slli_si128(_mm_loadu_si128((const __m128i *)(text + starts[i])), 1);
    __m128i is_text = _mm_cmpgt_epi8(_mm_set1_epi8((char)length), place);
    __m128i key = _mm_or_si128(_mm_and_si128(bytes, is_text), _mm_cvtsi32_si128((int)(length << 4)));
    _mm_storeu_si128((__m128i *)(keys + i), key);
    offsets[i] = aes_hash(key) & mask;
    __builtin_prefetch((const uint8_t *)table + offsets[i]);
  }
  return long_count;
}

static uint64_t probe_buckets(const struct bk_key *keys, const uint32_t *offsets, size_t count,
                                 const struct bk_bucket *table, uint32_t *misses, size_t *miss_count) {
  // All but the four bits that hold the count.
  const __m256i compared = _mm256_set1_epi64x(-16);
  const __m256i zero = _mm256_setzero_si256();
  __m256i sum = zero;
  size_t missed = 0;
  for (size_t i = 0; i < count; i++) {
    const __m256i *bucket = (const __m256i *)((const uint8_t *)table + offsets[i]);
    __m256i low = _mm256_set1_epi64x((long long)keys[i].low);
    __m256i high = _mm256_set1_epi64x((long long)keys[i].high);
    __m256i difference = _mm256_xor_si256(low, _mm256_load_si256(bucket));
    __m256i is_low = _mm256_cmpeq_epi64(_mm256_and_si256(difference, compared), zero);
    __m256i is_equal = _mm256_and_si256(is_low, _mm256_cmpeq_epi64(high, _mm256_load_si256(bucket + 1)));
    // A matching entry differs in the count only, which is in the low half.
    sum = _mm256_add_epi64(sum, _mm256_and_si256(difference, is_equal));
    misses[missed] = (uint32_t)i;
    missed += (size_t)_mm256_testz_si256(is_equal, is_equal);
  }
  *miss_count = missed;
  __m128i halves = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  return (uint64_t)_mm_cvtsi128_si64(halves) + (uint64_t)_mm_extract_epi64(halves, 1);
}

#define bk_collect collect_blocks
#define bk_probe probe_buckets
#define bk_make_keys make_keys_of_vectors
#define bk_hash hash_of_key
#define bk_valid_utf8 rk_is_valid_utf8
#include "KernelBlocks.h"

BK_DEFINE_KERNELS(bk_avx2_kernels, "avx2");

#pragma clang attribute pop

#endif
