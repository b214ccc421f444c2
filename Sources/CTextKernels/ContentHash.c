#include <string.h>

#include "CTextKernels.h"

// Four lanes of 8 bytes, each folded by xoring the two halves of a product, so that four multiplications overlap. The
// constants are odd and have about half of their bits set.

static const uint64_t rk_keys[4] = {0x9E3779B97F4A7C15ull, 0xD6E8FEB86659FD93ull, 0xA0761D6478BD642Full,
                                    0xE7037ED1A0B428DBull};

/// Reads 8 bytes at any address, the first one lowest.
static inline uint64_t rk_load64(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}

static inline uint64_t rk_fold(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t rk_lane(uint64_t lane, const uint8_t *bytes, uint64_t key) {
  // The word is added again after the product: a factor of 0 must not hide what follows.
  uint64_t word = rk_load64(bytes);
  return rk_fold(lane ^ word, key) + word;
}

static void rk_blocks(struct rk_hash *hash, const uint8_t *bytes, size_t blocks) {
  uint64_t a = hash->lanes[0], b = hash->lanes[1], c = hash->lanes[2], d = hash->lanes[3];
  for (; blocks > 0; blocks--, bytes += 32) {
    a = rk_lane(a, bytes, rk_keys[0]);
    b = rk_lane(b, bytes + 8, rk_keys[1]);
    c = rk_lane(c, bytes + 16, rk_keys[2]);
    d = rk_lane(d, bytes + 24, rk_keys[3]);
  }
  hash->lanes[0] = a;
  hash->lanes[1] = b;
  hash->lanes[2] = c;
  hash->lanes[3] = d;
}

void rk_hash_begin(struct rk_hash *hash) {
  memset(hash, 0, sizeof *hash);
  for (int lane = 0; lane < 4; lane++) hash->lanes[lane] = ~rk_keys[lane];
}

void rk_hash_add(struct rk_hash *hash, const uint8_t *bytes, size_t count) {
  if (count == 0) return;
  size_t held = hash->total & 31;
  hash->total += count;
  if (held > 0) {
    size_t taken = count < 32 - held ? count : 32 - held;
    memcpy(hash->pending + held, bytes, taken);
    bytes += taken;
    count -= taken;
    if (held + taken < 32) return;
    rk_blocks(hash, hash->pending, 1);
  }
  rk_blocks(hash, bytes, count / 32);
  memcpy(hash->pending, bytes + (count & ~(size_t)31), count & 31);
}

uint64_t rk_hash_end(const struct rk_hash *hash) {
  struct rk_hash end = *hash;
  size_t held = end.total & 31;
  if (held > 0) {
    memset(end.pending + held, 0, 32 - held);
    rk_blocks(&end, end.pending, 1);
  }
  uint64_t value = end.total ^ rk_keys[0];
  for (int lane = 0; lane < 4; lane++) value = rk_fold(value ^ end.lanes[lane], rk_keys[1]) + end.lanes[lane];
  return rk_fold(value ^ rk_keys[2], rk_keys[3]);
}
