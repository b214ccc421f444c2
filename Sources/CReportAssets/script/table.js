// The table of datasets. Rows are made once, in portions, and moved when they are sorted or filtered; their charts are
// drawn when they come near the window.

const FIRST_ROWS = 80;
const NEXT_ROWS = 240;

const table = {
  rows: new Map(),
  attached: 0,
  current: -1,
  pending: 0,
  columns: [],
  settings: '',
  observer: null,
};

function renderTable(shown, state) {
  const columns = visibleColumns(state);
  const layout = columns.map(({id}) => id).join();
  if (layout !== table.layout) {
    table.layout = layout;
    table.columns = columns;
    table.rows.clear();
  }
  renderTableHead(state);
  refreshRows(state);
  const body = element('datasets').tBodies[0];
  table.shown = shown;
  table.attached = 0;
  body.replaceChildren();
  element('datasets').setAttribute('aria-rowcount', shown.length + 1);
  attachRows(FIRST_ROWS);
  cancelAnimationFrame(table.pending);
  const portion = () => {
    if (table.attached >= table.shown.length) return;
    attachRows(NEXT_ROWS);
    table.pending = requestAnimationFrame(portion);
  };
  table.pending = requestAnimationFrame(portion);
  markCurrent();
}

function attachRows(count) {
  const next = table.shown.slice(table.attached, table.attached + count);
  element('datasets').tBodies[0].append(...next.map((dataset, index) => {
    const row = rowOf(dataset);
    row.setAttribute('aria-rowindex', table.attached + index + 2);
    return row;
  }));
  table.attached += next.length;
}

/** Attaches every row, for printing and for jumps to the end. */
function attachAllRows() {
  attachRows(table.shown.length - table.attached);
}

function renderTableHead(state) {
  const head = html(
    'tr', {}, html('th', {scope: 'col', class: 'pick'}, html('span', {class: 'visually-hidden'}, 'mark to compare')));
  for (const column of table.columns) {
    const sorted = state.sort === column.id;
    const title = {over: `over ${grouped(activeLimit(state))} %`, lengths: axisTitle()}[column.id] ?? column.title;
    head.append(html(
      'th', {
        scope: 'col',
        class: `column-${column.id}${column.numeric ? '' : ' text'}`,
        'aria-sort': sorted ? (state.descending ? 'descending' : 'ascending') : 'none',
      },
      html(
        'button',
        {type: 'button', title: column.describes ?? null, 'data-sort': column.id, onclick: () => sortBy(column.id)},
        title)));
  }
  const tableHead = element('datasets').tHead;
  const focused = tableHead.contains(document.activeElement) ? document.activeElement.dataset.sort : null;
  tableHead.replaceChildren(head);
  if (focused) tableHead.querySelector(`[data-sort="${focused}"]`)?.focus();
}

/** Sorts by a column; numbers start with the largest, the same column again turns around. */
function sortBy(id) {
  const column = COLUMNS.find((each) => each.id === id);
  const descending =
    app.state.sort === id ? !app.state.descending : Boolean(column.numeric) || id === 'score' || id === 'lengths';
  setState({sort: id, descending});
}

function rowOf(dataset) {
  let row = table.rows.get(dataset);
  if (!row) {
    row = makeRow(dataset, app.state);
    table.rows.set(dataset, row);
  }
  return row;
}

function makeRow(dataset, state) {
  const row = html(
    'tr', {'data-key': dataset.key},
    html('td', {class: 'pick'}, markBox(subjectKey(dataset), `compare ${visible(dataset.name)}`)));
  for (const column of table.columns) row.append(cellOf(column, dataset, state));
  return row;
}

function cellOf(column, dataset, state) {
  const className = `column-${column.id}`;
  switch (column.id) {
    case 'name':
      return html(
        'th', {scope: 'row', class: className},
        html(
          'a', {
            href: formatHash({...NO_STATE, view: 'detail', id: dataset.key}),
            tabindex: -1,
            title: visible(dataset.name),
            onclick: (event) => openOnClick(event, dataset),
          },
          named(dataset.label)),
        dataset.templateErrors.length > 0 ?
          html('span', {class: 'warning', title: 'rows failed in the chat template'}, ' !') :
          null);
    case 'model':
      return html('td', {class: className}, modelName(dataset.model));
    case 'lengths': {
      const cell = html('td', {class: className});
      if (dataset.hasBins && dataset.conversations > 0) table.observer.observe(cell);
      return cell;
    }
    case 'score': {
      if (dataset.bands.length === 0) return html('td', {class: className}, MISSING);
      const parts = scoreParts(scoreGroups(dataset), 'conversations');
      const mean = dataset.meanScore === null ? MISSING : fixed(dataset.meanScore, (dataset.highestScore ?? 0) > 10 ? 0 : 2);
      return html(
        'td', {class: className}, scoreBar(parts, scoreTitle(parts, 'conversations')),
        html('span', {class: 'mean-score', title: 'mean score'}, mean));
    }
    default:
      return html('td', {class: className + (column.numeric ? '' : ' text')}, visible(column.text(dataset, state)));
  }
}

