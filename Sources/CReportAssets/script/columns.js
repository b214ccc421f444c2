// The columns of the table. `value` is what a column sorts by (null: not known), `text` what it shows.

const LENGTH_COLUMNS = [['p50', 'median'], ['p95', 'p95'], ['p99', 'p99'], ['max', 'longest']];

const COLUMNS = [
  {id: 'name', title: 'dataset', value: (dataset) => dataset.label.toLowerCase()},
  {id: 'model', title: 'model', value: (dataset) => dataset.model},
  {id: 'type', title: 'type', value: (dataset) => dataset.type, text: (dataset) => dataset.type},
  {id: 'file', title: 'file', value: (dataset) => dataset.run.file, text: (dataset) => dataset.run.file},
  count('conversations', 'conv.', (dataset) => dataset.conversations, 'conversations'),
  count('tokens', 'tokens', (dataset) => dataset.tokens),
  {
    ...count(
      'kept', 'kept conv.', (dataset, state) => kept(state, dataset).conversations,
      'conversations at or above the score threshold'),
    changes: true,
  },
  {
    ...count(
      'keptTokens', 'kept tokens', (dataset, state) => kept(state, dataset).tokens,
      'tokens of the conversations at or above the score threshold'),
    changes: true,
  },
  {
    id: 'lengths',
    title: 'lengths',
    describes: 'length histogram, log scale, stacked by score; the line is the median. Sorts by the spread p95 / p5',
    value: (dataset) => (dataset.length && dataset.length.p5 > 0 ? dataset.length.p95 / dataset.length.p5 : null),
  },
  ...LENGTH_COLUMNS.map(
    ([key, title]) => count(
      key, title, (dataset) => (dataset.length && enough(key, dataset.conversations) ? dataset.length[key] : null),
      `${title} length in tokens`)),
  {
    id: 'mean',
    title: 'mean',
    numeric: true,
    describes: 'mean length in tokens',
    value: (dataset) => dataset.mean,
    text: (dataset) => (dataset.mean === null ? MISSING : grouped(Math.round(dataset.mean))),
  },
  {
    id: 'over',
    title: 'over limit',
    numeric: true,
    changes: true,
    describes: 'conversations longer than the limit, in percent',
    value(dataset, state) {
      const cut = dataset.overLimit(activeLimit(state));
      return cut && dataset.conversations > 0 ? cut.conversations / dataset.conversations : null;
    },
    text(dataset, state) {
      const cut = dataset.overLimit(activeLimit(state));
      return cut ? overText(cut.conversations, dataset.conversations) : MISSING;
    },
  },
  {
    id: 'score',
    title: 'scores',
    describes: 'conversations by score, highest left. Sorts by the mean score as a share of the highest possible one',
    value: (dataset) =>
      (dataset.meanScore === null || !dataset.highestScore ? null : dataset.meanScore / dataset.highestScore),
  },
];

function count(id, title, value, describes = title) {
  return {id, title, describes, numeric: true, value, text: (dataset, state) => short(value(dataset, state), 100000)};
}

/** Small shares over a limit matter: they get a second decimal. */
function overText(part, whole) {
  return percent(part, whole, part > 0 && part / whole < 0.001 ? 2 : 1);
}

/** The limit that the page shows: the chosen one, else the middle one of the files. */
function activeLimit(state) {
  const {limits} = app.report;
  return state.limit ?? limits[Math.floor(limits.length / 2)] ?? null;
}

/** The columns that a state shows. */
function visibleColumns(state) {
  const filtersScores = hasThreshold(state);
  return COLUMNS.filter(({id}) => {
    if (id === 'kept' || id === 'keptTokens') return filtersScores;
    // Two columns more push out the two that say least.
    if (id === 'mean' || id === 'p99') return !filtersScores;
    if (id === 'file') return app.report.runs.length > 1;
    if (id === 'over') return app.report.limits.length > 0;
    return true;
  });
}
