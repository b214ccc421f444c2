// One dataset: its charts, its numbers and its picture.

function renderDetail(dataset) {
  const view = element('view-detail');
  if (!dataset) {
    view.replaceChildren(
      backLink(), html('h2', {id: 'detail-heading', tabindex: -1}, 'No such dataset'),
      html('p', {class: 'notice'}, 'This page holds no dataset of that name: ', named(app.state.id ?? '')));
    return;
  }
  const place = app.shown.indexOf(dataset);
  view.replaceChildren(
    html(
      'nav', {class: 'trail', 'aria-label': 'Datasets'}, backLink(),
      html(
        'span', {},
        place < 0 ? 'not among the datasets shown' : `${grouped(place + 1)} of ${grouped(app.shown.length)}`),
      stepButton('Previous', 'k', place < 0 ? null : app.shown[place - 1]),
      stepButton('Next', 'j', place < 0 ? null : app.shown[place + 1]),
      html(
        'button',
        {type: 'button', onclick: () => compareAcrossModels(dataset), title: 'The same subject for every model (m)'},
        'Across models'),
      html(
        'button', {
          type: 'button',
          onclick: () => toggleMark(subjectKey(dataset)),
          'aria-pressed': app.state.marked.includes(subjectKey(dataset)),
          title: 'Mark to compare (x)'
        },
        'Mark')),
    html(
      'header', {class: 'title'}, html('h2', {id: 'detail-heading', tabindex: -1}, named(dataset.label)),
      html('p', {}, dataset.type, ' · ', modelName(dataset.model)),
      html('p', {class: 'full-name'}, html('code', {}, named(dataset.name)))),
    detailTiles(dataset), ...detailCharts(dataset), html('div', {class: 'columns'}, ...detailTables(dataset)),
    detailPicture(dataset));
}

function backLink() {
  return html(
    'button', {type: 'button', class: 'back', onclick: closeView, title: 'Back to the table (Esc)'}, '← All datasets');
}

function stepButton(text, key, dataset) {
  return html(
    'button', {
      type: 'button',
      disabled: !dataset,
      title: `${text} (${key})`,
      onclick: () => openDetail(dataset, {replace: true})
    },
    text);
}

function detailTiles(dataset) {
  const {length, conversations} = dataset;
  const tiles = [
    [grouped(conversations), 'conversations'],
    [short(dataset.tokens), 'tokens'],
    [dataset.mean === null ? MISSING : grouped(Math.round(dataset.mean)), 'mean'],
    [lengthText(length, 'p50'), 'median'],
    [enough('p95', conversations) ? lengthText(length, 'p95') : MISSING, 'p95'],
    [enough('p99', conversations) ? lengthText(length, 'p99') : MISSING, 'p99'],
    [lengthText(length, 'max'), 'longest'],
  ];
  for (const limit of dataset.run.limits.slice(0, 3)) {
    const cut = dataset.overLimit(limit);
    const text = cut ? overText(cut.conversations, conversations) : MISSING;
    tiles.push([cut && cut.conversations > 0 ? `${text} %` : text, `over ${grouped(limit)}`]);
  }
  return html(
    'dl', {class: 'tiles'},
    tiles.map(([value, label]) => html('div', {}, html('dt', {}, label), html('dd', {}, value))));
}

function detailCharts(dataset) {
  if (dataset.conversations === 0) return [html('p', {class: 'notice'}, 'no conversations')];
  const {main, side} = chartWidths('view-detail');
  const scored = dataset.bands.length > 0 && sum(dataset.scores.given, 'conversations') > 0;
  const figures = [];
  if (dataset.hasBins) {
    const readout = html('span', {class: 'readout'}, '% of conversations per ⅛ octave; tokens, log scale');
    const chart = histogramChart(dataset, {
      domain: app.domain,
      scale: Math.max(app.density, ownDensity(dataset)),
      width: main,
      read: (bin) => {
        readout.textContent = binText(dataset, bin);
      },
    });
    figures.push(html('figure', {}, html('figcaption', {}, html('b', {}, 'Conversation length'), ' ', readout), chart));
  } else {
    figures.push(html(
      'p', {class: 'notice'},
      'The statistics file holds no lengths for this dataset; count it again with tokenstats analyze.'));
  }
  const caption = html(
    'figcaption', {}, html('b', {}, 'Scores'), ' ',
    html(
      'span', {class: 'readout'}, scored ? 'bar: % of conversations, mark: % of tokens' : 'no scores in this dataset'));
  figures.push(html('figure', {}, caption, scored ? scoreChart(dataset, {width: side}) : null));
  return [html('div', {class: 'charts'}, figures), scoreTable(dataset)];
}

