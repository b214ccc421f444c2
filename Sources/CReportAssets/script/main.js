// Start, and the one way from a change of state to the page.

const app = {
  report: null,
  state: NO_STATE,
  shown: [],
  domain: null,
  density: 12,
  listScroll: 0
};

/** Changes the state, the URL and the page. A pushed state can be left with the browser's Back. */
function setState(changes, {push = false} = {}) {
  const before = app.state;
  app.state = {...before, ...changes};
  if (push && before.view === 'list') app.listScroll = window.scrollY;
  const hash = formatHash(app.state);
  if (push)
    history.pushState(null, '', hash);
  else
    history.replaceState(null, '', hash);
  render(before);
}

function render(before) {
  const {state} = app;
  const changed = (...names) => before === null || names.some((name) => before[name] !== state[name]);
  if (changed('q', 'models', 'type', 'thresholds', 'sort', 'descending', 'limit')) renderList();
  if (changed('marked')) renderMarks();
  const viewChanged = changed('view');
  for (const view of ['list', 'detail', 'compare']) element(`view-${view}`).hidden = state.view !== view;
  if (state.view === 'detail' && changed('view', 'id', 'limit', 'marked')) renderDetail(app.report.byKey.get(state.id));
  if (state.view === 'compare' && changed('view', 'subjects')) renderCompare();
  if (viewChanged && before !== null) arrive(before);
  document.title = pageTitle();
}

function pageTitle() {
  const heading = document.querySelector('.masthead h1').textContent;
  if (app.state.view === 'detail') return `${visible(app.state.id ?? '')} – ${heading}`;
  return app.state.view === 'compare' ? `Comparison – ${heading}` : heading;
}

/** Puts the focus where a change of view leads. */
function arrive(before) {
  if (app.state.view === 'list') {
    const opened = app.shown.indexOf(app.report.byKey.get(before.id));
    window.scrollTo(0, app.listScroll);
    if (opened >= 0) moveTo(opened);
  } else {
    window.scrollTo(0, 0);
    element(`${app.state.view}-heading`).focus({preventScroll: true});
  }
}

function renderList() {
  const problem = element('filter-problem');
  const name = element('filter-name');
  problem.textContent = '';
  name.removeAttribute('aria-invalid');
  try {
    app.shown = select(app.report, app.state);
  } catch (error) {
    problem.textContent = `Not a regular expression: ${error.message}`;
    name.setAttribute('aria-invalid', 'true');
    return;
  }
  renderFilters();
  renderOverview(app.shown, app.state);
  renderTable(app.shown, app.state);
  element('nothing').hidden = app.shown.length > 0;
  element('shown').textContent = app.shown.length === app.report.count ?
    `${grouped(app.report.count)} datasets` :
    `${grouped(app.shown.length)} of ${grouped(app.report.count)} datasets`;
}

function renderMarks() {
  const {marked} = app.state;
  for (const box of document.querySelectorAll('input[data-mark]')) box.checked = marked.includes(box.dataset.mark);
  const button = element('compare-open');
  button.disabled = marked.length === 0;
  button.textContent = marked.length > 0 ? `Compare (${marked.length})` : 'Compare';
}

function openDetail(dataset, {replace = false} = {}) {
  setState({view: 'detail', id: dataset.key}, {push: !replace});
}

function closeView() {
  setState({view: 'list'}, {push: true});
}

function resetFilters() {
  const {sort, descending, marked, limit} = app.state;
  setState({...NO_STATE, sort, descending, marked, limit});
}

function renderFilters() {
  const {state, report} = app;
  const put = (id, value) => {
    const field = element(id);
    if (field !== document.activeElement || field.value === '' || value === '') field.value = value;
  };
  put('filter-name', state.q);
  for (const type of scoredTypes()) put(`filter-${type}`, state.thresholds[type] ?? '');
  const limit = element('filter-limit');
  limit.replaceChildren(
    ...report.limits.map((value) => html('option', {value, selected: value === activeLimit(state)}, grouped(value))));
  limit.closest('.field').hidden = report.limits.length === 0;
  renderChoices(
    'filter-models',
    report.models.map((model) => ({
                        content: modelName(model),
                        pressed: state.models.includes(model),
                        choose: () => setState({
                          models: state.models.includes(model) ? state.models.filter((each) => each !== model) :
                                                                 [...state.models, model]
                        }),
                      })));
  renderChoices(
    'filter-type', Object.keys(report.bands).map((type) => ({
                                                   content: `${type}s`,
                                                   pressed: state.type === type,
                                                   choose: () => setState({type: state.type === type ? '' : type}),
                                                 })));
}

function renderChoices(id, choices) {
  const holder = element(id);
  const focused = [...holder.children].indexOf(document.activeElement);
  holder.replaceChildren(...choices.map(
    ({content, pressed, choose}) =>
      html('button', {type: 'button', 'aria-pressed': pressed ? 'true' : 'false', onclick: choose}, content)));
  if (focused >= 0) holder.children[focused]?.focus();
}

/** The types whose scores follow a scale. */
function scoredTypes() {
  return Object.keys(app.report.bands).filter((type) => scoreRange(app.report, type) !== null);
}

