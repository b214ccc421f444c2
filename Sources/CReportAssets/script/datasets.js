// The datasets of the page, read from its data block.

const LENGTH_KEYS = ['min', 'p1', 'p5', 'p25', 'p50', 'p75', 'p90', 'p95', 'p99', 'max'];

function readLength(text) {
  if (!text) return null;
  const values = unpackAscending(text);
  return Object.fromEntries(LENGTH_KEYS.map((key, index) => [key, values[index]]));
}

/** The columns of every page; all others are attributes of the datasets. */
const OWN_COLUMNS = new Set([
  'bins', 'bytes', 'characters', 'conversations', 'faults', 'format', 'groupLengths', 'labels', 'length', 'mean', 'model', 'name',
  'over', 'plot', 'roles', 'rows', 'run', 'scores', 'seedTokens', 'sha256', 'source', 'sourceBytes', 'std', 'tokens',
  'type', 'withoutSystem',
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

/** One dataset. What only the detail view needs is unpacked when it is asked for. */
class Dataset {
  #report;
  #row;
  #groups;
  #all;

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
    this.conversations = at('conversations');
    this.tokens = at('tokens');
    this.length = readLength(at('length'));
    this.mean = at('mean');
    this.std = at('std');
    this.bands = report.bands[this.type];
    this.highestScore = this.bands[this.bands.length - 1]?.[1] ?? null;
    this.over = unpack(at('over'));
    this.scores = this.#readScores(unpack(at('scores')));
    const {subject, filters} = readName(this);
    this.subject = subject;
    this.label = [subject, ...filters].join(' · ');
    this.searchText = (this.name + '\n' + subject).toLowerCase();
  }

  /** What the source's own naming says under this name. */
  attribute(key) {
    return this.#value(key);
  }

  #readScores(values) {
    const scores = {none: {conversations: values[0] ?? 0, tokens: values[1] ?? 0}, given: []};
    let score = 0;
    for (let index = 2; index + 2 < values.length; index += 3) {
      score += unsign(values[index]);
      scores.given.push({score, conversations: values[index + 1], tokens: values[index + 2]});
    }
    return scores;
  }

  #value(column) {
    return this.#report.columns[column][this.#row];
  }

  get edges() {
    return this.run.edges;
  }

  get hasBins() {
    return this.#value('bins') !== '';
  }

  /** Per band, lowest first, then without a score: conversations, tokens, bins and, if it is exact, the length. */
  get groups() {
    if (this.#groups) return this.#groups;
    const size = this.edges.length + 1;
    const bins = this.hasBins ? this.#value('bins').split(',') : null;
    const lengths = this.#value('groupLengths').split(',');
    const group = (index, label, [lowest, highest], tallies) => ({
      label,
      lowest,
      highest,
      band: index,
      conversations: sum(tallies, 'conversations'),
      tokens: sum(tallies, 'tokens'),
      bins: bins ? unpackSparse(bins[index] ?? '', size) : null,
      length: readLength(lengths[index]),
    });
    this.#groups = this.bands.map(
      ([lowest, highest], index) => group(
        index, lowest === highest ? String(lowest) : `${lowest}–${highest}`, [lowest, highest],
        this.scores.given.filter(({score}) => lowest <= score && score <= highest)));
    if (this.bands.length > 0) {
      this.#groups.push(group(this.bands.length, 'none', [null, null], [this.scores.none]));
    } else {
      // Without a scale scores are not distinguished.
      this.#groups.push({...group(0, 'all', [-Infinity, Infinity], [this]), length: this.length});
    }
    return this.#groups;
  }

  /** The bins of all conversations; null if the file has none. */
  get bins() {
    if (!this.hasBins) return null;
    if (!this.#all) this.#all = sumBins(this.groups.map((group) => group.bins), this.edges.length + 1);
    return this.#all;
  }

  /** Conversations and tokens with at least this score. */
  atLeast(score) {
    const kept = this.scores.given.filter((entry) => entry.score >= score);
    return {conversations: sum(kept, 'conversations'), tokens: sum(kept, 'tokens')};
  }

  /** The mean of the scores that were given; null if none was. */
  get meanScore() {
    const count = sum(this.scores.given, 'conversations');
    if (count === 0) return null;
    return this.scores.given.reduce((total, entry) => total + entry.score * entry.conversations, 0) / count;
  }

  /** What a limit of the file cuts off; null if the file does not say. */
  overLimit(limit) {
    const index = this.run.limits.indexOf(limit);
    if (index < 0 || this.over.length === 0) return null;
    const [conversations, tokensLost, assistantTokensLost] = this.over.slice(3 * index, 3 * index + 3);
    return {conversations, tokensLost, assistantTokensLost, ...this.#faults(index)};
  }

  /** What a limit costs beside tokens, each null where the file does not say. */
  #faults(index) {
    // One more is stored than there are, and 0 for what is not known.
    const [noTarget, endLost, promptOver, completionOver] =
      [0, 1, 2, 3].map((fault) => (unpack(this.#value('faults'))[4 * index + fault] || null)).map(
        (stored) => (stored === null ? null : stored - 1));
    return {noTarget, endLost, promptOver, completionOver};
  }

  /** The lines of a trainer's configuration; null if the page was made without. */
  get configuration() {
    return this.#report.configurations[this.#row] ?? null;
  }

  /** Tokens by kind; null if the file does not say. */
  get roles() {
    const packed = this.#value('roles');
    if (!packed) return null;
    const values = unpack(packed);
    return this.#report.roles.map((kind, index) => ({kind, tokens: values[index] ?? 0}));
  }

  get labels() {
    const values = unpack(this.#value('labels'));
    const labels = [];
    for (let index = 0; index + 2 < values.length; index += 3) {
      labels.push({
        label: this.#report.labels[values[index]],
        conversations: values[index + 1],
        tokens: values[index + 2],
      });
    }
    return labels;
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
  get columnGroups() {
    return Object.entries(this.#report.groups[this.#row] ?? {});
  }

  #path(table, column) {
    const index = this.#value(column);
    if (index === null) return null;
    const [before, after] = this.#report[table][index];
    return after === null ? before : before + this.name + after;
  }

  /** The picture's path from this page; null if none was drawn. */
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
  const report = {
    runs: raw.runs,
    bands: raw.bands,
    roles: raw.roles,
    ...raw.datasets,
    generator: raw.generator,
  };
  report.attributes = Object.keys(raw.datasets.columns).filter((column) => !OWN_COLUMNS.has(column));
  report.limits = [...new Set(raw.runs.flatMap((run) => run.limits))].sort((a, b) => a - b);
  report.list = Array.from({length: report.count}, (_, row) => new Dataset(report, row));
  report.byKey = new Map(report.list.map((dataset) => [dataset.key, dataset]));
  return report;
}