/** The widths of a wide chart and one beside it, or below it if there is little room. */
function chartWidths(view) {
  const available = Math.max(element(view).clientWidth, 320);
  return available >= 900 ? {main: available - 380, side: 340} : {main: available, side: Math.min(available, 480)};
}

/** A dataset with bins far higher than the others' gets room for them. */
function ownDensity(dataset) {
  let peak = 0;
  dataset.bins.forEach((count, bin) => {
    peak = Math.max(peak, 100 * binDensity(dataset.edges, bin, count / dataset.conversations));
  });
  return peak > app.density ? Math.ceil(peak / 10) * 10 : 0;
}

function binText(dataset, bin) {
  const {edges} = dataset;
  const low = bin === 0 ? 0 : edges[bin - 1];
  const high = bin === edges.length ? null : edges[bin] - 1;
  const range = high === null ? `${grouped(low)} and more` :
    low === high ? grouped(low) :
                   `${grouped(low)} to ${grouped(high)}`;
  let below = 0;
  for (let index = 0; index <= bin; index += 1) below += dataset.bins[index];
  return `${range} tokens: ${grouped(dataset.bins[bin])} conversations, ${
           percent(dataset.bins[bin], dataset.conversations)} %; ` +
    `${percent(below, dataset.conversations)} % are no longer than that`;
}

/** Length by score: strips and percentiles; those of bands of several scores are read off the bins. */
function scoreTable(dataset) {
  const groups = dataset.bands.length > 0 ? dataset.groups : [];
  const rows =
    [...groups.slice(0, -1)]
      .reverse()
      .concat(groups.slice(-1))
      .map(
        (group) => ({
          ...group,
          color: bandColor(group.band, dataset.bands),
          length: group.length ??
            (group.bins && group.conversations > 0 ? binnedLength({edges: dataset.edges, counts: group.bins}) : null),
        }));
  const all =
    {label: 'all', conversations: dataset.conversations, tokens: dataset.tokens, length: dataset.length, color: 'text'};
  const head = ['score', 'lengths', 'conv.', '%', 'tokens', '%', 'median', 'p95', 'p99', 'longest'];
  const estimated = rows.some((row) => row.length?.estimated);
  return html(
    'section', {class: 'block'},
    html(
      'h3', {}, 'Length by score ',
      html(
        'span', {class: 'readout'}, 'line p5 to p95, bar p25 to p75, mark median, dot longest',
        estimated ? '; ≈ read off the bins of several scores' : '')),
    html(
      'div', {class: 'scroll'},
      html(
        'table', {class: 'numbers by-score'},
        html(
          'thead', {},
          html(
            'tr', {}, head.map((title, index) => html('th', {scope: 'col', class: index < 2 ? 'text' : null}, title)))),
        html('tbody', {}, [all, ...rows].map((row) => scoreRow(row, dataset))))));
}

