#pragma once

#include "KernelSupport.h"

// Finds starts of pre-tokens by arithmetic on the masks of eight blocks at a time. The compiler's vector types map to
// whatever registers the instruction set has.

// Everything that takes or returns vectors is inlined, so the calling convention for them does not matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint64_t bk_lanes __attribute__((vector_size(8 * BK_LANES)));

BK_INLINE bk_lanes bk_load_lanes(const uint64_t *masks) {
  bk_lanes lanes;
  memcpy(&lanes, masks, sizeof lanes);
  return lanes;
}

BK_INLINE void bk_store_lanes(uint64_t *masks, bk_lanes lanes) { memcpy(masks, &lanes, sizeof lanes); }

/// For each byte, the bit of the byte `distance` bytes before it.
BK_INLINE bk_lanes bk_before(const uint64_t *masks, int distance) {
  return bk_load_lanes(masks) << distance | bk_load_lanes(masks - 1) >> (64 - distance);
}

/// For each byte, the bit of the byte `distance` bytes after it.
BK_INLINE bk_lanes bk_behind(const uint64_t *masks, int distance) {
  return bk_load_lanes(masks) >> distance | bk_load_lanes(masks + 1) << (64 - distance);
}

/// All ones in lanes that are not zero.
BK_INLINE bk_lanes bk_filled(bk_lanes lanes) { return (bk_lanes)(lanes != 0); }

BK_INLINE int bk_is_any(bk_lanes lanes) {
  uint64_t any = 0;
  for (int i = 0; i < BK_LANES; i++) any |= lanes[i];
  return any != 0;
}

/// Clears the classes after the last block up to the end of a step, those of at least one block.
BK_INLINE void bk_clear_behind(const struct bk_pretoken_blocks *blocks, size_t count) {
  size_t end = (count + BK_LANES) / BK_LANES * BK_LANES;
  for (size_t i = count; i < end; i++) {
    blocks->letter[i] = 0;
    blocks->number[i] = 0;
    blocks->space[i] = 0;
    blocks->plain_space[i] = 0;
    blocks->newline[i] = 0;
    blocks->apostrophe[i] = 0;
    blocks->other[i] = 0;
    blocks->non_ascii[i] = 0;
    blocks->continuation[i] = 0;
  }
}

/// Clears what `classify_further` finds behind the last block, as `bk_clear_behind` does.
BK_INLINE void bk_clear_further_behind(const struct bk_pretoken_blocks *blocks, size_t count) {
  size_t end = (count + BK_LANES) / BK_LANES * BK_LANES;
  for (size_t i = count; i < end; i++) {
    blocks->upper[i] = 0;
    blocks->caseless[i] = 0;
    blocks->apart[i] = 0;
    blocks->slash[i] = 0;
    blocks->control[i] = 0;
  }
}

/// Finds symbols and the newlines after them; 1 if such newlines continue from one block into the next.
BK_INLINE int bk_find_symbols(const struct bk_pretoken_blocks *blocks, size_t count, int takes_slashes) {
  bk_lanes chained = {0};
  bk_lanes previous = bk_load_lanes(blocks->absorbed - 1);
  previous = __builtin_shufflevector(previous, previous, 0, 0, 0, 0, 0, 0, 0, 0);
  for (size_t i = 0; i < count; i += BK_LANES) {
    bk_lanes newline = bk_load_lanes(blocks->newline + i);
    bk_lanes other_before = bk_before(blocks->other + i, 1);
    bk_lanes symbol = bk_load_lanes(blocks->other + i) & ~(other_before | bk_before(blocks->plain_space + i, 1));
    bk_lanes taken = newline;
    bk_lanes first = newline & other_before;
    if (takes_slashes) taken |= bk_load_lanes(blocks->slash + i);
    // A sum carries from the first newline of a run to the end of the run.
    bk_lanes absorbed = (first + taken) ^ taken;
    // It stops at the next newline behind a slash, which is a first one too.
    if (takes_slashes) absorbed |= first;
    absorbed &= taken;
    bk_store_lanes(blocks->symbol + i, symbol);
    bk_store_lanes(blocks->absorbed + i, absorbed);
    chained |= __builtin_shufflevector(previous, absorbed, 7, 8, 9, 10, 11, 12, 13, 14) >> 63 & taken;
    previous = absorbed;
  }
  return bk_is_any(chained);
}

