// Numbers as the pictures and the statistics write them: whole, so that each can be found again elsewhere.

const MISSING = '–';
const GROUPED = new Intl.NumberFormat('en-US', {maximumFractionDigits: 0});

function grouped(value) {
  return value === null || value === undefined ? MISSING : GROUPED.format(value);
}

function fixed(value, digits) {
  return value === null || value === undefined ? MISSING : value.toFixed(digits);
}

/** A share in percent with one decimal. */
function percent(part, whole, digits = 1) {
  if (part === null || part === undefined || !(whole > 0)) return MISSING;
  if (part === 0) return '0';
  if (part === whole) return '100';
  const share = (part / whole) * 100;
  const least = 10 ** -digits;
  if (share < least) return `<${least}`;
  if (share > 100 - least) return `>${100 - least}`;
  return share.toFixed(digits);
}

/** A length out of the summary of so many conversations. */
function lengthText(length, key, conversations) {
  return grouped(length && enough(key, conversations) ? length[key] : null);
}

/** A percentile of too few values says nothing: p95 needs 20 of them, p99 100, and those at the other end as many. */
function enough(key, conversations) {
  return conversations >= ({p1: 100, p5: 20, p95: 20, p99: 100}[key] ?? 1);
}

/** Characters that would change the direction or the line of the text around them, made visible. */
function visible(text, {keepsLines = false} = {}) {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => keepsLines && /[\n\t]/.test(character) ? character : `\\u{${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}}`);
}
