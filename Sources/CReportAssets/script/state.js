// What the page shows, kept in the URL's hash, so that a link to the page is a link to the state it shows.

const NO_STATE = Object.freeze({
  view: 'list',
  id: null,
  subjects: [],
  q: '',
  models: [],
  type: '',
  thresholds: Object.freeze({}),
  limit: null,
  sort: 'name',
  descending: false,
  marked: [],
});

/** Parses a hash; what is unknown or malformed in it is left at its default. */
function parseHash(hash, report) {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const sort = parameters.get('sort') ?? '';
  const column = sort.replace(/^-/, '');
  const limit = Number.parseInt(parameters.get('limit') ?? '', 10);
  const view = parameters.get('view');
  return {
    view: ['detail', 'compare'].includes(view) ? view : 'list',
    id: parameters.get('id'),
    subjects: parameters.getAll('subject').filter((key) => subjectExists(report, key)).slice(0, MOST_SUBJECTS),
    q: parameters.get('q') ?? '',
    models: parameters.getAll('model').filter((model) => report.models.includes(model)),
    type: report.bands[parameters.get('type')] ? parameters.get('type') : '',
    thresholds: parseThresholds(parameters, report),
    limit: report.limits.includes(limit) ? limit : null,
    sort: COLUMNS.some(({id}) => id === column) ? column : NO_STATE.sort,
    descending: sort.startsWith('-'),
    marked: parameters.getAll('mark').filter((key) => subjectExists(report, key)).slice(0, MOST_SUBJECTS),
  };
}

/** The lowest and the highest score of a type; null if its scores follow no scale. */
function scoreRange(report, type) {
  const bands = report.bands[type];
  return bands.length > 0 ? {lowest: bands[0][0], highest: bands[bands.length - 1][1]} : null;
}

/** The score thresholds by type. */
function parseThresholds(parameters, report) {
  const thresholds = {};
  for (const type of Object.keys(report.bands)) {
    const range = scoreRange(report, type);
    const value = Number.parseInt(parameters.get(type) ?? '', 10);
    if (range && value >= range.lowest && value <= range.highest) thresholds[type] = value;
  }
  return thresholds;
}

/** The hash of a state; what is at its default is left out. */
function formatHash(state) {
  const parameters = new URLSearchParams();
  if (state.view !== 'list') parameters.set('view', state.view);
  if (state.view === 'detail' && state.id !== null) parameters.set('id', state.id);
  if (state.view === 'compare') state.subjects.forEach((key) => parameters.append('subject', key));
  if (state.q) parameters.set('q', state.q);
  state.models.forEach((model) => parameters.append('model', model));
  if (state.type) parameters.set('type', state.type);
  for (const type of Object.keys(state.thresholds).sort()) {
    if (state.thresholds[type] !== null) parameters.set(type, state.thresholds[type]);
  }
  if (state.limit !== null) parameters.set('limit', state.limit);
  if (state.sort !== NO_STATE.sort || state.descending) {
    parameters.set('sort', (state.descending ? '-' : '') + state.sort);
  }
  state.marked.forEach((key) => parameters.append('mark', key));
  return `#${parameters}`;
}

/** A test of names: words, of which `-word` excludes, `*` and `?` as in file names, or a /regular expression/. */
function namePattern(text) {
  const trimmed = text.trim();
  // The closing slash may still be missing: someone is typing it.
  const expression = /^\/(.*?)\/?$/s.exec(trimmed);
  if (expression) {
    const compiled = new RegExp(expression[1], 'iu');
    return (dataset) => compiled.test(dataset.name);
  }
  const tests = trimmed.toLowerCase().split(/\s+/).filter((word) => word !== '' && word !== '-').map((word) => {
    const excludes = word.startsWith('-');
    const wanted = excludes ? word.slice(1) : word;
    const matches = /[*?]/.test(wanted) ? wildcard(wanted) : (dataset) => dataset.searchText.includes(wanted);
    return (dataset) => matches(dataset) !== excludes;
  });
  return (dataset) => tests.every((test) => test(dataset));
}

function wildcard(pattern) {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  const compiled = new RegExp(`^${source}$`, 'isu');
  return (dataset) => compiled.test(dataset.name) || compiled.test(dataset.subject);
}

/** The score threshold that applies to a dataset; null if none does. */
function thresholdOf(state, dataset) {
  return state.thresholds[dataset.type] ?? null;
}

/** Whether any score threshold is set. */
function hasThreshold(state) {
  return Object.values(state.thresholds).some((threshold) => threshold !== null);
}

/** The conversations and tokens of a dataset that the thresholds keep. */
function kept(state, dataset) {
  const threshold = thresholdOf(state, dataset);
  return threshold === null ? dataset : dataset.atLeast(threshold);
}

/** The datasets that pass the filters, sorted; throws if the name pattern is no regular expression. */
function select(report, state) {
  const matches = namePattern(state.q);
  const shown = report.list.filter(
    (dataset) => (state.models.length === 0 || state.models.includes(dataset.model)) &&
      (state.type === '' || dataset.type === state.type) && matches(dataset) &&
      (thresholdOf(state, dataset) === null || kept(state, dataset).conversations > 0));
  return sortDatasets(shown, state);
}

function sortDatasets(datasets, state) {
  const column = COLUMNS.find(({id}) => id === state.sort) ?? COLUMNS[0];
  const keyed = datasets.map((dataset) => ({dataset, key: column.value(dataset, state)}));
  const direction = state.descending ? -1 : 1;
  keyed.sort((a, b) => {
    // What is not known comes last in both directions.
    if (a.key === null || b.key === null)
      return (a.key === null) - (b.key === null) || a.dataset.index - b.dataset.index;
    const order = typeof a.key === 'string' ? compareText(a.key, b.key) : a.key - b.key;
    return order * direction || a.dataset.index - b.dataset.index;
  });
  return keyed.map(({dataset}) => dataset);
}

function compareText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
