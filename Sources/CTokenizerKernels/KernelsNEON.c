#if defined(__aarch64__)

#include <arm_neon.h>

#include "KernelSet.h"
#include "KernelPretokens.h"

typedef uint8x16x4_t bk_block;

BK_INLINE bk_block bk_load_block(const uint8_t *text) {
  bk_block block = {{vld1q_u8(text), vld1q_u8(text + 16), vld1q_u8(text + 32), vld1q_u8(text + 48)}};
  return block;
}

/// One bit for each byte of four vectors whose bytes are all ones or all zeros.
BK_INLINE uint64_t gathered(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
  const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t low = vpaddq_u8(vandq_u8(a, weights), vandq_u8(b, weights));
  uint8x16_t high = vpaddq_u8(vandq_u8(c, weights), vandq_u8(d, weights));
  uint8x16_t sums = vpaddq_u8(low, high);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
}

BK_INLINE uint64_t bk_high_bits(bk_block block) {
  const uint8x16_t limit = vdupq_n_u8(0x80);
  return gathered(vcgeq_u8(block.val[0], limit), vcgeq_u8(block.val[1], limit), vcgeq_u8(block.val[2], limit),
                  vcgeq_u8(block.val[3], limit));
}

BK_INLINE uint64_t bk_equal(bk_block block, uint8_t byte) {
  const uint8x16_t wanted = vdupq_n_u8(byte);
  return gathered(vceqq_u8(block.val[0], wanted), vceqq_u8(block.val[1], wanted), vceqq_u8(block.val[2], wanted),
                  vceqq_u8(block.val[3], wanted));
}

BK_INLINE uint8x16_t within(uint8x16_t bytes, uint8_t first, uint8_t count) {
  return vcltq_u8(vsubq_u8(bytes, vdupq_n_u8(first)), vdupq_n_u8(count));
}

BK_INLINE uint64_t bk_within(bk_block block, uint8_t first, uint8_t count) {
  return gathered(within(block.val[0], first, count), within(block.val[1], first, count),
                  within(block.val[2], first, count), within(block.val[3], first, count));
}

/// Looks bytes below 128 up in a table of 128 bytes; other bytes yield 0.
BK_INLINE uint8x16_t look_up(const uint8_t *table, uint8x16_t bytes) {
  uint8x16x4_t low = {{vld1q_u8(table), vld1q_u8(table + 16), vld1q_u8(table + 32), vld1q_u8(table + 48)}};
  uint8x16x4_t high = {{vld1q_u8(table + 64), vld1q_u8(table + 80), vld1q_u8(table + 96), vld1q_u8(table + 112)}};
  return vqtbx4q_u8(vqtbl4q_u8(low, bytes), high, vsubq_u8(bytes, vdupq_n_u8(64)));
}

BK_INLINE uint64_t bk_free_pair_mask(const uint8_t *text, bk_block block, uint8_t previous,
                                     const struct bk_free_pairs *pairs) {
  (void)text;
  uint8x16_t before = vdupq_n_u8(previous);
  uint8x16_t common[4];
  for (int i = 0; i < 4; i++) {
    uint8x16_t shifted = vextq_u8(before, block.val[i], 15);
    common[i] = vtstq_u8(look_up(pairs->first, shifted), look_up(pairs->second, block.val[i]));
    before = block.val[i];
  }
  return gathered(common[0], common[1], common[2], common[3]);
}

#include "KernelBlocks.h"

BK_DEFINE_KERNELS(bk_neon_kernels, "neon");

#endif
