#include <string.h>

#include "Checks.h"
#include "Memory.h"

// MARK: Spans

/// Whether a span is open behind the blocks.
static int is_open_behind(const uint64_t *starts, const uint64_t *probed, size_t blocks, int is_open) {
  for (size_t block = 0; block < blocks; block++) {
    if (starts[block] != 0) is_open = probed[block] >> (63 - __builtin_clzll(starts[block])) & 1;
  }
  return is_open;
}

void check_collect(const struct bk_kernels *set, const uint64_t *starts, const uint64_t *probed, size_t blocks,
                   uint32_t position, struct bk_spans *spans) {
  size_t start_count = spans->start_count;
  for (size_t block = 0; block < blocks; block++) start_count += (size_t)__builtin_popcountll(probed[block]);
  size_t end_count = start_count - (size_t)is_open_behind(starts, probed, blocks, (int)spans->is_open);
  struct bk_spans tight = *spans;
  tight.starts = room(SPAN_STARTS, (start_count + 64) * sizeof *tight.starts, sizeof *tight.starts);
  tight.ends = room(SPAN_ENDS, (end_count + 64) * sizeof *tight.ends, sizeof *tight.ends);
  memcpy(tight.starts, spans->starts, spans->start_count * sizeof *tight.starts);
  starts = placed(STARTS, starts, blocks * sizeof *starts, sizeof *starts);
  probed = placed(PROBED, probed, blocks * sizeof *probed, sizeof *probed);
  enter(COLLECT);
  set->collect(starts, probed, blocks, position, &tight);
  expect_value("start_count", start_count, tight.start_count);
  expect_value("end_count", end_count, tight.end_count);
  note_value("skipped_count", tight.skipped_count);
  note_value("is_open", tight.is_open);
  note("starts", tight.starts, start_count, sizeof *tight.starts);
  note("ends", tight.ends, end_count, sizeof *tight.ends);
  memcpy(spans->starts, tight.starts, start_count * sizeof *tight.starts);
  memcpy(spans->ends, tight.ends, end_count * sizeof *tight.ends);
  tight.starts = spans->starts;
  tight.ends = spans->ends;
  *spans = tight;
}

/// Bits that are rare, even or frequent; some blocks have none or all.
static uint64_t random_mask(size_t density) {
  switch (random_below(8)) {
    case 0: return 0;
    case 1: return density > 1 ? ~0ull : 0;
    default: return density == 0 ? random_bits() & random_bits() & random_bits()
                                 : density == 1 ? random_bits() : random_bits() | random_bits();
  }
}

void check_random_spans(const struct bk_kernels *set) {
  static uint32_t span_starts[MAXIMUM_BLOCKS * 64 + 128], span_ends[MAXIMUM_BLOCKS * 64 + 128];
  uint64_t starts[MAXIMUM_BLOCKS], probed[MAXIMUM_BLOCKS];
  size_t blocks = random_below(MAXIMUM_BLOCKS), start_density = random_below(3), probed_density = random_below(3);
  for (size_t block = 0; block < blocks; block++) {
    starts[block] = random_mask(start_density);
    probed[block] = starts[block] & random_mask(probed_density);
  }
  struct bk_spans spans = {.starts = span_starts, .ends = span_ends, .skipped_count = random_below(9)};
  spans.is_open = random_below(2);
  spans.start_count = (size_t)spans.is_open;
  span_starts[0] = 7;
  check_collect(set, starts, probed, blocks, (uint32_t)random_below(1 << 30), &spans);
}

// MARK: Keys

enum { MAXIMUM_SPANS = MAXIMUM_BLOCKS * 64 + 64 };

/// The keys of a chunk, and where they are looked up.
struct keys {
  struct bk_key keys[MAXIMUM_SPANS];
  uint32_t offsets[MAXIMUM_SPANS];
  size_t count;
  struct bk_bucket *table;
};

