#pragma once

#include <stdint.h>
#include <string.h>

/// Reads 8 bytes at any address, the first one lowest.
static inline uint64_t rk_load64(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}
