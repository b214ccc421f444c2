#include <string.h>

#include "CTextKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "ProcessorFeatures.h"
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

/// What the second character of a short escape means; 0 where there is no such escape.
static const uint8_t rk_escapes[256] = {
    ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['n'] = '\n', ['t'] = '\t', ['r'] = '\r', ['b'] = '\b', ['f'] = '\f',
};

/// One more than the value of a hexadecimal digit; 0 for any other byte.
static const uint8_t rk_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/// What is returned for bytes that are no escape of a code unit.
#define RK_NO_UNIT UINT32_MAX

/// The code unit of an escape `\uXXXX`, or `RK_NO_UNIT`.
static inline uint32_t rk_code_unit(const uint8_t *input, const uint8_t *end) {
  if (end - input < 6 || input[0] != '\\' || input[1] != 'u') return RK_NO_UNIT;
  uint32_t a = rk_digits[input[2]], b = rk_digits[input[3]], c = rk_digits[input[4]], d = rk_digits[input[5]];
  if (a == 0 || b == 0 || c == 0 || d == 0) return RK_NO_UNIT;
  return (a - 1) << 12 | (b - 1) << 8 | (c - 1) << 4 | (d - 1);
}

/// Writes a character as UTF-8 and returns where the next one belongs.
static inline uint8_t *rk_put(uint32_t scalar, uint8_t *output) {
  if (scalar < 0x80) {
    *output++ = (uint8_t)scalar;
    return output;
  }
  if (scalar < 0x800) {
    *output++ = (uint8_t)(0xC0 | scalar >> 6);
  } else {
    if (scalar < 0x10000) {
      *output++ = (uint8_t)(0xE0 | scalar >> 12);
    } else {
      *output++ = (uint8_t)(0xF0 | scalar >> 18);
      *output++ = (uint8_t)(0x80 | (scalar >> 12 & 0x3F));
    }
    *output++ = (uint8_t)(0x80 | (scalar >> 6 & 0x3F));
  }
  *output++ = (uint8_t)(0x80 | (scalar & 0x3F));
  return output;
}

/// Resolves the escapes `\uXXXX` that follow one another; returns how many bytes they take.
///
/// What means something only to the caller is left: half of a surrogate pair, and characters of the last plane.
static size_t rk_resolve_units(const uint8_t *input, const uint8_t *end, uint8_t **output) {
  const uint8_t *start = input;
  for (;;) {
    uint32_t unit = rk_code_unit(input, end);
    if (unit == RK_NO_UNIT || (unit >= 0xDC00 && unit < 0xE000)) break;
    if (unit < 0xD800 || unit >= 0xE000) {
      *output = rk_put(unit, *output);
      input += 6;
      continue;
    }
    uint32_t low = rk_code_unit(input + 6, end);
    if (low < 0xDC00 || low >= 0xE000) break;
    uint32_t scalar = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    if (scalar >= 0x100000) break;
    *output = rk_put(scalar, *output);
    input += 12;
  }
  return (size_t)(input - start);
}

static inline int rk_is_plain(uint8_t byte) { return byte >= 0x20 && byte != '"' && byte != '\\'; }