function scoreRow(row, dataset) {
  const swatch = html('span', {class: `swatch ${row.color}`, 'aria-hidden': 'true'});
  swatch.style.setProperty('background', `var(--${row.color})`);
  const empty = row.conversations === 0;
  const length = (key) => (empty || !enough(key, row.conversations) ? MISSING : lengthText(row.length, key));
  return html(
    'tr', {class: empty ? 'empty' : null}, html('th', {scope: 'row', class: 'text'}, swatch, row.label),
    html(
      'td', {class: 'text'},
      lengthStrip(
        row.length, row.conversations, app.domain, row.color === 'score-none' ? 'score-none-bar' : row.color, 320)),
    html('td', {}, grouped(row.conversations)), html('td', {}, percent(row.conversations, dataset.conversations)),
    html('td', {}, short(row.tokens, 100000)), html('td', {}, percent(row.tokens, dataset.tokens)),
    html('td', {}, length('p50')), html('td', {}, length('p95')), html('td', {}, length('p99')),
    html('td', {}, length('max')));
}

/** A small table with a heading; rows whose first cell is a text and the rest numbers. */
function block(title, head, rows, note = '') {
  if (rows.length === 0) return null;
  return html(
    'section', {class: 'block'}, html('h3', {}, title, note ? html('span', {class: 'readout'}, ` ${note}`) : null),
    html(
      'table', {class: 'numbers'},
      html(
        'thead', {},
        html(
          'tr', {}, head.map((text, index) => html('th', {scope: 'col', class: index === 0 ? 'text' : null}, text)))),
      html(
        'tbody', {},
        rows.map(
          ([first, ...rest]) => html(
            'tr', {}, html('th', {scope: 'row', class: 'text'}, typeof first === 'string' ? visible(first) : first),
            rest.map((text) => html('td', {}, text)))))));
}

function detailTables(dataset) {
  const {length, tokens, conversations} = dataset;
  const share = (value) => percent(value, tokens);
  return [
    block(
      'Percentiles', ['', 'tokens'],
      length ?
        LENGTH_KEYS
          .map((key) => [{min: 'shortest', max: 'longest', p50: 'p50, median'}[key] ?? key, grouped(length[key])])
          .concat([['mean', fixed(dataset.mean, 1)], ['standard deviation', fixed(dataset.std, 1)]]) :
        []),
    block(
      'Limits', ['length limit', 'over', '%', 'tokens lost', '%', 'assistant lost'],
      dataset.run.limits.flatMap((limit) => {
        const cut = dataset.overLimit(limit);
        return cut ? [[
          grouped(limit), grouped(cut.conversations), overText(cut.conversations, conversations),
          short(cut.tokensLost, 100000), share(cut.tokensLost), short(cut.assistantTokensLost, 100000)
        ]] :
                     [];
      })),
    faultsBlock(dataset),
    block('Kept by score', ['at least', 'conv.', '%', 'tokens', '%'], keptRows(dataset)),
    block(
      'Tokens by kind', ['', 'tokens', '%'],
      (dataset.roles ?? []).map(({kind, tokens: value}) => [kind, grouped(value), share(value)])),
    block(
      'Labels', ['', 'conv.', 'tokens', 'mean'],
      dataset.labels.map(
        (entry) =>
          [entry.label, grouped(entry.conversations), short(entry.tokens, 100000),
           entry.conversations > 0 ? fixed(entry.tokens / entry.conversations, 0) : MISSING])),
    block('Text', ['', ''], textRows(dataset)),
    ...dataset.columnGroups.map(
      ([column, values]) => block(
        `By ${visible(column)}`, ['', 'conv.', 'tokens', 'median', 'p95', 'longest'],
        Object.entries(values).map(
          ([
            value, [count, total, p50, p95, max]
          ]) => [value, grouped(count), short(total, 100000), grouped(p50), grouped(p95), grouped(max)]))),
    block('Template errors', ['message', 'rows'], dataset.templateErrors.map(([message,
                                                                               rows]) => [message, grouped(rows)])),
    originBlock(dataset),
    configurationBlock(dataset),
  ].filter(Boolean);
}

