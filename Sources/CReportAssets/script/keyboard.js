// Keys. They are listed in the page's own help.

const KEYS = [
  ['/', 'filter by name', ['list', 'models'], () => element('filter-name').focus()],
  ['j  ↓', 'next row, next dataset', ['list', 'detail'], () => step(1)],
  ['k  ↑', 'previous row, previous dataset', ['list', 'detail'], () => step(-1)],
  ['g', 'first row', ['list'], () => moveTo(0)],
  ['G', 'last row', ['list'], () => moveTo(table.shown.length - 1)],
  ['Enter', 'open the row', ['list'], openCurrent],
  ['x', 'mark the row or dataset to compare', ['list', 'detail'], markCurrentDataset],
  ['c', 'compare what is marked', ['list', 'models', 'detail'], () => compareMarked()],
  ['p', 'compare the labels of the dataset: pos with neg', ['list', 'detail'], () => withCurrent(compareLabels)],
  ['v', 'the models side by side, and back', ['list', 'models'], switchModelsView],
  ['m', 'the same subject across models', ['list', 'detail'], () => withCurrent(compareAcrossModels)],
  ['s', 'sort by the next column; S turns the order around', ['list'], () => sortByNeighbor(1)],
  ['S', null, ['list'], () => setState({descending: !app.state.descending})],
  ['l', 'next length limit', ['list', 'models', 'detail'], nextLimit],
  ['t', 'light or dark', VIEWS, () => switchTheme()],
  ['?', 'these keys', VIEWS, () => element('help').showModal()],
  ['Esc', 'back to the table; in the table: clear the filters', VIEWS, escape],
];

const KEY_NAMES = {
  ArrowDown: 'j',
  ArrowUp: 'k',
  Escape: 'Esc'
};

function currentDataset() {
  if (app.state.view === 'detail') return app.report.byKey.get(app.state.id) ?? null;
  return table.current >= 0 ? table.shown[table.current] ?? null : null;
}

function withCurrent(action) {
  const dataset = currentDataset();
  if (dataset) action(dataset);
}

function step(direction) {
  if (app.state.view === 'list') {
    moveTo(table.current + direction);
    return;
  }
  const place = app.shown.indexOf(currentDataset());
  const next = place < 0 ? null : app.shown[place + direction];
  if (next) openDetail(next, {replace: true});
}

function openCurrent() {
  withCurrent((dataset) => openDetail(dataset));
}

function markCurrentDataset() {
  withCurrent((dataset) => toggleMark(subjectKey(dataset)));
}

function sortByNeighbor(direction) {
  const place = table.columns.findIndex(({id}) => id === app.state.sort);
  sortBy(table.columns[(place + direction + table.columns.length) % table.columns.length].id);
}

function nextLimit() {
  const {limits} = app.report;
  if (limits.length > 0) setState({limit: limits[(limits.indexOf(activeLimit(app.state)) + 1) % limits.length]});
}

function escape() {
  if (app.state.view !== 'list') {
    closeView();
  } else if (document.activeElement instanceof HTMLInputElement && document.activeElement.value === '') {
    document.activeElement.blur();
  } else {
    resetFilters();
  }
}

function handleKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || element('help').open) return;
  const typing = event.target.matches('input:not([type=checkbox]), select, textarea');
  const name = KEY_NAMES[event.key] ?? event.key;
  // While someone types, only leaving the field and going down to the rows are keys.
  if (typing && name !== 'Esc' && !(event.target.id === 'filter-name' && ['ArrowDown', 'Enter'].includes(event.key)))
    return;
  // A focused button or link has its own Enter.
  if (event.key === 'Enter' && event.target.matches('a, button, summary')) return;
  if (typing && event.key === 'Enter') {
    event.preventDefault();
    moveTo(0);
    return;
  }
  const key = KEYS.find(([names, , views]) => names.split(/\s+/).includes(name) && views.includes(app.state.view));
  if (!key) return;
  event.preventDefault();
  key[3]();
}

function listKeys() {
  element('keys').replaceChildren(
    ...KEYS.filter(([, text]) => text)
      .map(
        ([names, text]) => html(
          'div', {}, html('dt', {}, names.split(/\s+/).map((name) => html('kbd', {}, name))), html('dd', {}, text))));
}