/** A field for the score threshold of each type. */
function makeThresholdFields() {
  const fields = scoredTypes().map((type) => {
    const {lowest, highest} = scoreRange(app.report, type);
    const choose = (event) => {
      const value = Number.parseInt(event.target.value, 10);
      const threshold = value >= lowest ? Math.min(value, highest) : null;
      setState({thresholds: {...app.state.thresholds, [type]: threshold}});
    };
    return html(
      'label', {class: 'field'}, html('span', {}, `${type[0].toUpperCase()}${type.slice(1)} score ≥`),
      html('input', {
        type: 'number',
        id: `filter-${type}`,
        min: lowest,
        max: highest,
        step: 1,
        placeholder: 'any',
        oninput: choose
      }));
  });
  element('filter-limit').closest('.field').before(...fields);
}

function listen() {
  element('filters').addEventListener('submit', (event) => event.preventDefault());
  element('filter-name').addEventListener('input', (event) => setState({q: event.target.value}));
  element('filter-limit').addEventListener('change', (event) => setState({limit: Number(event.target.value)}));
  element('reset').addEventListener('click', resetFilters);
  element('nothing-reset').addEventListener('click', resetFilters);
  element('compare-open').addEventListener('click', compareMarked);
  element('save-tsv')
    .addEventListener(
      'click', () => save('datasets.tsv', 'text/tab-separated-values', tabSeparated(app.shown, app.state)));
  element('save-json')
    .addEventListener('click', () => save('datasets.json', 'application/json', jsonRows(app.shown, app.state)));
  element('theme').addEventListener('click', switchTheme);
  element('help-open').addEventListener('click', () => element('help').showModal());
  document.addEventListener('keydown', handleKey);
  for (const name of ['hashchange', 'popstate']) window.addEventListener(name, followHash);
  window.addEventListener('beforeprint', preparePrint);
  window.addEventListener('afterprint', finishPrint);
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
  window.addEventListener('resize', redrawCharts);
  new ResizeObserver(([{target}]) => {
    document.documentElement.style.setProperty(
      '--filters-height', getComputedStyle(target).position === 'sticky' ? `${target.offsetHeight}px` : '0px');
  }).observe(element('filters'));
}

/** Takes the state from the URL, where a link or the browser's history changed it. */
function followHash() {
  if (location.hash === formatHash(app.state) || (location.hash === '' && formatHash(app.state) === '#')) return;
  if (location.hash === '#datasets') return;
  const before = app.state;
  if (before.view === 'list') app.listScroll = window.scrollY;
  app.state = parseHash(location.hash, app.report);
  render(before);
}

function switchTheme() {
  document.documentElement.dataset.theme = theme.isDark ? 'light' : 'dark';
  try {
    localStorage.setItem('tokenstats-theme', document.documentElement.dataset.theme);
  } catch {
    // Without storage the choice holds for this visit.
  }
  repaint();
}

function restoreTheme() {
  try {
    const stored = localStorage.getItem('tokenstats-theme');
    if (['light', 'dark'].includes(stored)) document.documentElement.dataset.theme = stored;
  } catch {
    // Without storage the system's choice holds.
  }
}

/** Canvases hold pixels of the theme they were drawn in. */
function repaint() {
  theme.forget();
  redrawSparklines();
}

/** Paper is light, and a printed table has all its charts. */
function preparePrint() {
  app.themeOnScreen = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = 'light';
  repaint();
  if (app.state.view === 'list') drawAllSparklines();
}

function finishPrint() {
  if (app.themeOnScreen)
    document.documentElement.dataset.theme = app.themeOnScreen;
  else
    delete document.documentElement.dataset.theme;
  repaint();
}

let resizing = 0;
function redrawCharts() {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(() => {
    if (app.state.view === 'detail') renderDetail(app.report.byKey.get(app.state.id));
    if (app.state.view === 'compare') renderCompare();
  });
}

/** The keys to the colors of the scores. */
function renderLegend() {
  const parts = scoredTypes()
                  .map((type) => [type, app.report.bands[type]])
                  .flatMap(
                    ([type, bands]) =>
                      [html('span', {class: 'legend-title'}, `${type} scores`),
                       ...[...bands.keys()].reverse().map(
                         (band) => legendEntry(
                           bands[band].filter((score, index) => score !== bands[band][index - 1]).join('–'),
                           bandColor(band, bands))),
  ]);
  element('legend').replaceChildren(...parts, legendEntry('none', 'score-none-bar'));
}

function legendEntry(label, color) {
  const swatch = html('span', {class: 'swatch', 'aria-hidden': 'true'});
  swatch.style.setProperty('background', `var(--${color})`);
  return html('span', {class: 'legend-entry'}, swatch, label);
}

function describeOrigin() {
  const files = app.report.runs.map((run) => {
    const parts = [
      run.file, run.mode && `count mode ${run.mode}`, run.timestamp,
      run.errors.length > 0 && `${grouped(run.errors.length)} failed`
    ];
    return html('span', {}, named(parts.filter(Boolean).join(' · ')));
  });
  element('origin').replaceChildren(...files);
}

function start() {
  restoreTheme();
  app.report = readReport(element('data').textContent);
  const everything = poolBins(app.report.list);
  app.domain = lengthDomain(everything);
  app.density = densityScale(app.report.list);
  app.state = parseHash(location.hash, app.report);
  describeOrigin();
  renderLegend();
  observeSparklines();
  listKeys();
  makeThresholdFields();
  listen();
  render(null);
  document.documentElement.dataset.ready = performance.now().toFixed(0);
  element('ready').textContent = `· ready after ${document.documentElement.dataset.ready} ms`;
}

start();