/// Finds the newlines after symbols, block by block.
BK_INLINE void bk_chain_absorbed(const struct bk_pretoken_blocks *blocks, size_t count, int takes_slashes) {
  const uint64_t *other = blocks->other;
  uint64_t *absorbed = blocks->absorbed;
  for (size_t i = 0; i < count; i++) {
    uint64_t newline = blocks->newline[i];
    uint64_t taken = takes_slashes ? newline | blocks->slash[i] : newline;
    uint64_t first = (newline & (other[i] << 1 | other[(ptrdiff_t)i - 1] >> 63)) |
                     (taken & absorbed[(ptrdiff_t)i - 1] >> 63);
    absorbed[i] = taken & (((first + taken) ^ taken) | first);
  }
}

/// Corrects symbols beside slashes that go with newlines: such a slash is none, and another begins behind it.
BK_INLINE void bk_leave_out_slashes(const struct bk_pretoken_blocks *blocks, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t absorbed = blocks->absorbed[i];
    uint64_t before = absorbed << 1 | blocks->absorbed[(ptrdiff_t)i - 1] >> 63;
    blocks->symbol[i] = (blocks->symbol[i] | (blocks->other[i] & before)) & ~absorbed;
  }
}

/// Adds the other bytes of symbols beyond ASCII.
BK_INLINE void bk_extend_symbols(const struct bk_pretoken_blocks *blocks, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t continuation = blocks->continuation[i];
    if (continuation == 0) continue;
    uint64_t bytes = blocks->symbol[i] | (continuation & blocks->symbol[(ptrdiff_t)i - 1] >> 63);
    bytes |= bytes << 1 & continuation;
    bytes |= bytes << 1 & continuation;
    blocks->symbol[i] = bytes | (bytes << 1 & continuation);
  }
}

/// Starts by the rules of `cl100k_base` and those that came after them. `options` are constant where this is called.
BK_INLINE uint32_t bk_find_starts(const struct bk_pretoken_blocks *blocks, size_t count, uint32_t options) {
  bk_lanes any_contraction = {0};
  bk_lanes any_indent = {0};
  bk_lanes any_long_number = {0};
  for (size_t i = 0; i < count; i += BK_LANES) {
    bk_lanes letter = bk_load_lanes(blocks->letter + i);
    bk_lanes number = bk_load_lanes(blocks->number + i);
    bk_lanes space = bk_load_lanes(blocks->space + i);
    bk_lanes newline = bk_load_lanes(blocks->newline + i);
    bk_lanes symbol = bk_load_lanes(blocks->symbol + i);
    bk_lanes letter_before = bk_before(blocks->letter + i, 1);
    bk_lanes number_before = bk_before(blocks->number + i, 1);
    bk_lanes space_before = bk_before(blocks->space + i, 1);
    bk_lanes newline_before = bk_before(blocks->newline + i, 1);
    bk_lanes absorbed_before = bk_before(blocks->absorbed + i, 1);
    bk_lanes white_next = bk_behind(blocks->space + i, 1) | bk_behind(blocks->newline + i, 1);

    bk_lanes starts = symbol;
    bk_lanes joined = bk_before(blocks->symbol + i, 1);
    if (options & BK_PRETOKENS_ASCII_JOINS) {
      joined &= ~(bk_load_lanes(blocks->non_ascii + i) | bk_before(blocks->non_ascii + i, 1));
    }
    starts |= letter & ~(letter_before | space_before | joined);
    if (options & BK_PRETOKENS_CASED) {
      starts |= bk_load_lanes(blocks->upper + i) & letter_before &
                ~(bk_before(blocks->upper + i, 1) | bk_before(blocks->caseless + i, 1));
    }
    starts |= newline & (letter_before | number_before);
    // The last space before other text goes with that text.
    bk_lanes last_space = space & ~white_next;
    if (options & BK_PRETOKENS_NUMBERS_APART) {
      last_space &= ~(bk_behind(blocks->number + i, 1) | bk_behind(blocks->apart + i, 1));
    }
    if (options & (BK_PRETOKENS_CASED | BK_PRETOKENS_NUMBERS_APART)) {
      bk_lanes apart_before = bk_before(blocks->apart + i, 1);
      starts |= bk_load_lanes(blocks->apart + i) & ~apart_before;
      starts |= newline & apart_before;
    }
    starts |= last_space | (space & (absorbed_before | ~(space_before | newline_before)));
    // Spaces after newlines begin a pre-token unless another newline follows them.
    bk_lanes indent = space & newline_before & ~absorbed_before;
    starts |= indent;
    bk_lanes ends = indent + space;
    bk_lanes carried = ((indent & space) | ((indent | space) & ~ends)) >> 63;
    indent &= ~last_space & bk_filled((ends & ~space & newline) | carried);
    any_indent |= indent;

    if (options & BK_PRETOKENS_SINGLE_NUMBERS) {
      starts |= number;
    } else {
      starts |= number & ~number_before;
      any_long_number |=
          number & number_before & bk_before(blocks->number + i, 2) & bk_before(blocks->number + i, 3);
    }
    bk_lanes contraction = bk_load_lanes(blocks->apostrophe + i) & symbol;
    if (options & BK_PRETOKENS_CASED) {
      contraction &= letter_before & (letter >> 1 | 0x8000000000000000u);
    } else {
      contraction &= (letter >> 1 & letter >> 2) | 0xE000000000000000u;
    }
    any_contraction |= contraction;
    if (options & BK_PRETOKENS_WIDE) {
      starts = (starts & ~bk_load_lanes(blocks->continuation + i)) | bk_load_lanes(blocks->cut + i);
    }
    bk_store_lanes(blocks->starts + i, starts);
    bk_store_lanes(blocks->indents + i, indent);
    bk_store_lanes(blocks->contractions + i, contraction);
  }
  return (bk_is_any(any_contraction) ? BK_RARE_CONTRACTION : 0) | (bk_is_any(any_indent) ? BK_RARE_INDENT : 0) |
         (bk_is_any(any_long_number) ? BK_RARE_LONG_NUMBER : 0);
}

