// The numbers of a dataset under a filter: all of them come from the conversations that it keeps.

/** What limits cost beside conversations and tokens, in the order of the data block. */
const FAULTS = ['assistantLost', 'trainedLost', 'noTarget', 'endLost', 'promptOver', 'completionOver'];

/** A filter of conversations: by score, bounds included, and by label; null stands for any. */
class Filter {
  constructor({least = null, most = null, label = null} = {}) {
    Object.assign(this, {least, most, label});
    this.key = `${least},${most},${label}`;
    this.isOpen = least === null && most === null && label === null;
  }

  keepsScore(score) {
    if (this.least === null && this.most === null) return true;
    return score !== null && score >= (this.least ?? -Infinity) && score <= (this.most ?? Infinity);
  }

  keeps({score, label}) {
    return (this.label === null || label === this.label) && this.keepsScore(score);
  }

  /** The filter in words; empty if it keeps everything. */
  get words() {
    const words = [];
    if (this.least !== null && this.most !== null) words.push(`score ${this.least}–${this.most}`);
    else if (this.least !== null) words.push(`score ≥ ${this.least}`);
    else if (this.most !== null) words.push(`score ≤ ${this.most}`);
    if (this.label !== null) words.push(`label ${visible(this.label)}`);
    return words.join(', ');
  }
}

/** The conversations of a dataset that a filter keeps. What the file does not tell of them is null. */
class Numbers {
  #groups;
  #lengths;
  #parts;
  #bins;
  #over = new Map();

  constructor(dataset, filter) {
    this.dataset = dataset;
    this.filter = filter;
    if (filter.isOpen) {
      const {conversations, tokens, mean, std, length} = dataset;
      Object.assign(this, {conversations, tokens, mean, std, length});
    } else if (this.parts) {
      this.conversations = this.lengths.count;
      this.tokens = this.lengths.total;
      this.mean = this.lengths.mean;
      this.std = this.lengths.deviation;
      this.length = this.lengths.summary;
    } else {
      Object.assign(this, dataset.storedSums(filter), {mean: null, std: null, length: null});
      if (this.tokens !== null && this.conversations > 0) this.mean = this.tokens / this.conversations;
    }
  }

  /** The groups that are kept; null if the page does not hold their lengths. They are read when somebody asks. */
  get parts() {
    if (this.#parts === undefined) {
      this.#parts = this.dataset.parts?.filter((part) => this.filter.keeps(part)) ?? null;
    }
    return this.#parts;
  }

  /** All lengths; null if the page does not hold them. */
  get lengths() {
    if (this.#lengths === undefined) {
      this.#lengths = this.parts ? Lengths.sum(this.parts.map((part) => part.lengths)) : null;
    }
    return this.#lengths;
  }

  /** All lengths in as many pieces as are at hand; null if the page does not hold them. */
  get pieces() {
    if (this.#lengths) return [this.#lengths];
    return this.parts?.map((part) => part.lengths) ?? null;
  }

  /** The scores that were given, ascending, with their conversations and tokens; null if that is not known. */
  get scores() {
    const {label} = this.filter;
    if (!this.parts) return label === null ? this.dataset.storedScores(this.filter) : null;
    const scores = new Map();
    for (const {score, lengths} of this.parts) {
      if (score === null) continue;
      const entry = scores.get(score) ?? {score, conversations: 0, tokens: 0};
      entry.conversations += lengths.count;
      entry.tokens += lengths.total;
      scores.set(score, entry);
    }
    return [...scores.values()].sort((a, b) => a.score - b.score);
  }

  get meanScore() {
    const scores = this.scores ?? [];
    const count = sum(scores, 'conversations');
    if (count === 0) return null;
    return scores.reduce((total, entry) => total + entry.score * entry.conversations, 0) / count;
  }

  /** Conversations and tokens with at least this score. */
  atLeast(score) {
    const kept = (this.scores ?? []).filter((entry) => entry.score >= score);
    return {conversations: sum(kept, 'conversations'), tokens: sum(kept, 'tokens')};
  }

  /** By band, lowest first, then without a score: conversations, tokens, lengths, their summary, bins. */
  get groups() {
    if (!this.#groups) {
      this.#groups = this.dataset.bandRanges.map((range) => {
        const parts = this.parts?.filter(({score}) => inBand(score, range));
        if (!parts) return this.dataset.storedGroup(range, this.filter);
        const lengths = Lengths.sum(parts.map((part) => part.lengths));
        return {
          ...range,
          conversations: lengths.count,
          tokens: lengths.total,
          lengths,
          length: lengths.summary,
          bins: Lengths.bins([lengths], this.dataset.edges),
        };
      });
    }
    return this.#groups;
  }

  /** The conversations by bin; null if that is not known. */
  get bins() {
    if (this.#bins === undefined) {
      if (this.parts) this.#bins = Lengths.bins(this.pieces, this.dataset.edges);
      else this.#bins = this.filter.isOpen ? this.dataset.storedBins : null;
    }
    return this.#bins;
  }

  /** By label: conversations, tokens and, where all lengths are known, these. */
  get labels() {
    if (!this.parts) return this.filter.isOpen ? this.dataset.storedLabels : [];
    return [...new Set(this.parts.map(({label}) => label))].sort(compareText).map((label) => {
      const lengths = Lengths.sum(this.parts.filter((part) => part.label === label).map((part) => part.lengths));
      return {label, conversations: lengths.count, tokens: lengths.total, lengths};
    });
  }

  /** Tokens by kind; null if that is not known of these conversations. */
  get roles() {
    const {dataset} = this;
    if (this.filter.isOpen) return dataset.roles;
    const {parts} = this;
    if (parts && parts.length === dataset.parts.length) return dataset.roles;
    // A single group has no counts of its own: it is kept whole, or nothing is.
    if (parts?.length === 0) return dataset.kindsOf([]);
    return parts ? dataset.kindsOfParts(parts) : null;
  }

  /** The sequences of packing at a limit of the file, and how full they are; null if that is not known. */
  packing(limit) {
    if (this.filter.isOpen) return this.dataset.packing(limit);
    if (!this.parts || this.dataset.run.limits.indexOf(limit) < 0) return null;
    return packed(this.lengths, limit);
  }

  /** What a limit of the file costs; null if that is not known. */
  over(limit) {
    if (!this.#over.has(limit)) this.#over.set(limit, this.#findOver(limit));
    return this.#over.get(limit);
  }

  #findOver(limit) {
    const whole = this.dataset.storedOver(limit);
    if (this.filter.isOpen) return whole ?? (this.lengths ? {...this.lengths.over(limit), ...NO_FAULTS} : null);
    if (!this.parts) return null;
    const cut = {...this.lengths.over(limit), ...NO_FAULTS};
    const index = this.dataset.run.limits.indexOf(limit);
    if (index < 0 || !whole || this.parts.some(({faults}) => faults === null)) return cut;
    FAULTS.forEach((fault, place) => {
      if (whole[fault] === null) return;
      cut[fault] = this.parts.reduce(
        (total, {faults}) => total + (faults.length > 0 ? faults[FAULTS.length * index + place] : 0), 0);
    });
    return cut;
  }
}

