#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
  /// Bytes that have to agree for a place to be found.
  rk_match = 6,
  rk_table_bits = 13,
  /// Places that are looked up at a time; a multiple of 64.
  rk_stretch = 8192,
};

/// Where the bytes at each place of a stretch stood before.
struct rk_places {
  /// Earlier places by the hash of the bytes there: the low 16 bits of the place below 16 further bits of the hash.
  uint32_t table[1 << rk_table_bits];
  /// For each place of the stretch what the table held, exclusive-or what it would hold for the place itself. Where the
  /// upper half is 0, the hashes agree and the lower half tells the earlier place.
  uint32_t found[rk_stretch];
  /// One bit for each place, set where the hashes agree. No bits are set behind the stretch, as far as 16 bytes.
  uint8_t agreeing[rk_stretch / 8 + 16];
};

/// Looks up `count` places from `from` on, a multiple of 64 and `rk_stretch` at most, and keeps every second one.
///
/// - `input`: 16 bytes more than the last place are read.
typedef void rk_find_places(const uint8_t *input, size_t from, size_t count, struct rk_places *places);

/// A way to look places up; all find the same. 0 is the fastest that this processor has; null behind the last.
rk_find_places *rk_place_finder(size_t number);