/// Makes keys in arrays that have just the room they must have, of text that ends 16 bytes behind the last start.
static void make_keys(const struct bk_kernels *set, const struct text *text, const uint32_t *starts,
                      const uint32_t *ends, uint32_t mask, struct keys *made) {
  size_t count = made->count;
  uint32_t first = count > 0 ? starts[0] : 0, last = count > 0 ? starts[count - 1] : 0;
  const uint8_t *bytes = placed(TEXT, text->bytes + first, last - first + 16, 1);
  uint32_t *own_starts = room(SPAN_STARTS, (count + 16) * sizeof *own_starts, sizeof *own_starts);
  uint32_t *own_ends = room(SPAN_ENDS, (count + 16) * sizeof *own_ends, sizeof *own_ends);
  memcpy(own_starts, starts, count * sizeof *starts);
  memcpy(own_ends, ends, count * sizeof *ends);
  struct bk_key *keys = room(KEYS, (count + 16) * sizeof *keys, sizeof *keys);
  uint32_t *offsets = room(OFFSETS, (count + 16) * sizeof *offsets, sizeof *offsets);
  uint32_t *long_spans = room(LONG_SPANS, (count + 16) * sizeof *long_spans, sizeof *long_spans);
  // Positions count from the start of the text, which is not there, as in `SegmentBuffers.copyTail`.
  const uint8_t *origin = (const uint8_t *)((uintptr_t)bytes - first);
  enter(MAKE_KEYS);
  size_t long_count =
      set->make_keys(origin, own_starts, own_ends, count, keys, offsets, long_spans, made->table, mask);
  note("keys, two words each", keys, 2 * count, sizeof(uint64_t));
  note("long_spans", long_spans, long_count, sizeof *long_spans);
  expect("starts", starts, own_starts, count, sizeof *starts);
  expect("ends", ends, own_ends, count, sizeof *ends);
  memcpy(made->keys, keys, count * sizeof *keys);
  memcpy(made->offsets, offsets, count * sizeof *offsets);
}

/// The offsets must be the hashes, whatever these are.
static void check_offsets(const struct bk_kernels *set, const struct keys *keys, uint32_t mask) {
  static uint32_t hashes[MAXIMUM_SPANS];
  enter(HASH);
  for (size_t i = 0; i < keys->count; i++) hashes[i] = set->hash(keys->keys[i]) & mask;
  expect("offsets", hashes, keys->offsets, keys->count, sizeof *hashes);
}

/// The way of a bucket that holds the key; 4 if none does.
static size_t way_of(const struct bk_bucket *bucket, struct bk_key key) {
  size_t way = 0;
  while (way < 4 && ((bucket->low[way] & ~15ull) != key.low || bucket->high[way] != key.high)) way++;
  return way;
}

static void remember(struct bk_bucket *bucket, struct bk_key key, uint64_t count) {
  if (way_of(bucket, key) < 4) return;
  for (size_t way = 0; way < 4; way++) {
    if (bucket->low[way] != 0) continue;
    bucket->low[way] = key.low | count;
    bucket->high[way] = key.high;
    return;
  }
}

static struct bk_bucket *bucket_of(const struct keys *keys, size_t index) {
  return (struct bk_bucket *)((uint8_t *)keys->table + keys->offsets[index]);
}

/// Remembers some of the keys in the buckets that the set's hash gives them, and strangers that differ in one bit.
static void fill_table(const struct keys *keys) {
  for (size_t i = 0; i < keys->count; i++) {
    uint64_t roll = random_below(4), count = random_below(16), bit = 4 + random_below(124);
    struct bk_key key = keys->keys[i];
    if (roll == 0) continue;
    if (roll == 1 && bit < 64) key.low ^= 1ull << bit;
    if (roll == 1 && bit >= 64) key.high ^= 1ull << (bit - 64);
    // The key of long spans is not remembered.
    if (key.low != 0) remember(bucket_of(keys, i), key, count);
  }
}

static void check_probe(const struct bk_kernels *set, const struct keys *keys) {
  static uint32_t expected[MAXIMUM_SPANS];
  size_t count = keys->count, expected_count = 0, missed = SIZE_MAX;
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    const struct bk_bucket *bucket = bucket_of(keys, i);
    size_t way = way_of(bucket, keys->keys[i]);
    if (way < 4) sum += bucket->low[way] & 15;
    if (way == 4) expected[expected_count++] = (uint32_t)i;
  }
  const struct bk_key *own = placed(KEYS, keys->keys, count * sizeof *own, sizeof *own);
  const uint32_t *offsets = placed(OFFSETS, keys->offsets, count * sizeof *offsets, sizeof *offsets);
  uint32_t *misses = room(MISSES, count * sizeof *misses, sizeof *misses);
  enter(PROBE);
  uint64_t found = set->probe(own, offsets, count, keys->table, misses, &missed);
  expect_value("sum", sum, found);
  expect_value("miss_count", expected_count, missed);
  expect("misses", expected, misses, missed, sizeof *misses);
}

void check_keys(const struct bk_kernels *set, const struct text *text, const uint32_t *starts, const uint32_t *ends,
                size_t count) {
  static struct keys keys;
  // Few buckets for many keys now and then, so that they fill up.
  size_t buckets = (size_t)1 << random_below(11);
  uint32_t mask = (uint32_t)(buckets - 1) * sizeof(struct bk_bucket);
  keys.count = count;
  keys.table = room(TABLE, buckets * sizeof *keys.table, sizeof *keys.table);
  memset(keys.table, 0, buckets * sizeof *keys.table);
  make_keys(set, text, starts, ends, mask, &keys);
  check_offsets(set, &keys, mask);
  fill_table(&keys);
  check_probe(set, &keys);
}