/// Returns the position of the first of 16 bytes that is not plain, 16 if all are; collects the high bits of those
/// before it, and copies all bytes if there is an `output`.
static inline size_t rk_plain_16(const uint8_t *input, uint8_t *output, unsigned *high) {
#if defined(__x86_64__)
  __m128i bytes = _mm_loadu_si128((const __m128i *)input);
  if (output != NULL) _mm_storeu_si128((__m128i *)output, bytes);
  __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
  unsigned stops = (unsigned)_mm_movemask_epi8(_mm_or_si128(marks, control)) | 1u << 16;
  unsigned plain = (unsigned)__builtin_ctz(stops);
  *high |= (unsigned)_mm_movemask_epi8(bytes) & ((1u << plain) - 1);
  return plain;
#elif defined(__ARM_NEON)
  uint8x16_t bytes = vld1q_u8(input);
  if (output != NULL) vst1q_u8(output, bytes);
  uint8x16_t marks = vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('"')), vceqq_u8(bytes, vdupq_n_u8('\\')));
  marks = vorrq_u8(marks, vcltq_u8(bytes, vdupq_n_u8(0x20)));
  // Four bits for each byte, in place of the movemask of x86.
  uint64_t stops = vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(marks), 4)), 0);
  size_t plain = stops ? (size_t)__builtin_ctzll(stops) >> 2 : 16;
  uint64_t wide = vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(vcgeq_u8(bytes, vdupq_n_u8(0x80))), 4)), 0);
  *high |= (wide & (plain < 16 ? (1ull << (4 * plain)) - 1 : ~0ull)) != 0;
  return plain;
#else
  size_t plain = 0;
  while (plain < 16 && rk_is_plain(input[plain])) {
    *high |= input[plain] & 0x80u;
    if (output != NULL) output[plain] = input[plain];
    plain++;
  }
  return plain;
#endif
}

struct rk_text rk_skip_json_text(const uint8_t *input, size_t count) {
  size_t taken = 0;
  unsigned high = 0;
  while (count - taken >= 16) {
    size_t plain = rk_plain_16(input + taken, NULL, &high);
    taken += plain;
    if (plain < 16) return (struct rk_text){taken, 0, high == 0};
  }
  while (taken < count && rk_is_plain(input[taken])) high |= input[taken++] & 0x80u;
  return (struct rk_text){taken, 0, high == 0};
}

/// Copies what is before the next escape, of which blocks have left only bytes near the end, and resolves the escape; false
/// where copying stops.
static inline int rk_copy_to_escape(const uint8_t **input, const uint8_t *end, uint8_t **output, unsigned *high) {
  while (*input < end && rk_is_plain(**input)) {
    *high |= **input & 0x80u;
    *(*output)++ = *(*input)++;
  }
  if (end - *input < 2 || **input != '\\') return 0;
  if ((*input)[1] == 'u') {
    size_t taken = rk_resolve_units(*input, end, output);
    *input += taken;
    return taken > 0;
  }
  uint8_t escape = rk_escapes[(*input)[1]];
  if (escape == 0) return 0;
  *(*output)++ = escape;
  *input += 2;
  return 1;
}

struct rk_text rk_copy_json_text_baseline(const uint8_t *input, size_t count, uint8_t *output) {
  const uint8_t *start = input, *end = input + count;
  uint8_t *begin = output;
  unsigned high = 0;
  do {
    while (end - input >= 16) {
      size_t plain = rk_plain_16(input, output, &high);
      input += plain;
      output += plain;
      if (plain < 16) break;
    }
  } while (rk_copy_to_escape(&input, end, &output, &high));
  return (struct rk_text){(size_t)(input - start), (size_t)(output - begin), high == 0};
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) struct rk_text rk_copy_json_text_avx2(
    const uint8_t *input, size_t count, uint8_t *output) {
  const uint8_t *start = input, *end = input + count;
  uint8_t *begin = output;
  const __m256i control = _mm256_set1_epi8(0x1F), quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\');
  unsigned high = 0;
  do {
    while (end - input >= 32) {
      __m256i bytes = _mm256_loadu_si256((const __m256i *)input);
      _mm256_storeu_si256((__m256i *)output, bytes);
      __m256i stop = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, control), bytes);
      stop = _mm256_or_si256(stop, _mm256_cmpeq_epi8(bytes, quote));
      stop = _mm256_or_si256(stop, _mm256_cmpeq_epi8(bytes, backslash));
      unsigned stops = (unsigned)_mm256_movemask_epi8(stop), wide = (unsigned)_mm256_movemask_epi8(bytes);
      if (stops != 0) {
        unsigned plain = (unsigned)__builtin_ctz(stops);
        high |= wide & ((1u << plain) - 1);
        input += plain;
        output += plain;
        break;
      }
      high |= wide;
      input += 32;
      output += 32;
    }
  } while (rk_copy_to_escape(&input, end, &output, &high));
  return (struct rk_text){(size_t)(input - start), (size_t)(output - begin), high == 0};
}

