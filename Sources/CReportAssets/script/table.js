// The table of datasets. Rows are made once, in portions, and moved when they are sorted or filtered; their charts are
// drawn when they come near the window.

const FIRST_ROWS = 60;
/** Rows that are attached at once, and the milliseconds after which the page answers before more are. */
const NEXT_ROWS = 20;
const PORTION = 12;

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
    const until = performance.now() + PORTION;
    do attachRows(NEXT_ROWS);
    while (table.attached < table.shown.length && performance.now() < until);
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

/** Sorts by a column; numbers start with the largest, the same column again turns around, and once more leaves it. */
function sortBy(id) {
  const column = COLUMNS.find((each) => each.id === id);
  const first = Boolean(column.numeric) || id === 'score' || id === 'lengths';
  if (app.state.sort !== id) setState({sort: id, descending: first});
  else if (app.state.descending === first) setState({descending: !first});
  else setState({sort: NO_STATE.sort, descending: false});
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
    html('td', {class: 'pick'}, markBox(subjectKey(dataset), `mark ${visible(dataset.name)} to compare`)));
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
      table.observer.observe(cell);
      return cell;
    }
    case 'score': return html('td', {class: className}, scoreBarOf(dataset, state));
    default:
      return html('td', {class: className + (column.numeric ? '' : ' text')}, visible(column.text(dataset, state)));
  }
}

function scoreBarOf(dataset, state) {
  if (!dataset.scale) return MISSING;
  const parts = scoreParts(numbersOf(state, dataset).groups, 'conversations');
  return scoreBar(parts, scoreTitle(parts, 'conversations'));
}

function openOnClick(event, dataset) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
  event.preventDefault();
  openDetail(dataset);
}

/** Brings up to date what depends on the filters of conversations and the limit, in rows that were made before. */
function refreshRows(state) {
  const settings = JSON.stringify([state.scores, state.label, activeLimit(state)]);
  if (settings === table.settings) return;
  table.settings = settings;
  table.columns.forEach((column, index) => {
    for (const [dataset, row] of table.rows) {
      const cell = row.cells[index + 1];
      if (column.id === 'score') cell.replaceChildren(scoreBarOf(dataset, state));
      else if (column.numeric) cell.textContent = column.text(dataset, state);
    }
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
  if (!dataset.whole.bins || dataset.conversations === 0) return;
  let canvas = cell.firstElementChild;
  if (!canvas) {
    canvas = html('canvas', {role: 'img', 'aria-label': sparklineLabel(dataset)});
    cell.append(canvas);
  }
  drawSparkline(canvas, numbersOf(app.state, dataset), {domain: app.domain, scale: app.density});
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
    drawCell(cell);
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