/** The conversations by band, without unpacking any bins. */
function scoreGroups(dataset) {
  const bands = dataset.bands.map(
    ([lowest, highest], band) => ({
      label: lowest === highest ? String(lowest) : `${lowest}–${highest}`,
      lowest,
      band,
      conversations:
        sum(dataset.scores.given.filter(({score}) => lowest <= score && score <= highest), 'conversations'),
    }));
  return [
    ...bands, {label: 'none', lowest: null, band: bands.length, conversations: dataset.scores.none.conversations}
  ];
}

function openOnClick(event, dataset) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
  event.preventDefault();
  openDetail(dataset);
}

/** Brings up to date what depends on the thresholds and the limit, in rows that were made before. */
function refreshRows(state) {
  const settings = [JSON.stringify(state.thresholds), activeLimit(state)].join();
  if (settings === table.settings) return;
  table.settings = settings;
  table.columns.forEach((column, index) => {
    if (!column.changes) return;
    for (const [dataset, row] of table.rows) row.cells[index + 1].textContent = column.text(dataset, state);
  });
  redrawSparklines();
}

function observeSparklines() {
  table.observer = new IntersectionObserver((entries) => {
    for (const {isIntersecting, target} of entries) {
      if (isIntersecting) drawCell(target);
    }
  }, {rootMargin: '400px'});
}

function drawCell(cell) {
  const dataset = app.report.byKey.get(cell.parentElement?.dataset.key);
  if (!dataset) return;
  table.observer.unobserve(cell);
  let canvas = cell.firstElementChild;
  if (!canvas) {
    canvas = html('canvas', {role: 'img', 'aria-label': sparklineLabel(dataset)});
    cell.append(canvas);
  }
  drawSparkline(canvas, dataset.groups, {
    edges: dataset.edges,
    domain: app.domain,
    scale: app.density,
    conversations: dataset.conversations,
    threshold: thresholdOf(app.state, dataset),
    median: dataset.length?.p50 ?? 0,
  });
}

function sparklineLabel({length}) {
  return length ? `lengths ${grouped(length.min)} to ${grouped(length.max)}, half of them ${grouped(length.p25)} to ${
                    grouped(length.p75)}` :
                  'length histogram';
}

function redrawSparklines() {
  for (const canvas of element('datasets').querySelectorAll('canvas')) drawCell(canvas.parentElement);
}

/** Draws the charts of all rows, near the window or not. */
function drawAllSparklines() {
  attachAllRows();
  for (const cell of element('datasets').querySelectorAll('td.column-lengths:empty')) {
    const dataset = app.report.byKey.get(cell.parentElement.dataset.key);
    if (dataset.hasBins && dataset.conversations > 0) drawCell(cell);
  }
}

/** Moves the current row, which the keys work on. */
function moveTo(index, {focus = true} = {}) {
  if (table.shown.length === 0) return;
  const target = clamp(index, 0, table.shown.length - 1);
  if (target >= table.attached) attachAllRows();
  table.current = target;
  markCurrent();
  const link = rowOf(table.shown[target]).querySelector('a');
  if (focus) {
    link.focus({preventScroll: true});
    link.closest('tr').scrollIntoView({block: 'nearest'});
  }
}

function markCurrent() {
  const body = element('datasets').tBodies[0];
  for (const row of body.querySelectorAll('tr.current')) {
    row.classList.remove('current');
    row.querySelector('a').tabIndex = -1;
  }
  if (table.shown.length === 0) return;
  table.current = Math.min(table.current, table.shown.length - 1);
  const row = rowOf(table.shown[Math.max(table.current, 0)]);
  // One row is always reachable with Tab; it is highlighted only once the keys or a click chose it.
  row.querySelector('a').tabIndex = 0;
  if (table.current >= 0) row.classList.add('current');
}
