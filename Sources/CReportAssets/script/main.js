// Start, and the one way from a change of state to the page.

const app = {
  report: null,
  state: NO_STATE,
  shown: [],
  domain: null,
  density: 12,
  listScroll: 0,
  isPrinting: false
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
  const listChanged = changed('q', 'models', 'type', 'scores', 'label', 'sort', 'descending', 'limit');
  if (listChanged) renderList();
  if (changed('marked')) renderMarks();
  const viewChanged = changed('view');
  for (const view of VIEWS) element(`view-${view}`).hidden = state.view !== view;
  element('filters').hidden = !['list', 'models'].includes(state.view);
  element('side-by-side').setAttribute('aria-pressed', state.view === 'models' ? 'true' : 'false');
  if (state.view === 'models' && (viewChanged || listChanged)) renderModels();
  if (state.view === 'detail' && (listChanged || changed('view', 'id', 'marked'))) {
    renderDetail(app.report.byKey.get(state.id));
  }
  if (state.view === 'compare' && (listChanged || changed('view', 'subjects'))) renderCompare();
  if (viewChanged && before !== null) arrive(before);
  document.title = pageTitle();
}

function pageTitle() {
  const heading = document.querySelector('.masthead h1').textContent;
  if (app.state.view === 'detail') return `${visible(app.state.id ?? '')} – ${heading}`;
  if (app.state.view === 'models') return `Models side by side – ${heading}`;
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
  const words = filterWords(app.state);
  element('shown').textContent = (app.shown.length === app.report.count ?
    `${grouped(app.report.count)} datasets` :
    `${grouped(app.shown.length)} of ${grouped(app.report.count)} datasets`) +
    (words ? ` · conversations with ${words}` : '') +
    (app.state.sort === NO_STATE.sort ? ` · ${notableWords()}` : '');
}

