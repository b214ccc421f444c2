// The models side by side: a row for each subject, and for each model what its conversations come to.

function switchModelsView() {
  setState({view: app.state.view === 'models' ? 'list' : 'models'}, {push: true});
}

/** The subjects of the datasets shown, each with its dataset of every model; the widest differences come first. */
function subjectRows(shown, state) {
  const rows = new Map();
  for (const dataset of shown) {
    const key = [dataset.run.file, dataset.type, dataset.label].join('\u0000');
    if (!rows.has(key)) rows.set(key, {label: dataset.label, type: dataset.type, datasets: new Map()});
    rows.get(key).datasets.set(dataset.model, dataset);
  }
  const spread = ({datasets}) => {
    const medians = [...datasets.values()].map((dataset) => numbersOf(state, dataset).length?.p50 ?? 0)
                      .filter((median) => median > 0);
    return medians.length > 1 ? Math.max(...medians) / Math.min(...medians) : 0;
  };
  return [...rows.values()].map((row) => ({...row, spread: spread(row)})).sort(
    (a, b) => b.spread - a.spread || compareText(a.label, b.label));
}

function renderModels() {
  const {state, report, shown} = app;
  const models = report.models.filter((model) => shown.some((dataset) => dataset.model === model));
  const limit = activeLimit(state);
  const rows = subjectRows(shown, state);
  const measures = [['p50', 'median'], ['p95', 'p95'], ...(limit === null ? [] : [['over', `over ${grouped(limit)} %`]])];
  const head = html(
    'thead', {},
    html(
      'tr', {}, html('th', {scope: 'col', rowspan: 2, class: 'text'}, 'subject'),
      report.types.length > 1 ? html('th', {scope: 'col', rowspan: 2, class: 'text in-type'}, 'type') : null,
      models.map((model) => html('th', {scope: 'colgroup', colspan: isNarrow() ? 1 : measures.length, class: 'of-one'}, modelName(model))),
      html('th', {scope: 'col', rowspan: 2, title: 'the largest median as a multiple of the smallest'}, 'medians differ')),
    html(
      'tr', {},
      models.flatMap(
        () => measures.map(
          ([key, title], index) => html('th', {scope: 'col', class: index === 0 ? `of-one in-${key}` : `in-${key}`}, title)))));
  const body = html('tbody', {}, rows.map((row) => modelsRow(row, models, measures, limit)));
  const box = html('div', {}, html('table', {class: 'numbers side-by-side'}, head, body));
  element('view-models').replaceChildren(
    html('h2', {class: 'visually-hidden', id: 'models-heading', tabindex: -1}, 'Models side by side'),
    rows.length === 0 ? html('p', {class: 'notice'}, 'No dataset matches.') : box);
  // Only a table that is wider than the window scrolls in a box of its own: elsewhere its head stays in the window.
  if (box.scrollWidth > box.clientWidth) box.className = 'scroll';
}

function modelsRow(row, models, measures, limit) {
  const first = row.datasets.values().next().value;
  const name = html(
    'a', {
      href: formatHash({...NO_STATE, view: 'detail', id: first.key}),
      onclick: (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
        event.preventDefault();
        compareAcrossModels(first);
      }
    },
    named(row.label));
  const cells = models.flatMap((model) => {
    const dataset = row.datasets.get(model);
    const numbers = dataset ? numbersOf(app.state, dataset) : null;
    return measures.map(([key], index) => html(
                          'td', {class: index === 0 ? `of-one in-${key}` : `in-${key}`},
                          numbers ? measureText(key, numbers, limit) : ''));
  });
  return html(
    'tr', {}, html('th', {scope: 'row', class: 'text'}, name),
    app.report.types.length > 1 ? html('td', {class: 'text in-type'}, row.type) : null, cells,
    html('td', {}, row.spread > 0 ? `×${row.spread.toFixed(2)}` : MISSING));
}

function measureText(key, numbers, limit) {
  if (key === 'over') {
    const cut = numbers.over(limit);
    return cut ? overText(cut.conversations, numbers.conversations) : MISSING;
  }
  return lengthText(numbers.length, key, numbers.conversations);
}
