#pragma once

#include <stddef.h>
#include <stdint.h>

// The inner loops of reading JSON and of making datasets. Every function is free of state and may be called from any thread.

/// Bytes after the text that `rk_copy_json_text` may overwrite.
#define RK_TEXT_PADDING 64

/// How far `rk_copy_json_text` or `rk_skip_json_text` came.
struct rk_text {
  /// Bytes of the input that were taken.
  size_t taken;
  /// Bytes of text that were made of them.
  size_t written;
  /// Whether all bytes of the text are ASCII.
  int is_ascii;
};

/// Copies the text of a JSON string and resolves the escapes of two characters.
///
/// Stops before the closing quote, a control character, `\u`, an escape that JSON does not know, or at the end.
///
/// - `output`: room for `count` + `RK_TEXT_PADDING` bytes.
struct rk_text rk_copy_json_text(const uint8_t *input, size_t count, uint8_t *output);

/// As `rk_copy_json_text`, in a form that every processor can run.
struct rk_text rk_copy_json_text_baseline(const uint8_t *input, size_t count, uint8_t *output);

/// Passes over the text of a JSON string up to a quote, a backslash, a control character or the end, and writes nothing.
struct rk_text rk_skip_json_text(const uint8_t *input, size_t count);

/// How many bytes at the beginning of a text are well-formed UTF-8: `count`, or where the first sequence that is not begins.
size_t rk_well_formed(const uint8_t *text, size_t count);

/// The state of a hash over bytes that arrive in pieces.
struct rk_hash {
  uint64_t lanes[4];
  uint64_t total;
  uint8_t pending[32];
};

/// Begins a hash of 64 bits that tells contents apart, not one that withstands forgers.
void rk_hash_begin(struct rk_hash *hash);

/// Adds bytes; how they are cut into pieces does not matter.
void rk_hash_add(struct rk_hash *hash, const uint8_t *bytes, size_t count);

/// The hash of all bytes added.
uint64_t rk_hash_end(const struct rk_hash *hash);

/// Has `free` keep memory of the process for the next `malloc`, also in large pieces, and asks for the heap in large pages;
/// where C library and system offer that.
void rk_keep_freed_memory(void);
