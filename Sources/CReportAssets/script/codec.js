'use strict';

// Reads the packed integers of the data block: runs of characters worth five bits, lowest first, all but the last of an
// integer with the sixth bit set. Sums go by multiplication because shifts stop at 32 bits.

const PACK_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const PACK_VALUES = new Uint8Array(128);
for (let value = 0; value < 64; value += 1) PACK_VALUES[PACK_ALPHABET.charCodeAt(value)] = value;
/** The character of 0. */
const ZERO = PACK_ALPHABET.charCodeAt(0);

function unpack(text) {
  const integers = [];
  let value = 0;
  let weight = 1;
  for (let index = 0; index < text.length; index += 1) {
    const bits = PACK_VALUES[text.charCodeAt(index)];
    value += (bits & 31) * weight;
    if (bits & 32) {
      weight *= 32;
    } else {
      integers.push(value);
      value = 0;
      weight = 1;
    }
  }
  return integers;
}

/** Ascending integers, stored as differences. */
function unpackAscending(text) {
  let sum = 0;
  return unpack(text).map((difference) => (sum += difference));
}

/** Counts with zeros left out at both ends; `size` is the number of all bins. */
function unpackSparse(text, size) {
  const counts = new Float64Array(size);
  if (text) {
    const [first, ...stored] = unpack(text);
    counts.set(stored.slice(0, Math.max(0, size - first)), Math.min(first, size));
  }
  return counts;
}

/** 0, 1, 2, 3, 4 stand for 0, -1, 1, -2, 2. */
function unsign(value) {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
