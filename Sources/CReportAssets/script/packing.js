// Packing of conversations of which only the lengths matter, by best fit decreasing as TRL does it: the same as
// LengthDistribution.packed in the program.

/** Sequences longer than this take more memory than a page should: what they come to is not told. */
const LONGEST_SEQUENCE = 1 << 24;

/** The spaces that sequences are left with, by which the one is found that a conversation fits into best. */
class Spaces {
  constructor(highest) {
    this.counts = new Float64Array(highest + 1);
    // A bit for each space of which there is a sequence, and a bit for each word of those that is not 0.
    this.words = new Uint32Array((highest >>> 5) + 1);
    this.summary = new Uint32Array((this.words.length >>> 5) + 1);
  }

  add(count, space) {
    this.counts[space] += count;
    const word = space >>> 5;
    const bit = 1 << (space & 31);
    if (this.counts[space] > 0) this.words[word] |= bit;
    else this.words[word] &= ~bit;
    if (this.words[word] !== 0) this.summary[word >>> 5] |= 1 << (word & 31);
    else this.summary[word >>> 5] &= ~(1 << (word & 31));
  }

  /** The smallest space of at least that; -1 if none is left. */
  smallest(length) {
    const word = length >>> 5;
    const here = this.words[word] & (0xffffffff << (length & 31));
    if (here !== 0) return word * 32 + lowestBit(here);
    let at = word >>> 5;
    let later = (word & 31) === 31 ? 0 : this.summary[at] & (0xffffffff << ((word & 31) + 1));
    while (later === 0) {
      at += 1;
      if (at >= this.summary.length) return -1;
      later = this.summary[at];
    }
    const next = at * 32 + lowestBit(later);
    return next * 32 + lowestBit(this.words[next]);
  }
}

function lowestBit(bits) {
  return 31 - Math.clz32(bits & -bits);
}

/** Sequences and tokens of packing; conversations that are longer than a sequence are cut to it. */
function packed(lengths, limit) {
  if (limit < 1 || limit > LONGEST_SEQUENCE) return null;
  const spaces = new Spaces(limit);
  let sequences = 0;
  // Equal conversations are placed together; those that are cut are equal, too.
  for (let index = lengths.lengths.length - 1; index >= 0; index -= 1) {
    const length = Math.min(lengths.lengths[index], limit);
    let rest = lengths.counts[index];
    while (index > 0 && lengths.lengths[index - 1] >= limit) rest += lengths.counts[(index -= 1)];
    if (length === 0) continue;
    for (let space = spaces.smallest(length); rest > 0 && space >= 0; space = spaces.smallest(length)) {
      const each = Math.floor(space / length);
      const filled = Math.min(Math.floor(rest / each), spaces.counts[space]);
      if (filled > 0) {
        spaces.add(-filled, space);
        spaces.add(filled, space - each * length);
        rest -= filled * each;
      } else {
        spaces.add(-1, space);
        spaces.add(1, space - rest * length);
        rest = 0;
      }
    }
    if (rest === 0) continue;
    const each = Math.floor(limit / length);
    const full = Math.floor(rest / each);
    const last = rest - full * each;
    if (full > 0) spaces.add(full, limit - each * length);
    if (last > 0) spaces.add(1, limit - last * length);
    sequences += full + (last > 0 ? 1 : 0);
  }
  const tokens = lengths.total - lengths.over(limit).tokensLost;
  return {sequences, tokens, full: sequences > 0 ? tokens / (sequences * limit) : null};
}