/** What limits cost beside tokens, where the file says it. */
function faultsBlock(dataset) {
  const text = (count) => (count === null ? MISSING : grouped(count));
  const rows = dataset.run.limits.flatMap((limit) => {
    const cut = dataset.overLimit(limit);
    if (!cut || [cut.noTarget, cut.endLost, cut.promptOver, cut.completionOver].every((count) => count === null)) {
      return [];
    }
    return [[grouped(limit), text(cut.noTarget), text(cut.endLost), text(cut.promptOver), text(cut.completionOver)]];
  });
  return block(
    'Cut at a limit', ['length limit', 'no target', 'end lost', 'prompt over', 'completion over'], rows,
    'conversations');
}

function configurationBlock(dataset) {
  if (dataset.configuration === null) return null;
  return html(
    'section', {class: 'block'}, html('h3', {}, 'Configuration'),
    html('pre', {class: 'configuration'}, dataset.configuration));
}

/** The thresholds people use: the borders of the bands, and three quarters of a long scale. */
function keptRows(dataset) {
  if (dataset.bands.length === 0 || sum(dataset.scores.given, 'conversations') === 0) return [];
  const thresholds =
    [
      ...new Set([
        ...dataset.bands.map(([lowest]) => lowest), ...(dataset.highestScore > 10 ? [0.75 * dataset.highestScore] : [])
      ])
    ].sort((a, b) => b - a);
  return thresholds.map((score) => {
    const entry = dataset.atLeast(score);
    return [
      `score ${score}`, grouped(entry.conversations), percent(entry.conversations, dataset.conversations),
      short(entry.tokens, 100000), percent(entry.tokens, dataset.tokens)
    ];
  });
}

function textRows(dataset) {
  const rows = [];
  const {bytes, characters, tokens, withoutSystem, seedTokens} = dataset;
  if (bytes !== null)
    rows.push(['bytes of text', grouped(bytes)], ['bytes per token', tokens > 0 ? fixed(bytes / tokens, 3) : MISSING]);
  if (characters !== null)
    rows.push(
      ['characters', grouped(characters)],
      ['characters per token', tokens > 0 ? fixed(characters / tokens, 3) : MISSING]);
  if (withoutSystem !== null) rows.push(['tokens without system messages', grouped(withoutSystem)]);
  if (seedTokens !== null) rows.push(['tokens as the original script counted', grouped(seedTokens)]);
  return rows;
}

function originBlock(dataset) {
  const {run, source} = dataset;
  const tokenizer = run.tokenizers[dataset.model];
  const facts = [];
  if (source)
    facts.push(
      ['data', source.path], ['rows', grouped(source.rows)], ['format', source.format],
      ['sha256', `${source.sha256}…`]);
  if (tokenizer)
    facts.push(
      ['tokenizer', `${tokenizer.hub}@${tokenizer.revision}`], ['template', `${tokenizer.template}…`],
      ['BOS', tokenizer.bos]);
  if (run.mode) facts.push(['count mode', run.mode]);
  facts.push(['statistics', run.file]);
  return html(
    'section', {class: 'block'}, html('h3', {}, 'Origin'),
    html(
      'dl', {class: 'facts'},
      facts.map(([name, value]) => html('div', {}, html('dt', {}, name), html('dd', {}, named(value))))));
}

function detailPicture(dataset) {
  const path = dataset.plot;
  const address = path === null ? null : fileAddress(path);
  if (address === null) {
    return html(
      'p', {class: 'notice'},
      path === null ? 'No picture was drawn for this dataset.' : 'The path of the picture leads nowhere.');
  }
  const missing = html(
    'p', {class: 'notice', hidden: true}, 'The picture is not at ', html('code', {}, named(path)),
    '; draw it with tokenstats plot.');
  const image = html('img', {
    src: address,
    alt: `Length and score charts of ${visible(dataset.name)}`,
    loading: 'lazy',
    decoding: 'async',
    width: 1200,
    height: 800
  });
  const figure = html(
    'figure', {class: 'picture'},
    html('figcaption', {}, html('b', {}, 'Picture '), html('a', {href: address, rel: 'noreferrer'}, named(path))),
    image);
  image.addEventListener('error', () => {
    figure.hidden = true;
    missing.hidden = false;
  });
  return html('section', {class: 'block'}, figure, missing);
}
