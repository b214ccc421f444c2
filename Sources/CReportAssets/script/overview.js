// What is shown, in numbers: tiles, and a row for each model and type.

/** Some datasets as one: exact sums, lengths read off their bins. */
function pool(datasets) {
  const binned = poolBins(datasets);
  const conversations = sum(datasets, 'conversations');
  const longest = datasets.reduce((most, dataset) => Math.max(most, dataset.length?.max ?? 0), 0);
  const counted = datasets.filter((dataset) => dataset.length);
  const shortest = counted.reduce((least, dataset) => Math.min(least, dataset.length.min), Infinity);
  return {
    datasets,
    conversations,
    binned,
    tokens: sum(datasets, 'tokens'),
    length: binned ? binnedLength(binned, {min: Number.isFinite(shortest) ? shortest : null, max: longest || null}) :
                     null,
    mean: conversations > 0 ? sum(datasets, 'tokens') / conversations : null,
    over(limit) {
      const cuts = datasets.map((dataset) => dataset.overLimit(limit));
      return cuts.length > 0 && !cuts.includes(null) ? sum(cuts, 'conversations') : null;
    },
    groups(type) {
      const ofType = datasets.filter((dataset) => dataset.type === type);
      const bands = app.report.bands[type];
      return [...bands, null].map((band, index) => {
        const groups = ofType.map((dataset) => dataset.groups[index]);
        return {
          label: groups[0]?.label ?? '',
          lowest: band ? band[0] : bands.length === 0 ? -Infinity : null,
          highest: band ? band[1] : bands.length === 0 ? Infinity : null,
          band: index,
          conversations: sum(groups, 'conversations'),
          tokens: sum(groups, 'tokens'),
        };
      });
    },
  };
}

function renderOverview(shown, state) {
  const everything = pool(shown);
  const limit = activeLimit(state);
  const threshold = hasThreshold(state);
  const tiles = [
    [
      grouped(shown.length), shown.length === app.report.count ? 'datasets' : `of ${grouped(app.report.count)} datasets`
    ],
    [short(everything.conversations, 100000), 'conversations'],
    [short(everything.tokens), 'tokens'],
    [everything.mean === null ? MISSING : grouped(Math.round(everything.mean)), 'mean'],
    [lengthText(everything.length, 'p50'), 'median'],
    [lengthText(everything.length, 'p95'), 'p95'],
    [lengthText(everything.length, 'p99'), 'p99'],
    [lengthText(everything.length, 'max'), 'longest'],
  ];
  for (const each of app.report.limits.slice(0, 3)) {
    const over = everything.over(each);
    const text = over === null ? MISSING : overText(over, everything.conversations);
    tiles.push([/\d/.test(text) && text !== '0' ? `${text} %` : text, `over ${grouped(each)}`]);
  }
  if (threshold) {
    tiles.push(
      [short(shown.reduce((total, dataset) => total + kept(state, dataset).tokens, 0)), 'tokens kept by score']);
  }
  element('tiles').replaceChildren(
    ...tiles.map(([value, label]) => html('div', {}, html('dt', {}, label), html('dd', {}, value))));
  element('overview').replaceChildren(overviewTable(shown, limit));
}

function overviewTable(shown, limit) {
  const cells = [];
  for (const model of app.report.models) {
    for (const type of Object.keys(app.report.bands)) {
      const datasets = shown.filter((dataset) => dataset.model === model && dataset.type === type);
      if (datasets.length > 0) cells.push({model, type, pool: pool(datasets)});
    }
  }
  const allTokens = cells.reduce((total, cell) => total + cell.pool.tokens, 0);
  const head =
    ['', 'model', 'type', 'datasets', 'conv.', 'tokens', '% of tokens', axisTitle(), 'median', 'p95', 'p99', 'longest'];
  if (limit !== null) head.push(`over ${grouped(limit)}`);
  head.push('tokens by score');
  const text = new Set(['', 'model', 'type', axisTitle(), 'tokens by score']);
  const describes = {'': 'mark to compare'};
  return html(
    'table', {class: 'numbers overview'},
    html(
      'thead', {},
      html(
        'tr', {},
        head.map(
          (title) => html(
            'th', {
              scope: 'col',
              class: title === '' ? 'pick' :
                text.has(title)   ? 'text' :
                                    null,
              'aria-label': describes[title] ?? null,
            },
            title)))),
    html('tbody', {}, cells.map((cell) => overviewRow(cell, allTokens, limit))));
}

function overviewRow({model, type, pool: sums}, allTokens, limit) {
  const key = `group:${type}:${model}`;
  const parts = scoreParts(sums.groups(type), 'tokens');
  const row = html(
    'tr', {}, html('td', {class: 'pick'}, markBox(key, `compare all ${type}s of ${visible(model)}`)),
    html('th', {scope: 'row', class: 'text'}, modelName(model)), html('td', {class: 'text'}, `${type}s`),
    html('td', {}, grouped(sums.datasets.length)), html('td', {}, short(sums.conversations, 100000)),
    html('td', {}, short(sums.tokens)), html('td', {}, percent(sums.tokens, allTokens)),
    html('td', {class: 'text'}, poolStrip(sums, model)),
    ...LENGTH_COLUMNS.map(([name]) => html('td', {}, lengthText(sums.length, name))));
  if (limit !== null) {
    const over = sums.over(limit);
    row.append(html('td', {}, over === null ? MISSING : overText(over, sums.conversations)));
  }
  const hasScale = app.report.bands[type].length > 0;
  row.append(html('td', {class: 'text'}, hasScale ? scoreBar(parts, scoreTitle(parts, 'tokens')) : MISSING));
  return row;
}

/** The heading of charts that share the length axis. */
function axisTitle() {
  return `lengths ${grouped(2 ** app.domain.low)}–${grouped(2 ** app.domain.high)}`;
}

function poolStrip(sums, model) {
  return lengthStrip(sums.length, sums.conversations, app.domain, modelColor(app.report, model), SPARKLINE.width);
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