/// Starts by GPT-2's rules. `options` are constant where this is called.
BK_INLINE uint32_t bk_find_joined_starts(const struct bk_pretoken_blocks *blocks, size_t count, uint32_t options) {
  bk_lanes any_contraction = {0};
  for (size_t i = 0; i < count; i += BK_LANES) {
    bk_lanes letter = bk_load_lanes(blocks->letter + i);
    bk_lanes number = bk_load_lanes(blocks->number + i);
    bk_lanes other = bk_load_lanes(blocks->other + i);
    bk_lanes white = bk_load_lanes(blocks->space + i) | bk_load_lanes(blocks->newline + i);
    bk_lanes white_before = bk_before(blocks->space + i, 1) | bk_before(blocks->newline + i, 1);
    bk_lanes white_next = bk_behind(blocks->space + i, 1) | bk_behind(blocks->newline + i, 1);

    bk_lanes starts = (letter & ~bk_before(blocks->letter + i, 1)) | (other & ~bk_before(blocks->other + i, 1));
    if ((options & BK_PRETOKENS_NUMBERS_APART) == 0) starts |= number & ~bk_before(blocks->number + i, 1);
    starts &= ~bk_before(blocks->plain_space + i, 1);
    // The last white space before other text is no part of what is before it.
    bk_lanes last = white & ~white_next;
    if (options & BK_PRETOKENS_NUMBERS_APART) {
      last &= ~bk_behind(blocks->number + i, 1);
      starts |= number;
    }
    starts |= last | (white & ~white_before);
    bk_lanes contraction = bk_load_lanes(blocks->apostrophe + i) & starts & (letter >> 1 | 0x8000000000000000u);
    any_contraction |= contraction;
    if (options & BK_PRETOKENS_WIDE) {
      starts = (starts & ~bk_load_lanes(blocks->continuation + i)) | bk_load_lanes(blocks->cut + i);
    }
    bk_store_lanes(blocks->starts + i, starts);
    bk_store_lanes(blocks->contractions + i, contraction);
  }
  return bk_is_any(any_contraction) ? BK_RARE_CONTRACTION : 0;
}

