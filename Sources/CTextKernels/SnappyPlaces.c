#include "SnappyPlaces.h"

#include <string.h>

#include "RecordBytes.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Looking up is separate from choosing matches and does the same for every place, so that no branch depends on the text
// and the loads of many places overlap. Keeping every second place halves the stores and doubles how far back the table
// reaches; a match that begins between two of them is found one place later and looks back.

static const uint32_t rk_first_factor = 0x9E3779B1u, rk_second_factor = 0x85EBCA77u;
/// How far the hash is moved up for the 16 bits that stand beside a place.
enum { rk_tag_shift = 14 };

static void mark_agreeing(size_t count, struct rk_places *places) {
  for (size_t i = 0; i < count; i += 8) {
    unsigned bits = 0;
    for (unsigned j = 0; j < 8; j++) bits |= (unsigned)(places->found[i + j] < 1u << 16) << j;
    places->agreeing[i / 8] = (uint8_t)bits;
  }
}

static void find_portable(const uint8_t *input, size_t from, size_t count, struct rk_places *places) {
  for (size_t i = 0; i < count; i++) {
    uint64_t bytes = rk_load64(input + from + i);
    uint32_t hash = (uint32_t)bytes * rk_first_factor + (uint32_t)(bytes >> (8 * (rk_match - 4))) * rk_second_factor;
    uint32_t entry = (hash << rk_tag_shift & 0xFFFF0000u) | (uint32_t)((from + i) & 0xFFFF);
    uint32_t *slot = &places->table[hash >> (32 - rk_table_bits)];
    places->found[i] = *slot ^ entry;
    if (i & 1) *slot = entry;
  }
  mark_agreeing(count, places);
  memset(places->agreeing + count / 8, 0, 16);
}

#if defined(__x86_64__)

#define RK_AVX2 __attribute__((target("avx2")))

RK_AVX2 static uint32_t agreeing_8(const uint32_t *found) {
  __m256i tags = _mm256_srli_epi32(_mm256_loadu_si256((const __m256i *)found), 16);
  return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(tags, _mm256_setzero_si256())));
}

RK_AVX2 static void find_avx2(const uint8_t *input, size_t from, size_t count, struct rk_places *places) {
  const __m256i first = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6,  //
                                         4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
  const __m256i second = _mm256_add_epi8(first, _mm256_set1_epi8(rk_match - 4));
  const __m256i first_factor = _mm256_set1_epi32((int)rk_first_factor);
  const __m256i second_factor = _mm256_set1_epi32((int)rk_second_factor);
  __m256i place = _mm256_add_epi32(_mm256_set1_epi32((int)(uint32_t)from), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  for (size_t i = 0; i < count; i += 8) {
    __m256i bytes = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(input + from + i)));
    __m256i hash = _mm256_add_epi32(_mm256_mullo_epi32(_mm256_shuffle_epi8(bytes, first), first_factor),
                                    _mm256_mullo_epi32(_mm256_shuffle_epi8(bytes, second), second_factor));
    _Alignas(32) uint32_t slots[8], entries[8];
    _mm256_store_si256((__m256i *)slots, _mm256_srli_epi32(hash, 32 - rk_table_bits));
    _mm256_store_si256((__m256i *)entries, _mm256_blend_epi16(_mm256_slli_epi32(hash, rk_tag_shift), place, 0x55));
    place = _mm256_add_epi32(place, _mm256_set1_epi32(8));
#pragma GCC unroll 8
    for (size_t j = 0; j < 8; j++) {
      uint32_t *slot = &places->table[slots[j]];
      places->found[i + j] = *slot ^ entries[j];
      if (j & 1) *slot = entries[j];
    }
  }
  // Not in the same loop: a wide load of what was just stored in small pieces waits for the stores.
  for (size_t i = 0; i < count; i += 32) {
    const uint32_t *found = places->found + i;
    uint32_t bits = agreeing_8(found) | agreeing_8(found + 8) << 8 | agreeing_8(found + 16) << 16 | agreeing_8(found + 24) << 24;
    memcpy(places->agreeing + i / 8, &bits, sizeof bits);
  }
  memset(places->agreeing + count / 8, 0, 16);
}

#endif

rk_find_places *rk_place_finder(size_t number) {
  rk_find_places *finders[2] = {NULL};
  size_t count = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) finders[count++] = find_avx2;
#endif
  finders[count++] = find_portable;
  return number < count ? finders[number] : NULL;
}
