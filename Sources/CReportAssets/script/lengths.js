// Exact lengths. Every number of a group of conversations comes from how many of them have each length, by the same
// definitions as in the statistics file.

const LENGTH_KEYS = ['min', 'p1', 'p5', 'p25', 'p50', 'p75', 'p90', 'p95', 'p99', 'max'];
const PERCENTS = LENGTH_KEYS.filter((key) => key.startsWith('p')).map((key) => Number(key.slice(1)));

/** Lengths up to this are added up in a table with a place for each. */
const TABLE_SIZE = 1 << 20;
/** Squares of more equal lengths than this are multiplied, of fewer added one by one, as the program does it. */
const REPEATED_SUM = 1 << 16;

/** The distinct lengths of some conversations, ascending, and how many have each. */
class Lengths {
  #summary;
  #deviation;

  constructor(lengths, counts) {
    this.lengths = lengths;
    this.counts = counts;
    this.count = 0;
    this.total = 0;
    for (let index = 0; index < lengths.length; index += 1) {
      this.count += counts[index];
      this.total += lengths[index] * counts[index];
    }
  }

  static none = new Lengths([], []);

  /** All conversations of several groups. */
  static sum(parts) {
    const some = parts.filter((part) => part.count > 0);
    if (some.length === 0) return Lengths.none;
    if (some.length === 1) return some[0];
    const least = some.reduce((low, part) => Math.min(low, part.lengths[0]), Infinity);
    const most = some.reduce((high, part) => Math.max(high, part.lengths[part.lengths.length - 1]), 0);
    return most - least < TABLE_SIZE ? Lengths.#sumInTable(some, least, most) : Lengths.#sumInMap(some);
  }

  static #table = new Float64Array(1 << 14);

  static #sumInTable(parts, least, most) {
    const size = most - least + 1;
    if (Lengths.#table.length < size) Lengths.#table = new Float64Array(2 * size);
    const table = Lengths.#table;
    let distinct = 0;
    for (const {lengths, counts} of parts) {
      for (let index = 0; index < lengths.length; index += 1) {
        const place = lengths[index] - least;
        if (table[place] === 0) distinct += 1;
        table[place] += counts[index];
      }
    }
    const lengths = new Float64Array(distinct);
    const counts = new Float64Array(distinct);
    for (let place = 0, next = 0; next < distinct; place += 1) {
      if (table[place] === 0) continue;
      lengths[next] = place + least;
      counts[next] = table[place];
      table[place] = 0;
      next += 1;
    }
    return new Lengths(lengths, counts);
  }