static uint32_t bk_find_starts_with(const struct bk_pretoken_blocks *blocks, size_t count, uint32_t options) {
  enum {
    wide = BK_PRETOKENS_WIDE,
    single = BK_PRETOKENS_SINGLE_NUMBERS,
    cased = BK_PRETOKENS_CASED,
    parted = BK_PRETOKENS_ASCII_JOINS | BK_PRETOKENS_NUMBERS_APART,
    joined = BK_PRETOKENS_SPACES_JOIN,
    joined_apart = BK_PRETOKENS_SPACES_JOIN | BK_PRETOKENS_NUMBERS_APART,
  };
  uint32_t rules = options & ~(uint32_t)(BK_PRETOKENS_PROBE_NUMBERS | BK_PRETOKENS_SLASHES);
  // Numbers that are apart are single ones.
  if (rules & BK_PRETOKENS_SPACES_JOIN) rules &= ~(uint32_t)single;
  switch (rules) {
    case 0: return bk_find_starts(blocks, count, 0);
    case wide: return bk_find_starts(blocks, count, wide);
    case single: return bk_find_starts(blocks, count, single);
    case wide | single: return bk_find_starts(blocks, count, wide | single);
    case cased: return bk_find_starts(blocks, count, cased);
    case cased | wide: return bk_find_starts(blocks, count, cased | wide);
    case cased | single: return bk_find_starts(blocks, count, cased | single);
    case cased | wide | single: return bk_find_starts(blocks, count, cased | wide | single);
    case parted: return bk_find_starts(blocks, count, parted);
    case parted | wide: return bk_find_starts(blocks, count, parted | wide);
    case joined: return bk_find_joined_starts(blocks, count, joined);
    case joined | wide: return bk_find_joined_starts(blocks, count, joined | wide);
    case joined_apart: return bk_find_joined_starts(blocks, count, joined_apart);
    default: return bk_find_joined_starts(blocks, count, joined_apart | wide);
  }
}

static uint32_t bk_find_pretokens(const struct bk_pretoken_blocks *blocks, size_t count, uint32_t options) {
  if ((options & BK_PRETOKENS_SPACES_JOIN) == 0) {
    if (options & BK_PRETOKENS_SLASHES) {
      if (bk_find_symbols(blocks, count, 1)) bk_chain_absorbed(blocks, count, 1);
      bk_leave_out_slashes(blocks, count);
    } else if (bk_find_symbols(blocks, count, 0)) {
      bk_chain_absorbed(blocks, count, 0);
    }
    if (options & BK_PRETOKENS_WIDE) bk_extend_symbols(blocks, count);
  }
  return bk_find_starts_with(blocks, count, options);
}

BK_INLINE void bk_select_probed_starts(const struct bk_pretoken_blocks *blocks, size_t count, int has_single_numbers,
                                       int probes_numbers, int joins_space_and_letter) {
  for (size_t i = 0; i < count; i += BK_LANES) {
    bk_lanes starts = bk_load_lanes(blocks->starts + i);
    bk_lanes start_next = bk_behind(blocks->starts + i, 1);
    bk_lanes non_ascii = bk_load_lanes(blocks->non_ascii + i);
    bk_lanes single = start_next;
    if (joins_space_and_letter) {
      bk_lanes letter_next = bk_behind(blocks->letter + i, 1) & ~bk_behind(blocks->non_ascii + i, 1);
      single |= bk_load_lanes(blocks->plain_space + i) & letter_next & bk_behind(blocks->starts + i, 2);
    }
    bk_lanes number = {0};
    if (!probes_numbers) number = bk_load_lanes(blocks->number + i) & ~non_ascii;
    if (!has_single_numbers) {
      // Numbers may continue beyond ASCII.
      number &= ~(bk_behind(blocks->non_ascii + i, 1) | bk_behind(blocks->non_ascii + i, 2) |
                  bk_behind(blocks->non_ascii + i, 3));
    }
    bk_store_lanes(blocks->probed + i, starts & ~(single | number));
  }
}

static void bk_select_probed(const struct bk_pretoken_blocks *blocks, size_t count, uint32_t options,
                             uint32_t joins_space_and_letter) {
  if ((options & BK_PRETOKENS_SINGLE_NUMBERS) != 0) {
    bk_select_probed_starts(blocks, count, 1, 0, joins_space_and_letter != 0);
  } else if ((options & BK_PRETOKENS_PROBE_NUMBERS) != 0) {
    bk_select_probed_starts(blocks, count, 0, 1, joins_space_and_letter != 0);
  } else {
    bk_select_probed_starts(blocks, count, 0, 0, joins_space_and_letter != 0);
  }
}

#pragma clang diagnostic pop