/** What the order of the rows means that no column's heading names. */
function notableWords() {
  const limit = activeLimit(app.state);
  return limit === null ? 'longest conversation first' : `most over ${grouped(limit)} first, then the longest`;
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
  for (const {key} of report.scales) {
    put(`filter-${key}`, state.scores[key]?.least ?? '');
    put(`filter-${key}-most`, state.scores[key]?.most ?? '');
  }
  element('filter-label').value = state.label === null ? '' : `=${state.label}`;
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
    'filter-type', report.types.map((type) => ({
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

/** Fields for the bounds of the scores of each scale, and one for the label. */
function makeFilterFields() {
  const {scales, labels, labelNames, types} = app.report;
  const fields = scales.map(({key, lowest, highest}) => {
    const name = key.startsWith('score') ? 'Score' : `${key[0].toUpperCase()}${key.slice(1)} score`;
    const bound = (side, id, words) => html('input', {
      type: 'number',
      id,
      min: lowest,
      max: highest,
      step: 1,
      placeholder: side === 'least' ? lowest : highest,
      'aria-label': `${name} ${words}`,
      oninput: (event) => setBound(key, side, event.target.value, {lowest, highest}),
    });
    return html(
      'fieldset', {class: 'field'}, html('legend', {}, name),
      html(
        'span', {class: 'choices'}, bound('least', `filter-${key}`, 'at least'), '–',
        bound('most', `filter-${key}-most`, 'at most')));
  });
  element('filter-limit').closest('.field').before(...fields);
  element('filter-label').replaceChildren(
    html('option', {value: ''}, 'any'),
    ...labelNames.map((label) => html('option', {value: `=${label}`}, visible(label === 'null' ? 'none' : label))));
  element('filter-label').closest('.field').hidden = labels.length < 2;
  element('filter-type').closest('.field').hidden = types.length < 2;
  element('filter-models').closest('.field').hidden = app.report.models.length < 2;
  element('side-by-side').hidden = app.report.models.length < 2;
}

function setBound(key, side, text, {lowest, highest}) {
  const value = Number.parseInt(text, 10);
  const bounds = {least: null, most: null, ...app.state.scores[key]};
  bounds[side] = Number.isNaN(value) ? null : clamp(value, lowest, highest);
  // While someone types the first of two digits, what is below the scale is no bound yet.
  if (value < lowest) bounds[side] = null;
  const {[key]: ignored, ...others} = app.state.scores;
  setState({scores: bounds.least === null && bounds.most === null ? others : {...others, [key]: bounds}});
}

function listen() {
  element('filters').addEventListener('submit', (event) => event.preventDefault());
  element('filter-name').addEventListener('input', (event) => setState({q: event.target.value}));
  element('filter-limit').addEventListener('change', (event) => setState({limit: Number(event.target.value)}));
  element('filter-label').addEventListener('change', (event) => {
    setState({label: event.target.value === '' ? null : event.target.value.slice(1)});
  });
  element('side-by-side').addEventListener('click', switchModelsView);
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
  window.addEventListener('resize', followWidth);
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

/** Paper is light and as wide as it is, whatever the window; a printed table has all its charts. */
function preparePrint() {
  app.themeOnScreen = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = 'light';
  app.isPrinting = true;
  repaint();
  fitView();
  if (app.state.view === 'list') drawAllSparklines();
}

function finishPrint() {
  if (app.themeOnScreen)
    document.documentElement.dataset.theme = app.themeOnScreen;
  else
    delete document.documentElement.dataset.theme;
  app.isPrinting = false;
  repaint();
  fitView();
}

let resizing = 0;
let widthSeen = window.innerWidth;
function followWidth() {
  // Phones change the height of the window while somebody scrolls.
  if (window.innerWidth === widthSeen) return;
  widthSeen = window.innerWidth;
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(fitView);
}

/** Draws anew what depends on the width of the window or the paper. */
function fitView() {
  if (app.state.view === 'models') renderModels();
  if (app.state.view === 'detail') redrawDetailCharts();
  if (app.state.view === 'compare') renderCompare();
}

/** The keys to the colors of the scores. */
function renderLegend() {
  const parts = app.report.scales.flatMap(
    ({key, bands}) =>
      [html('span', {class: 'legend-title'}, key.startsWith('score') ? 'scores' : `${key} scores`),
       ...[...bands.keys()].reverse().map(
         (band) => legendEntry(
           bands[band].filter((score, index) => score !== bands[band][index - 1]).join('–'), bandColor(band, bands))),
  ]);
  element('legend').replaceChildren(...(parts.length > 0 ? [...parts, legendEntry('none', 'score-none')] : []));
}

function legendEntry(label, color) {
  return html('span', {class: 'legend-entry'}, swatchOf(color), label);
}

/** 2026-11-29T05:23:33Z as 2026-11-29 05:23 UTC; anything else as it is. */
function readableTime(text) {
  return text.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d(\.\d+)?)?(Z|\+00:00)$/, '$1 $2 UTC');
}

function describeOrigin() {
  const files = app.report.runs.map((run) => {
    const parts = [
      run.file, run.mode && `count mode ${run.mode}`, run.timestamp && readableTime(run.timestamp),
      run.failed > 0 && `${grouped(run.failed)} failed`
    ];
    return html('span', {}, named(parts.filter(Boolean).join(' · ')));
  });
  element('origin').replaceChildren(...files);
}

/** The scales that all charts share: those that the page brings along, else what its datasets come to. */
function setScales() {
  const {sums, list} = app.report;
  if (sums) {
    const [low, high] = sums.domain;
    Object.assign(app, {domain: {low, high}, density: sums.density});
    return;
  }
  const {lengths} = pool(list.map((dataset) => dataset.whole));
  app.domain = lengths ? lengthDomain(lengths) : binnedDomain(list);
  app.density = densityScale(list);
}

/** Reads the lengths while nobody waits for anything, so that the first filter need not. */
function readAhead() {
  const {list} = app.report;
  let next = 0;
  const read = (deadline) => {
    while (next < list.length && deadline.timeRemaining() > 2) {
      void list[next].parts;
      next += 1;
    }
    if (next < list.length) requestIdleCallback(read);
  };
  requestIdleCallback(read);
}

function start() {
  restoreTheme();
  app.report = readReport(element('data').textContent);
  setScales();
  app.state = parseHash(location.hash, app.report);
  describeOrigin();
  renderLegend();
  observeSparklines();
  listKeys();
  makeFilterFields();
  listen();
  render(null);
  document.documentElement.dataset.ready = performance.now().toFixed(0);
  element('ready').textContent = `· ready after ${document.documentElement.dataset.ready} ms`;
  readAhead();
}

start();