  static #sumInMap(parts) {
    const sums = new Map();
    for (const {lengths, counts} of parts) {
      lengths.forEach((length, index) => sums.set(length, (sums.get(length) ?? 0) + counts[index]));
    }
    const lengths = Float64Array.from(sums.keys()).sort();
    return new Lengths(lengths, lengths.map((length) => sums.get(length)));
  }

  /** The nearest rank: the smallest length that so many percent of the conversations do not exceed; null without any. */
  percentile(percent) {
    return this.#ranked([percent])[0];
  }

  /** Several percentiles, ascending, in one pass. */
  #ranked(percents) {
    if (this.count === 0) return percents.map(() => null);
    let seen = 0;
    let index = -1;
    return percents.map((percent) => {
      const rank = Math.max(1, Math.floor((this.count * Math.round(percent * 1000) + 99999) / 100000));
      while (seen < rank) seen += this.counts[(index += 1)];
      return this.lengths[Math.max(index, 0)];
    });
  }

  /** What the statistics file stores of a group; null without conversations. */
  get summary() {
    if (this.count === 0) return null;
    if (this.#summary === undefined) {
      const ranked = this.#ranked(PERCENTS);
      this.#summary = {min: this.lengths[0], max: this.lengths[this.lengths.length - 1]};
      PERCENTS.forEach((percent, index) => (this.#summary[`p${percent}`] = ranked[index]));
    }
    return this.#summary;
  }

  get mean() {
    return this.count > 0 ? this.total / this.count : null;
  }

  /** The population's standard deviation; null without conversations. */
  get deviation() {
    if (this.count === 0) return null;
    if (this.#deviation === undefined) {
      const {mean} = this;
      let sum = 0;
      for (let index = 0; index < this.lengths.length; index += 1) {
        const square = (this.lengths[index] - mean) ** 2;
        const count = this.counts[index];
        if (count > REPEATED_SUM) {
          sum += square * count;
        } else {
          for (let each = 0; each < count; each += 1) sum += square;
        }
      }
      this.#deviation = Math.sqrt(sum / this.count);
    }
    return this.#deviation;
  }

  /** How many conversations are longer, and their tokens beyond the limit. */
  over(limit) {
    let conversations = 0;
    let tokensLost = 0;
    for (let index = this.lengths.length - 1; index >= 0 && this.lengths[index] > limit; index -= 1) {
      conversations += this.counts[index];
      tokensLost += (this.lengths[index] - limit) * this.counts[index];
    }
    return {conversations, tokensLost};
  }

  /** Conversations by bin: bin 0 below the first edge, bin i from edge i - 1 up to but not including edge i. */
  static bins(parts, edges) {
    const bins = new Float64Array(edges.length + 1);
    for (const {lengths, counts} of parts) {
      let bin = 0;
      for (let index = 0; index < lengths.length; index += 1) {
        while (bin < edges.length && edges[bin] <= lengths[index]) bin += 1;
        bins[bin] += counts[index];
      }
    }
    return bins;
  }

  /** The share of conversations that are no longer than that. */
  shareUpTo(length) {
    return this.count > 0 ? 1 - this.over(length).conversations / this.count : null;
  }
}

/** How the lengths of two groups differ: the first less the second. Sources: see LengthContrast in the program. */
function contrast(first, second) {
  if (first.count === 0 || second.count === 0) return {d: null, longer: null};
  const freedom = first.count + second.count - 2;
  const pooled = freedom > 0 ?
    Math.sqrt((first.deviation ** 2 * first.count + second.deviation ** 2 * second.count) / freedom) :
    0;
  let below = 0;
  let at = 0;
  let halves = 0;
  first.lengths.forEach((length, index) => {
    while (at < second.lengths.length && second.lengths[at] < length) below += second.counts[at++];
    const ties = second.lengths[at] === length ? second.counts[at] : 0;
    halves += first.counts[index] * (2 * below + ties);
  });
  return {
    d: pooled > 0 ? (first.mean - second.mean) / pooled : null,
    longer: halves / (2 * first.count * second.count)
  };
}

/** An integer edge e is drawn at log2(e - 0.5), between e - 1 and e. */
function edgePosition(edge) {
  return Math.log2(Math.max(edge - 0.5, 0.5));
}

/** The shared length axis in octaves: from p0.1 to p99.9 of all conversations, at least five octaves. */
function lengthDomain(lengths) {
  if (lengths.count === 0) return {low: 6, high: 11};
  let low = Math.floor(Math.log2(Math.max(1, lengths.percentile(0.1))));
  let high = Math.ceil(Math.log2(lengths.percentile(99.9) + 1));
  while (high - low < 5) {
    high += 1;
    if (high - low < 5 && low > 0) low -= 1;
  }
  return {low, high};
}

/** The axis where only bins are known: from the first to the last that hold more than a thousandth. */
function binnedDomain(datasets) {
  const places = datasets.filter((dataset) => dataset.whole.bins).flatMap((dataset) => {
    const {bins} = dataset.whole;
    const enoughOf = (count) => count > dataset.conversations / 1000;
    return [bins.findIndex(enoughOf), bins.findLastIndex(enoughOf)].map(
      (bin) => edgePosition(dataset.edges[clamp(bin, 0, dataset.edges.length - 1)]));
  });
  const low = Math.max(0, Math.floor(Math.min(...places, 6)));
  return {low, high: Math.max(low + 5, Math.ceil(Math.max(...places, 11)))};
}

/** The share of conversations per eighth of an octave that the highest bins reach: where nearly all bars fit. */
function densityScale(datasets) {
  const peaks = datasets.filter((dataset) => dataset.whole.bins && dataset.conversations >= 200)
                  .map((dataset) => peakDensity(dataset.edges, dataset.whole.bins, dataset.conversations))
                  .sort((a, b) => a - b);
  const wanted = peaks.length > 0 ? peaks[Math.ceil(peaks.length * 0.98) - 1] : 12;
  return [5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100].find((step) => step >= wanted) ?? 100;
}

/** The highest share of a bin per eighth of an octave, in percent. */
function peakDensity(edges, bins, conversations) {
  let peak = 0;
  for (let bin = 1; bin < edges.length; bin += 1) {
    if (bins[bin] > 0) peak = Math.max(peak, binDensity(edges, bin, bins[bin] / conversations));
  }
  return peak * 100;
}

/** A bin's share per eighth of an octave; bins at both ends have no width and no density. */
function binDensity(edges, bin, share) {
  if (bin === 0 || bin === edges.length) return 0;
  return share / (8 * (edgePosition(edges[bin]) - edgePosition(edges[bin - 1])));
}
