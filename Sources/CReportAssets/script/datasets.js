// The datasets of the page, read from its data block.

function readLength(text) {
  if (!text) return null;
  const values = unpackAscending(text);
  return Object.fromEntries(LENGTH_KEYS.map((key, index) => [key, values[index]]));
}

/** The columns of every page; all others are attributes of the datasets. */
const OWN_COLUMNS = new Set([
  'bins', 'bytes', 'characters', 'conversations', 'exact', 'faults', 'format', 'groupFaults', 'groupLengths', 'kinds',
  'labels', 'length', 'mean', 'model', 'name', 'over', 'packing', 'plot', 'roles', 'rows', 'run', 'scale', 'scores',
  'seedTokens', 'sha256', 'source', 'sourceBytes', 'std', 'tokens', 'type', 'withoutSystem',
]);

/** The subject and the filters of a dataset's name: MODEL__TYPE__SUBJECT, then filters. */
function readName({name, model, type}) {
  const prefix = `${model}__${type}__`;
  const parts = (name.startsWith(prefix) ? name.slice(prefix.length) : name).split('__');
  const filters = [];
  while (parts.length > 1 && /^((min|max)\d+|pos|neg|default)$/.test(parts[parts.length - 1])) {
    filters.unshift(parts.pop());
  }
  return {subject: parts.join('__'), filters};
}

/** One dataset. What only some views need is unpacked when it is asked for. */
class Dataset {
  #report;
  #row;
  #parts;
  #whole;
  #filtered;

  constructor(report, row) {
    this.#report = report;
    this.#row = row;
    const at = (column) => report.columns[column][row];
    this.index = row;
    this.name = at('name');
    this.run = report.runs[at('run')];
    this.key = report.runs.length > 1 ? `${at('run') + 1}/${this.name}` : this.name;
    this.model = report.models[at('model')];
    this.type = at('type');
    this.scale = at('scale') === null ? null : report.scales[at('scale')];
    this.conversations = at('conversations');
    this.tokens = at('tokens');
    this.length = readLength(at('length'));
    this.mean = at('mean');
    this.std = at('std');
    this.original = report.originals[row] ?? null;
    const {subject, filters} = readName(this);
    this.subject = subject;
    this.label = [subject, ...filters].join(' · ');
    this.searchText = (this.name + '\n' + subject).toLowerCase();
  }

