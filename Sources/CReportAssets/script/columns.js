// The columns of the table. `value` is what a column sorts by, `text` what it shows; both follow the filters.

const LENGTH_COLUMNS = [['p50', 'median'], ['p95', 'p95'], ['p99', 'p99'], ['max', 'longest']];

const COLUMNS = [
  {id: 'name', title: 'dataset', value: (dataset) => dataset.label.toLowerCase()},
  {id: 'model', title: 'model', value: (dataset) => dataset.model},
  {id: 'type', title: 'type', value: (dataset) => dataset.type, text: (dataset) => dataset.type},
  {id: 'file', title: 'file', value: (dataset) => dataset.run.file, text: (dataset) => dataset.run.file},
  count('conversations', 'conv.', (numbers) => numbers.conversations, 'conversations'),
  {
    id: 'kept',
    title: 'kept %',
    numeric: true,
    describes: 'share of the dataset’s conversations that the filters keep',
    value: (dataset, state) => keptShare(dataset, numbersOf(state, dataset)),
    text: (dataset, state) => percent(numbersOf(state, dataset).conversations, dataset.conversations),
  },
  count('tokens', 'tokens', (numbers) => numbers.tokens),
  {
    id: 'lengths',
    title: 'lengths',
    describes: 'length histogram, log scale, stacked by score; the line is the median. Sorts by the spread p95 / p5',
    value(dataset, state) {
      const {length} = numbersOf(state, dataset);
      return length && length.p5 > 0 ? length.p95 / length.p5 : null;
    },
  },
  ...LENGTH_COLUMNS.map(
    ([key, title]) => count(
      key, title, (numbers) => (numbers.length && enough(key, numbers.conversations) ? numbers.length[key] : null),
      `${title} length in tokens`)),
  {
    id: 'mean',
    title: 'mean',
    numeric: true,
    describes: 'mean length in tokens',
    value: (dataset, state) => numbersOf(state, dataset).mean,
    text(dataset, state) {
      const {mean} = numbersOf(state, dataset);
      return mean === null ? MISSING : grouped(Math.round(mean));
    },
  },
  {
    id: 'over',
    title: 'over limit',
    numeric: true,
    describes: 'conversations longer than the limit, in percent',
    value: (dataset, state) => share(numbersOf(state, dataset), (cut) => cut.conversations, state),
    text(dataset, state) {
      const numbers = numbersOf(state, dataset);
      const cut = numbers.over(activeLimit(state));
      return cut ? overText(cut.conversations, numbers.conversations) : MISSING;
    },
  },
  fault('noTarget', 'no target', 'conversations without anything to train on within the limit'),
  fault('endLost', 'end lost', 'conversations whose last end of turn lies beyond the limit'),
  {
    id: 'score',
    title: 'scores',
    describes: 'conversations by score, highest left. Sorts by the mean score as a share of the highest possible one',
    value(dataset, state) {
      const mean = numbersOf(state, dataset).meanScore;
      return mean === null || !dataset.highestScore ? null : mean / dataset.highestScore;
    },
  },
  {
    id: 'meanScore',
    title: 'mean score',
    numeric: true,
    describes: 'mean of the scores, and the highest possible one',
    value: (dataset, state) => (dataset.scale ? numbersOf(state, dataset).meanScore : null),
    text(dataset, state) {
      const mean = dataset.scale ? numbersOf(state, dataset).meanScore : null;
      return mean === null ? MISSING : `${fixed(mean, dataset.highestScore > 10 ? 0 : 2)} of ${dataset.highestScore}`;
    },
  },
];

function count(id, title, value, describes = title) {
  const valueOf = (dataset, state) => value(numbersOf(state, dataset));
  return {
    id, title, describes, numeric: true, value: valueOf, text: (dataset, state) => grouped(valueOf(dataset, state))
  };
}

/** A column of conversations that the limit spoils. */
function fault(id, title, describes) {
  const valueOf = (dataset, state) => numbersOf(state, dataset).over(activeLimit(state))?.[id] ?? null;
  return {
    id, title, describes, numeric: true, value: valueOf, text: (dataset, state) => grouped(valueOf(dataset, state))
  };
}

function share(numbers, part, state) {
  const cut = numbers.over(activeLimit(state));
  return cut && numbers.conversations > 0 ? part(cut) / numbers.conversations : null;
}

function keptShare(dataset, {conversations}) {
  return conversations === null || dataset.conversations === 0 ? null : conversations / dataset.conversations;
}

/** Small shares over a limit matter: they get a second decimal. */
function overText(part, whole) {
  return percent(part, whole, part > 0 && part / whole < 0.001 ? 2 : 1);
}

/** The limit that the page shows: the chosen one, else the lowest, which cuts most. */
function activeLimit(state) {
  return state.limit ?? app.report.limits[0] ?? null;
}

/** Whether any dataset has such a fault at the limit, where the limit's excess alone does not say it. */
function hasFault(id, state) {
  return app.report.list.some((dataset) => {
    const cut = dataset.whole.over(activeLimit(state));
    return cut && cut[id] > 0 && (id !== 'endLost' || cut.endLost !== cut.conversations);
  });
}

/** The columns that a state shows. */
function visibleColumns(state) {
  const {report} = app;
  return COLUMNS.filter(({id}) => {
    switch (id) {
      case 'kept': return filtersRows(state);
      // What says least makes room.
      case 'mean': return !filtersRows(state);
      case 'type': return report.types.length > 1;
      case 'file': return report.runs.length > 1;
      case 'over': return report.limits.length > 0;
      case 'noTarget':
      case 'endLost': return report.limits.length > 0 && hasFault(id, state);
      case 'score':
      case 'meanScore': return report.scales.length > 0;
      default: return true;
    }
  });
}