const NO_FAULTS = Object.fromEntries(FAULTS.map((fault) => [fault, null]));

/** Whether a score belongs to a row of a table by score. */
function inBand(score, {lowest, highest}) {
  if (lowest === -Infinity) return true;
  return lowest === null ? score === null : score !== null && score >= lowest && score <= highest;
}

/**
 * Several datasets as one. Filtered copies of others are left out, whose rows would be counted twice. `known` gives all
 * lengths of the others, where somebody has summed them up before; `stored` is what the page has of them, so that their
 * lengths are read only when they are asked for.
 */
function pool(numbers, {known = null, stored = null} = {}) {
  const own = numbers.filter(({dataset}) => dataset.original === null);
  const total = (key) => (own.some((each) => each[key] === null) ? null : sum(own, key));
  let lengths;
  const conversations = total('conversations');
  const tokens = total('tokens');
  const scale = own[0]?.dataset.scale ?? null;
  return {
    numbers: own,
    copies: numbers.length - own.length,
    conversations,
    tokens,
    mean: conversations > 0 && tokens !== null ? tokens / conversations : null,
    get lengths() {
      if (lengths === undefined) {
        const pieces = known ? known() : own.map((each) => each.pieces);
        lengths = pieces.includes(null) ? null : Lengths.sum(pieces.flat());
      }
      return lengths;
    },
    get length() {
      if (stored) return readLength(stored.length);
      if (this.lengths) return lengths.summary;
      // The longest of all is known wherever each dataset's is.
      const longest = own.reduce((most, {length}) => Math.max(most, length?.max ?? 0), 0);
      return longest > 0 ? {...Object.fromEntries(LENGTH_KEYS.map((key) => [key, null])), max: longest} : null;
    },
    over(limit) {
      const cuts = own.map((each) => each.over(limit));
      return cuts.length > 0 && !cuts.includes(null) ? sum(cuts, 'conversations') : null;
    },
    /** By band, if all datasets have the same scale. */
    get groups() {
      if (scale === null || own.some(({dataset}) => dataset.scale !== scale)) return null;
      if (stored?.bands) {
        const values = unpack(stored.bands);
        return own[0].dataset.bandRanges.map(
          (range, index) => ({...range, conversations: values[2 * index], tokens: values[2 * index + 1]}));
      }
      return own[0].groups.map((first, index) => {
        const groups = own.map((each) => each.groups[index]);
        return {...first, conversations: sum(groups, 'conversations'), tokens: sum(groups, 'tokens')};
      });
    },
  };
}

/** What the page has of a group of datasets; null where some are not shown, or not with all of their conversations. */
function storedSums(sums, key, numbers) {
  if (!sums || !numbers.every(({filter}) => filter.isOpen)) return null;
  const group = key === null ? {datasets: sum(Object.values(sums.groups), 'datasets'), length: sums.length} :
                               sums.groups[key];
  return group?.datasets === numbers.length ? group : null;
}