  #value(column) {
    return this.#report.columns[column][this.#row];
  }

  /** What the source's own naming says under this name. */
  attribute(key) {
    return this.#value(key);
  }

  get edges() {
    return this.run.edges;
  }

  /** Score, label and lengths of the conversations of each group; null if the page does not hold them. */
  get parts() {
    if (this.#parts === undefined) this.#parts = this.#value('exact') ? this.#readParts() : null;
    return this.#parts;
  }

  /** Reads the groups straight from the text: most of the page's data is here. */
  #readParts() {
    const text = this.#value('exact');
    const faults = this.#readGroupFaults();
    const parts = [];
    let at = 0;
    const next = () => {
      let value = 0;
      let weight = 1;
      for (;;) {
        const bits = PACK_VALUES[text.charCodeAt(at)];
        at += 1;
        value += (bits & 31) * weight;
        if (bits < 32) return value;
        weight *= 32;
      }
    };
    while (at < text.length) {
      const code = next();
      const label = this.#report.labels[next()];
      const distinct = next();
      const lengths = new Float64Array(distinct);
      const counts = new Float64Array(distinct);
      let length = -1;
      for (let index = 0; index < distinct; index += 1) {
        // Nearly all differences take one character.
        const bits = PACK_VALUES[text.charCodeAt(at)];
        length += bits < 32 ? bits : next();
        at += bits < 32 ? 1 : 0;
        lengths[index] = length;
        counts[index] = 1;
        // Nothing else begins with 0.
        if (text.charCodeAt(at) === ZERO) {
          at += 1;
          counts[index] = next() + 2;
        }
      }
      parts.push({
        score: code === 1 ? null : unsign(code - 2),
        label,
        lengths: new Lengths(lengths, counts),
        faults: faults === null ? null : faults.next(),
      });
    }
    return parts;
  }

  /** What limits cost the groups, one after another; null if the page does not say. */
  #readGroupFaults() {
    const text = this.#value('groupFaults');
    if (!text) return null;
    const values = unpack(text);
    const size = FAULTS.length * this.run.limits.length;
    let at = 0;
    return {
      next() {
        at += 1;
        if (values[at - 1] === 0) return [];
        at += size;
        return values.slice(at - size, at);
      },
    };
  }

  /** The numbers of all conversations. */
  get whole() {
    this.#whole ??= new Numbers(this, new Filter());
    return this.#whole;
  }

  /** The numbers of the conversations that a filter keeps; the last filter's are remembered. */
  numbers(filter) {
    if (filter.isOpen) return this.whole;
    if (this.#filtered?.filter.key !== filter.key) this.#filtered = new Numbers(this, filter);
    return this.#filtered;
  }

  get bands() {
    return this.scale?.bands ?? [];
  }

  get highestScore() {
    return this.scale?.highest ?? null;
  }

  /** The rows of a table by score: the bands, lowest first, then none; without a scale all conversations. */
  get bandRanges() {
    if (this.bands.length === 0) return [{label: 'all', lowest: -Infinity, highest: Infinity, band: 0}];
    return [
      ...this.bands.map(
        ([lowest, highest], band) =>
          ({label: lowest === highest ? String(lowest) : `${lowest}–${highest}`, lowest, highest, band})),
      {label: 'none', lowest: null, highest: null, band: this.bands.length},
    ];
  }

  // What the statistics file sums up, for datasets whose lengths the page does not hold.

  #storedScoreValues() {
    const values = unpack(this.#value('scores'));
    const none = {score: null, conversations: values[0] ?? 0, tokens: values[1] ?? 0};
    const given = [];
    let score = 0;
    for (let index = 2; index + 2 < values.length; index += 3) {
      score += unsign(values[index]);
      given.push({score, conversations: values[index + 1], tokens: values[index + 2]});
    }
    return {none, given};
  }

  storedScores(filter) {
    return this.#storedScoreValues().given.filter(({score}) => filter.keepsScore(score));
  }

  storedSums(filter) {
    const scores = filter.least !== null || filter.most !== null;
    if (filter.label !== null && scores) return {conversations: null, tokens: null};
    const kept = filter.label === null ? this.storedScores(filter) :
                                         this.storedLabels.filter(({label}) => label === filter.label);
    return {conversations: sum(kept, 'conversations'), tokens: sum(kept, 'tokens')};
  }

  storedGroup(range, filter) {
    const {none, given} = this.#storedScoreValues();
    const whole = filter.isOpen;
    if (range.lowest === -Infinity) {
      const numbers = whole ? this : this.storedSums(filter);
      return {...range, conversations: numbers.conversations ?? 0, tokens: numbers.tokens ?? 0,
              length: whole ? this.length : null, bins: whole ? this.storedBins : null};
    }
    const kept = [none, ...given].filter(
      ({score}) => inBand(score, range) && filter.label === null && filter.keepsScore(score));
    const size = this.edges.length + 1;
    return {
      ...range,
      conversations: sum(kept, 'conversations'),
      tokens: sum(kept, 'tokens'),
      length: whole ? readLength(this.#value('groupLengths').split(',')[range.band]) : null,
      bins: whole && this.#value('bins') ? unpackSparse(this.#value('bins').split(',')[range.band] ?? '', size) : null,
    };
  }

  get storedBins() {
    if (!this.#value('bins')) return null;
    const total = new Float64Array(this.edges.length + 1);
    for (const text of this.#value('bins').split(',')) {
      unpackSparse(text, total.length).forEach((count, bin) => (total[bin] += count));
    }
    return total;
  }

  get storedLabels() {
    const values = unpack(this.#value('labels'));
    const labels = [];
    for (let index = 0; index + 2 < values.length; index += 3) {
      labels.push({
        label: this.#report.labels[values[index]],
        conversations: values[index + 1],
        tokens: values[index + 2],
        lengths: null,
      });
    }
    return labels;
  }

  /** What a limit of the file costs all conversations; null if the file does not say. */
  storedOver(limit) {
    const index = this.run.limits.indexOf(limit);
    const over = unpack(this.#value('over'));
    if (index < 0 || over.length === 0) return null;
    // One more is stored than there are, and 0 for what is not known.
    const faults = unpack(this.#value('faults'));
    const fault = (place) => (faults[FAULTS.length * index + place] || null);
    return {
      conversations: over[2 * index],
      tokensLost: over[2 * index + 1],
      ...Object.fromEntries(
        FAULTS.map((name, place) => [name, fault(place) === null ? null : fault(place) - 1])),
    };
  }

  /** The sequences of packing all conversations at a limit, and how full they are; null if that is not known. */
  packing(limit) {
    const packed = unpack(this.#value('packing'));
    const index = this.run.limits.indexOf(limit);
    if (index < 0 || packed.length === 0) return null;
    const [sequences, tokens] = [packed[2 * index], packed[2 * index + 1]];
    return {sequences, tokens, full: sequences > 0 ? tokens / (sequences * limit) : null};
  }

  /** The lines of a trainer's configuration; null if the page was made without. */
  get configuration() {
    return this.#report.configurations[this.#row] ?? null;
  }

  /** The longest and shortest rows with their texts; null if the page was made without. */
  get samples() {
    return this.#report.samples?.[this.#row] ?? null;
  }

  /** Tokens by kind; null if the file does not say. */
  get roles() {
    const packed = this.#value('roles');
    if (!packed) return null;
    return this.kindsOf(unpack(packed));
  }

  /** Names the counts of tokens by kind. */
  kindsOf(values) {
    return this.#report.roles.map((kind, index) => ({kind, tokens: values[index] ?? 0}));
  }

  /** The tokens of some of the groups by kind; null if the page does not hold them. */
  kindsOfParts(kept) {
    const text = this.#value('kinds');
    if (!text) return null;
    const values = unpack(text);
    const isKept = new Set(kept);
    let at = 0;
    const totals = this.#report.roles.map((kind) => {
      // The assistant's are the rest.
      if (kind === 'assistant') return 0;
      const usual = values[at] - 1;
      at += 1;
      if (usual < 0) return 0;
      let total = 0;
      this.parts.forEach((part, index) => {
        if (isKept.has(part)) total += unsign(values[at + index]) + usual * part.lengths.count;
      });
      at += this.parts.length;
      return total;
    });
    const rest = kept.reduce((total, {lengths}) => total + lengths.total, 0) - totals.reduce((a, b) => a + b, 0);
    return this.kindsOf(totals.map((total, index) => (this.#report.roles[index] === 'assistant' ? rest : total)));
  }

  get bytes() {
    return this.#value('bytes');
  }
  get characters() {
    return this.#value('characters');
  }
  get seedTokens() {
    return this.#value('seedTokens');
  }
  get withoutSystem() {
    return this.#value('withoutSystem');
  }
  get templateErrors() {
    return Object.entries(this.#report.templateErrors[this.#row] ?? {});
  }
  /** The rule about training that the trained tokens follow, in words; null where nobody chose one. */
  get trained() {
    return this.run.tokenizers[this.model]?.trained ?? null;
  }
  /** Trained tokens and conversations without any by rule, where several were counted side by side. */
  get trainedBy() {
    return this.#report.trainedBy[this.#row] ?? {};
  }
  get columnGroups() {
    return Object.entries(this.#report.groups[this.#row] ?? {});
  }

  #path(table, column) {
    const index = this.#value(column);
    if (index === null) return null;
    const [before, after] = this.#report[table][index];
    return after === null ? before : before + this.name + after;
  }

  /** The picture's path from this page; null if there is no link to it. */
  get plot() {
    return this.#path('plots', 'plot');
  }

  get source() {
    const path = this.#path('sources', 'source');
    if (path === null) return null;
    return {
      path,
      format: this.#report.formats[this.#value('format')],
      rows: this.#value('rows'),
      bytes: this.#value('sourceBytes'),
      sha256: this.#value('sha256'),
    };
  }
}

function sum(entries, key) {
  let total = 0;
  for (const entry of entries) total += entry[key];
  return total;
}

/** Reads the data block. */
function readReport(text) {
  const raw = JSON.parse(text);
  const report = {runs: raw.runs, roles: raw.roles, rules: raw.rules, ...raw.datasets, generator: raw.generator};
  report.scales = report.scales.map(
    (scale) => ({...scale, lowest: scale.bands[0][0], highest: scale.bands[scale.bands.length - 1][1]}));
  report.attributes = Object.keys(raw.datasets.columns).filter((column) => !OWN_COLUMNS.has(column));
  report.limits = [...new Set(raw.runs.flatMap((run) => run.limits))].sort((a, b) => a - b);
  report.list = Array.from({length: report.count}, (_, row) => new Dataset(report, row));
  report.byKey = new Map(report.list.map((dataset) => [dataset.key, dataset]));
  report.types = ['role', 'trait', 'dataset'].filter((type) => report.list.some((dataset) => dataset.type === type));
  report.labelNames = [...report.labels].sort(compareText);
  return report;
}
