#pragma once

#include <stddef.h>
#include <stdint.h>

// The inner loops of reading JSON and of making datasets. No function has state; all may be called from any thread.

/// Bytes after the text that `rk_copy_json_text` may overwrite.
#define RK_TEXT_PADDING 64

/// How far `rk_copy_json_text` or `rk_skip_json_text` came.
struct rk_text {
  /// Bytes of the input that were taken.
  size_t taken;
  /// Bytes of text that were written for them.
  size_t written;
  /// Whether all bytes that were taken are ASCII; characters that were escaped do not count.
  int is_ascii;
};

/// Copies the text of a JSON string and resolves its escapes.
///
/// Stops before the closing quote, a control character, an escape that JSON does not know, half of a surrogate pair, an
/// escaped character of the last plane (from U+100000 on), or at the end.
///
/// - `output`: room for `count` + `RK_TEXT_PADDING` bytes.
struct rk_text rk_copy_json_text(const uint8_t *input, size_t count, uint8_t *output);

/// The same as `rk_copy_json_text`, for any processor.
struct rk_text rk_copy_json_text_baseline(const uint8_t *input, size_t count, uint8_t *output);

#if defined(__x86_64__)
/// The same as `rk_copy_json_text`, for processors with AVX2.
struct rk_text rk_copy_json_text_avx2(const uint8_t *input, size_t count, uint8_t *output);
#endif

/// Passes over the text of a JSON string up to a quote, a backslash, a control character or the end, and writes nothing.
struct rk_text rk_skip_json_text(const uint8_t *input, size_t count);

/// How many bytes at the beginning of a text are well-formed UTF-8: `count`, or where the first sequence that is not begins.
size_t rk_well_formed(const uint8_t *text, size_t count);

/// How many bytes continue a character in UTF-8: those with the highest bits 10.
size_t rk_count_tails(const uint8_t *text, size_t count);

/// The state of a hash over bytes that arrive in pieces.
struct rk_hash {
  uint64_t lanes[4];
  uint64_t total;
  uint8_t pending[32];
};

/// Begins a hash of 64 bits that distinguishes contents but does not resist forgery.
void rk_hash_begin(struct rk_hash *hash);

/// Adds bytes; the hash does not depend on how they are divided into pieces.
void rk_hash_add(struct rk_hash *hash, const uint8_t *bytes, size_t count);

/// The hash of all bytes added.
uint64_t rk_hash_end(const struct rk_hash *hash);

/// Makes `free` keep even large pieces of memory for the next `malloc`, and asks for the heap in large pages, if the C
/// library and the system can do that.
void rk_keep_freed_memory(void);