#define RK_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt")))

/// Finds the characters that are escaped by a backslash that is not escaped itself, and the backslashes that escape.
///
/// Addition carries through each run of backslashes, which separates runs of even and odd length. The method is that of
/// simdjson, https://github.com/simdjson/simdjson/blob/master/src/generic/stage1/json_escape_scanner.h.
static inline uint64_t rk_escape_ends(uint64_t backslashes) {
  const uint64_t odd = 0xAAAAAAAAAAAAAAAAull;
  return (((backslashes << 1) | odd) - backslashes) ^ odd;
}

/// Resolves all short escapes of 64 bytes at once and closes the gaps, so that no branch depends on where they are.
RK_AVX512 static struct rk_text rk_copy_avx512(const uint8_t *input, size_t count, uint8_t *output) {
  const uint8_t *start = input, *end = input + count;
  uint8_t *begin = output;
  const __m512i low_escapes = _mm512_loadu_si512(rk_escapes), high_escapes = _mm512_loadu_si512(rk_escapes + 64);
  uint64_t high = 0;
  for (;;) {
    // After the end there are zeros, at which copying stops as at control characters.
    size_t rest = (size_t)(end - input);
    __m512i bytes = _mm512_maskz_loadu_epi8(rest < 64 ? (1ull << rest) - 1 : ~0ull, input);
    uint64_t backslashes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
    uint64_t ends = rk_escape_ends(backslashes);
    uint64_t escaped = ends ^ backslashes, escaping = ends & backslashes;
    uint64_t wide = _mm512_movepi8_mask(bytes);
    __m512i meant = _mm512_permutex2var_epi8(low_escapes, bytes, high_escapes);
    uint64_t unknown = escaped & (_mm512_testn_epi8_mask(meant, meant) | wide);
    uint64_t quotes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) & ~escaped;
    uint64_t controls = _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20));
    // The character that a block's last backslash escapes is in the next block.
    uint64_t stops = quotes | controls | unknown >> 1 | (escaping & 1ull << 63);
    size_t taken = _tzcnt_u64(stops);
    uint64_t kept = ~escaping & _bzhi_u64(~0ull, (unsigned)taken);
    bytes = _mm512_maskz_compress_epi8(kept, _mm512_mask_mov_epi8(bytes, escaped, meant));
    _mm512_storeu_si512(output, bytes);
    high |= wide & kept;
    input += taken;
    output += _mm_popcnt_u64(kept);
    if (taken == 64 || (taken == 63 && escaping >> 63 != 0)) continue;
    size_t units = rk_resolve_units(input, end, &output);
    if (units == 0) return (struct rk_text){(size_t)(input - start), (size_t)(output - begin), high == 0};
    input += units;
  }
}

#endif

#if defined(__x86_64__)

/// Whether processor and system run `rk_copy_avx512`.
static int rk_has_avx512(void) {
  static _Atomic(int) answer;
  const struct rk_features wanted = {
      .states = 0xE6,
      .basic = bit_POPCNT,
      .extended = bit_AVX512F | bit_AVX512BW | bit_AVX512VL | bit_BMI | bit_BMI2,
      .further = bit_AVX512VBMI | bit_AVX512VBMI2,
  };
  return rk_runs(&wanted, &answer);
}

#endif

struct rk_text rk_copy_json_text(const uint8_t *input, size_t count, uint8_t *output) {
#if defined(__x86_64__)
  if (rk_has_avx512()) return rk_copy_avx512(input, count, output);
  if (rk_has_avx2()) return rk_copy_json_text_avx2(input, count, output);
#endif
  return rk_copy_json_text_baseline(input, count, output);
}
