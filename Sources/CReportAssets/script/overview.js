// What is shown, in numbers: tiles, and a row for each model and type.

function renderOverview(shown, state) {
  const cells = overviewCells(shown, state);
  const numbers = shown.map((dataset) => numbersOf(state, dataset));
  const everything = pool(
    numbers,
    {known: () => cells.map((cell) => cell.pool.lengths), stored: storedSums(app.report.sums, null, numbers)});
  const {conversations, length} = everything;
  const tiles = [
    [
      grouped(shown.length), shown.length === app.report.count ? 'datasets' : `of ${grouped(app.report.count)} datasets`
    ],
    [grouped(conversations), 'conversations'],
    [grouped(everything.tokens), 'tokens'],
    [everything.mean === null ? MISSING : grouped(Math.round(everything.mean)), 'mean'],
    ...LENGTH_COLUMNS.map(([key, title]) => [lengthText(length, key, conversations), title]),
  ];
  for (const each of app.report.limits.slice(0, 3)) {
    const over = everything.over(each);
    const text = over === null ? MISSING : overText(over, conversations);
    tiles.push([/\d/.test(text) && text !== '0' ? `${text} %` : text, `over ${grouped(each)}`]);
  }
  element('tiles').replaceChildren(
    ...tiles.map(([value, label]) => html('div', {}, html('dt', {}, label), html('dd', {}, value))));
  element('overview').replaceChildren(overviewTable(cells, state));
  element('copies').textContent = everything.copies === 0 ? '' :
    `Sums leave out ${grouped(everything.copies)} filtered ${
      everything.copies === 1 ? 'copy' : 'copies'} of other datasets, whose conversations they would count twice.`;
}

/** Models with the types and scales that their datasets have, each pooled. */
function overviewCells(shown, state) {
  const cells = new Map();
  for (const dataset of shown) {
    const key = [app.report.models.indexOf(dataset.model), dataset.type, dataset.scale?.key ?? ''].join();
    if (!cells.has(key)) cells.set(key, {model: dataset.model, type: dataset.type, datasets: []});
    cells.get(key).datasets.push(dataset);
  }
  const order = ({model, type}) => app.report.models.indexOf(model) * 10 + app.report.types.indexOf(type);
  return [...cells.entries()].sort(([, a], [, b]) => order(a) - order(b)).map(([key, cell]) => {
    const numbers = cell.datasets.map((dataset) => numbersOf(state, dataset));
    return {...cell, pool: pool(numbers, {stored: storedSums(app.report.sums, key, numbers)})};
  });
}

function overviewTable(cells, state) {
  const limit = activeLimit(state);
  const allTokens = cells.reduce((total, cell) => total + (cell.pool.tokens ?? 0), 0);
  const head = [
    ['pick', ''], ['model text', 'model'], ['type text', 'type'], ['datasets', 'datasets'], ['conversations', 'conv.'],
    ['tokens', 'tokens'], ['share', '% of tokens'], ['lengths text', axisTitle()],
    ...LENGTH_COLUMNS.map(([key, title]) => [key, title])
  ];
  if (limit !== null) head.push(['over', `over ${grouped(limit)} %`]);
  if (app.report.scales.length > 0) head.push(['score text', 'tokens by score']);
  return html(
    'table', {class: 'numbers overview'},
    html(
      'thead', {},
      html(
        'tr', {},
        head.map(
          ([name, title]) => html(
            'th', {scope: 'col', class: `in-${name}`, 'aria-label': title === '' ? 'mark to compare' : null}, title)))),
    html('tbody', {}, cells.map((cell) => overviewRow(cell, allTokens, limit))));
}

function overviewRow({model, type, pool: sums}, allTokens, limit) {
  const key = `group:${type}:${model}`;
  const row = html(
    'tr', {}, html('td', {class: 'in-pick pick'}, markBox(key, `mark all ${type}s of ${visible(model)} to compare`)),
    html('th', {scope: 'row', class: 'in-model text'}, modelName(model)), html('td', {class: 'in-type text'}, `${type}s`),
    html('td', {class: 'in-datasets'}, grouped(sums.numbers.length)),
    html('td', {class: 'in-conversations'}, grouped(sums.conversations)),
    html('td', {class: 'in-tokens'}, grouped(sums.tokens)), html('td', {class: 'in-share'}, percent(sums.tokens, allTokens)),
    html('td', {class: 'in-lengths text'}, poolStrip(sums, model)),
    ...LENGTH_COLUMNS.map(([name]) => html('td', {class: `in-${name}`}, lengthText(sums.length, name, sums.conversations))));
  if (limit !== null) {
    const over = sums.over(limit);
    row.append(html('td', {class: 'in-over'}, over === null ? MISSING : overText(over, sums.conversations)));
  }
  if (app.report.scales.length > 0) {
    const {groups} = sums;
    const parts = groups ? scoreParts(groups, 'tokens') : null;
    row.append(
      html('td', {class: 'in-score text'}, parts ? scoreBar(parts, scoreTitle(parts, 'tokens')) : MISSING));
  }
  return row;
}

/** The heading of charts that share the length axis. */
function axisTitle() {
  return `lengths ${grouped(2 ** app.domain.low)}–${grouped(2 ** app.domain.high)}`;
}

function poolStrip(sums, model) {
  return lengthStrip(sums, app.domain, modelColor(app.report, model), SPARKLINE.width);
}

/** A model's name with the color it has in every chart. */
function modelName(model) {
  const swatch = html('span', {class: 'swatch', 'aria-hidden': 'true'});
  swatch.style.setProperty('background', `var(--${modelColor(app.report, model)})`);
  return html('span', {class: 'model'}, swatch, named(model));
}

/** The box that marks a subject for comparison. */
function markBox(key, label) {
  const box = html('input', {
    type: 'checkbox',
    'aria-label': label,
    title: 'Mark to compare (x)',
    onchange: () => toggleMark(key),
    'data-mark': key,
  });
  box.checked = app.state.marked.includes(key);
  return box;
}
