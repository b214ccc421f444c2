// What the page shows, kept in the URL's hash, so that a link to the page is a link to the state it shows.

const NO_STATE = Object.freeze({
  view: 'list',
  id: null,
  subjects: [],
  q: '',
  models: [],
  type: '',
  scores: Object.freeze({}),
  label: null,
  limit: null,
  sort: 'notable',
  descending: false,
  marked: [],
});

const VIEWS = ['list', 'models', 'detail', 'compare'];

/** Parses a hash; what is unknown or malformed in it is left at its default. */
function parseHash(hash, report) {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const sort = parameters.get('sort') ?? '';
  const column = sort.replace(/^-/, '');
  const limit = Number.parseInt(parameters.get('limit') ?? '', 10);
  const view = parameters.get('view');
  const label = parameters.get('label');
  return {
    view: VIEWS.includes(view) ? view : 'list',
    id: parameters.get('id'),
    subjects: parameters.getAll('subject').filter((key) => findSubject(report, key) !== null),
    q: parameters.get('q') ?? '',
    models: parameters.getAll('model').filter((model) => report.models.includes(model)),
    type: report.types.includes(parameters.get('type')) ? parameters.get('type') : '',
    scores: parseScores(parameters, report),
    label: report.labels.includes(label) ? label : null,
    limit: report.limits.includes(limit) ? limit : null,
    sort: COLUMNS.some(({id}) => id === column) ? column : NO_STATE.sort,
    descending: sort.startsWith('-'),
    marked: parameters.getAll('mark').filter((key) => findSubject(report, key) !== null),
  };
}

/** The bounds of scores, by the key of their scale: `role=2` is the lowest that is kept, `role-most=2` the highest. */
function parseScores(parameters, report) {
  const scores = {};
  for (const {key, lowest, highest} of report.scales) {
    const bound = (name) => {
      const value = Number.parseInt(parameters.get(name) ?? '', 10);
      return value >= lowest && value <= highest ? value : null;
    };
    const [least, most] = [bound(key), bound(`${key}-most`)];
    if (least !== null || most !== null) scores[key] = {least, most};
  }
  return scores;
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
  for (const key of Object.keys(state.scores).sort()) {
    const {least, most} = state.scores[key];
    if (least !== null) parameters.set(key, least);
    if (most !== null) parameters.set(`${key}-most`, most);
  }
  if (state.label !== null) parameters.set('label', state.label);
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

/** What a state keeps of a dataset: scores are those of its own scale. */
function filterOf(state, dataset) {
  return new Filter({...(dataset.scale ? state.scores[dataset.scale.key] : null), label: state.label});
}

/** The numbers of a dataset in a state. */
function numbersOf(state, dataset) {
  return dataset.numbers(filterOf(state, dataset));
}

/** Whether conversations are filtered, by score or label. */
function filtersRows(state) {
  return state.label !== null || Object.keys(state.scores).length > 0;
}

/** The datasets that pass the filters, sorted; throws if the name pattern is no regular expression. */
function select(report, state) {
  const matches = namePattern(state.q);
  const shown = report.list.filter(
    (dataset) => (state.models.length === 0 || state.models.includes(dataset.model)) &&
      (state.type === '' || dataset.type === state.type) && matches(dataset) && keepsAny(state, dataset));
  return sortDatasets(shown, state);
}

function keepsAny(state, dataset) {
  const filter = filterOf(state, dataset);
  return filter.isOpen || dataset.numbers(filter).conversations !== 0;
}

function sortDatasets(datasets, state) {
  const column = COLUMNS.find(({id}) => id === state.sort);
  const keyed = datasets.map((dataset) => ({dataset, key: column ? column.value(dataset, state) : null}));
  const direction = state.descending ? -1 : 1;
  const order = column ? undefined : new Map(datasets.map((dataset) => [dataset, notable(dataset, state)]));
  keyed.sort((a, b) => {
    if (order) return compareNotable(order.get(a.dataset), order.get(b.dataset)) || a.dataset.index - b.dataset.index;
    // What is not known comes last in both directions.
    if (a.key === null || b.key === null)
      return (a.key === null) - (b.key === null) || a.dataset.index - b.dataset.index;
    const difference = typeof a.key === 'string' ? compareText(a.key, b.key) : a.key - b.key;
    return difference * direction || a.dataset.index - b.dataset.index;
  });
  return keyed.map(({dataset}) => dataset);
}

/**
 * What is most worth seeing, greatest first: rows that failed, the share that the limit cuts, the longest conversation.
 * Filtered copies come after everything else.
 */
function notable(dataset, state) {
  const numbers = numbersOf(state, dataset);
  const cut = numbers.over(activeLimit(state));
  return [
    dataset.original === null ? 1 : 0,
    dataset.templateErrors.reduce((total, [, rows]) => total + rows, 0),
    cut && numbers.conversations > 0 ? cut.conversations / numbers.conversations : 0,
    numbers.length?.max ?? 0,
  ];
}

function compareNotable(a, b) {
  const place = a.findIndex((value, index) => value !== b[index]);
  return place < 0 ? 0 : b[place] - a[place];
}

function compareText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
