#pragma once

// Whether a text is well-formed UTF-8, with AVX2. To be included where functions are compiled for that: each file that
// does so has a copy for its own instruction set.

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RK_UTF8_INLINE static inline __attribute__((always_inline))

// Validation by table lookup, after Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2021).
// Each bit is one error that two adjacent bytes can have. They have it if three tables agree that it is possible: of the
// first byte's high half, of its low half and of the second byte's high half.
enum rk_utf8_fault {
  /// A lead byte without a continuation byte.
  RK_UTF8_TOO_SHORT = 1 << 0,
  /// A continuation byte after ASCII.
  RK_UTF8_TOO_LONG = 1 << 1,
  /// Two, three or four bytes for a code point that fits into fewer. Four bytes share the bit with lead bytes from 0xF5
  /// on, whose second bytes are the same.
  RK_UTF8_OVERLONG_2 = 1 << 5,
  RK_UTF8_OVERLONG_3 = 1 << 2,
  RK_UTF8_OVERLONG_4 = 1 << 6,
  /// A code point beyond U+10FFFF.
  RK_UTF8_TOO_LARGE = 1 << 3,
  RK_UTF8_SURROGATE = 1 << 4,
  /// Two continuation bytes: right only if a third or fourth byte is due.
  RK_UTF8_GOING_ON = 1 << 7,
};

#define RK_UTF8_ANY (RK_UTF8_TOO_SHORT | RK_UTF8_TOO_LONG | RK_UTF8_GOING_ON)
#define RK_UTF8_LARGE (RK_UTF8_ANY | RK_UTF8_TOO_LARGE | RK_UTF8_OVERLONG_4)
#define RK_UTF8_SECOND (RK_UTF8_TOO_LONG | RK_UTF8_OVERLONG_2 | RK_UTF8_GOING_ON)

/// Possible errors by the first byte's high half, by its low half, and by the second byte's high half.
static const uint8_t rk_utf8_faults[3][16] = {
    {RK_UTF8_TOO_LONG, RK_UTF8_TOO_LONG, RK_UTF8_TOO_LONG, RK_UTF8_TOO_LONG, RK_UTF8_TOO_LONG, RK_UTF8_TOO_LONG,
     RK_UTF8_TOO_LONG, RK_UTF8_TOO_LONG, RK_UTF8_GOING_ON, RK_UTF8_GOING_ON, RK_UTF8_GOING_ON, RK_UTF8_GOING_ON,
     RK_UTF8_TOO_SHORT | RK_UTF8_OVERLONG_2, RK_UTF8_TOO_SHORT,
     RK_UTF8_TOO_SHORT | RK_UTF8_OVERLONG_3 | RK_UTF8_SURROGATE,
     RK_UTF8_TOO_SHORT | RK_UTF8_TOO_LARGE | RK_UTF8_OVERLONG_4},
    {RK_UTF8_ANY | RK_UTF8_OVERLONG_2 | RK_UTF8_OVERLONG_3 | RK_UTF8_OVERLONG_4, RK_UTF8_ANY | RK_UTF8_OVERLONG_2,
     RK_UTF8_ANY, RK_UTF8_ANY, RK_UTF8_ANY | RK_UTF8_TOO_LARGE, RK_UTF8_LARGE, RK_UTF8_LARGE, RK_UTF8_LARGE,
     RK_UTF8_LARGE, RK_UTF8_LARGE, RK_UTF8_LARGE, RK_UTF8_LARGE, RK_UTF8_LARGE, RK_UTF8_LARGE | RK_UTF8_SURROGATE,
     RK_UTF8_LARGE, RK_UTF8_LARGE},
    {RK_UTF8_TOO_SHORT, RK_UTF8_TOO_SHORT, RK_UTF8_TOO_SHORT, RK_UTF8_TOO_SHORT, RK_UTF8_TOO_SHORT, RK_UTF8_TOO_SHORT,
     RK_UTF8_TOO_SHORT, RK_UTF8_TOO_SHORT, RK_UTF8_SECOND | RK_UTF8_OVERLONG_3 | RK_UTF8_OVERLONG_4,
     RK_UTF8_SECOND | RK_UTF8_OVERLONG_3 | RK_UTF8_TOO_LARGE, RK_UTF8_SECOND | RK_UTF8_SURROGATE | RK_UTF8_TOO_LARGE,
     RK_UTF8_SECOND | RK_UTF8_SURROGATE | RK_UTF8_TOO_LARGE, RK_UTF8_TOO_SHORT, RK_UTF8_TOO_SHORT, RK_UTF8_TOO_SHORT,
     RK_UTF8_TOO_SHORT},
};

RK_UTF8_INLINE __m256i rk_utf8_table(int number) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)rk_utf8_faults[number]));
}

RK_UTF8_INLINE __m256i rk_high_halves(__m256i bytes) {
  return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
}

/// The errors in 32 bytes, as bytes that are not zero; `previous` is the 32 bytes before them.
RK_UTF8_INLINE __m256i rk_utf8_check(__m256i bytes, __m256i previous) {
  __m256i across = _mm256_permute2x128_si256(previous, bytes, 0x21);
  __m256i one_before = _mm256_alignr_epi8(bytes, across, 15);
  __m256i two_before = _mm256_alignr_epi8(bytes, across, 14);
  __m256i three_before = _mm256_alignr_epi8(bytes, across, 13);
  __m256i first = _mm256_shuffle_epi8(rk_utf8_table(0), rk_high_halves(one_before));
  __m256i low = _mm256_shuffle_epi8(rk_utf8_table(1), _mm256_and_si256(one_before, _mm256_set1_epi8(15)));
  __m256i second = _mm256_shuffle_epi8(rk_utf8_table(2), rk_high_halves(bytes));
  __m256i faults = _mm256_and_si256(_mm256_and_si256(first, low), second);
  // Where a third or fourth byte is due, two continuation bytes are right, and anything else is wrong.
  __m256i third = _mm256_subs_epu8(two_before, _mm256_set1_epi8((char)(0xE0 - 0x80)));
  __m256i fourth = _mm256_subs_epu8(three_before, _mm256_set1_epi8((char)(0xF0 - 0x80)));
  __m256i is_due = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
  return _mm256_xor_si256(faults, is_due);
}

/// Whether a whole text is well-formed.
static inline uint32_t rk_is_valid_utf8(const uint8_t *text, size_t count) {
  __m256i previous = _mm256_setzero_si256();
  __m256i faults = _mm256_setzero_si256();
  int was_ascii = 1;
  size_t position = 0;
  // The last step sees at least three zero bytes after the text, before which every character must be complete.
  while (position < count + 3) {
    __m256i bytes;
    if (position + 32 <= count) {
      bytes = _mm256_loadu_si256((const __m256i *)(text + position));
    } else {
      uint8_t rest[32] = {0};
      if (position < count) memcpy(rest, text + position, count - position);
      bytes = _mm256_loadu_si256((const __m256i *)rest);
    }
    int is_ascii = _mm256_movemask_epi8(bytes) == 0;
    if (!is_ascii || !was_ascii) faults = _mm256_or_si256(faults, rk_utf8_check(bytes, previous));
    was_ascii = is_ascii;
    previous = bytes;
    position += 32;
  }
  return (uint32_t)_mm256_testz_si256(faults, faults);
}
