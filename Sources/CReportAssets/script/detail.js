// One dataset: its charts and its numbers.

function renderDetail(dataset) {
  const view = element('view-detail');
  if (!dataset) {
    view.replaceChildren(
      backLink(), html('h2', {id: 'detail-heading', tabindex: -1}, 'No such dataset'),
      html('p', {class: 'notice'}, 'This page holds no dataset of that name: ', named(app.state.id ?? '')));
    return;
  }
  const numbers = numbersOf(app.state, dataset);
  view.replaceChildren(
    detailTrail(dataset),
    html(
      'header', {class: 'title'}, html('h2', {id: 'detail-heading', tabindex: -1}, named(dataset.label)),
      html('p', {}, dataset.type, ' · ', modelName(dataset.model)),
      html('p', {class: 'full-name'}, html('code', {}, named(dataset.name))),
      dataset.original === null ?
        null :
        html('p', {class: 'hint'}, 'A filtered copy of ', named(dataset.original), '; sums leave it out.'),
      filterNotice(dataset)),
    detailTiles(numbers), ...detailCharts(numbers), html('div', {class: 'columns'}, ...detailTables(numbers)),
    ...samplesBlock(numbers), ...detailPicture(dataset));
}

/** Draws the charts for another width; what somebody opened below them stays open. */
function redrawDetailCharts() {
  const [charts, scores] = element('view-detail').querySelectorAll('.charts, .charts + .block');
  const dataset = app.report.byKey.get(app.state.id);
  if (!charts || !dataset) return;
  scores.remove();
  charts.replaceWith(...detailCharts(numbersOf(app.state, dataset)));
}

function detailTrail(dataset) {
  const place = app.shown.indexOf(dataset);
  const marked = app.state.marked.includes(subjectKey(dataset));
  const action = (text, title, onclick, more = {}) => html('button', {type: 'button', onclick, title, ...more}, text);
  return html(
    'nav', {class: 'trail', 'aria-label': 'Datasets'}, backLink(),
    html(
      'span', {},
      place < 0 ? 'not among the datasets shown' : `${grouped(place + 1)} of ${grouped(app.shown.length)}`),
    stepButton('Previous', 'k', place < 0 ? null : app.shown[place - 1]),
    stepButton('Next', 'j', place < 0 ? null : app.shown[place + 1]),
    sameSubject(dataset).length > 0 ?
      action('Compare models', 'The same subject for every model (m)', () => compareAcrossModels(dataset)) :
      null,
    dataset.whole.labels.length > 1 ?
      action('Compare labels', 'The labels of this dataset against each other (p)', () => compareLabels(dataset)) :
      null,
    action(
      marked ? 'Marked' : 'Mark to compare', 'Mark to compare (x)', () => toggleMark(subjectKey(dataset)),
      {'aria-pressed': marked ? 'true' : 'false'}));
}

/** Which conversations the numbers are of; nothing if they are of all. */
function filterNotice(dataset = null) {
  const words = dataset ? filterOf(app.state, dataset).words : filterWords(app.state);
  if (words === '') return null;
  return html(
    'p', {class: 'filter-notice'}, `Numbers are of the conversations with ${words}. `,
    html('button', {type: 'button', onclick: () => setState({scores: {}, label: null})}, 'Show all'));
}

/** The filters of conversations in words. */
function filterWords(state) {
  const words = Object.entries(state.scores).map(([key, bounds]) => {
    const {words: ofScore} = new Filter(bounds);
    return key.startsWith('score') ? ofScore : `${key} ${ofScore}`;
  });
  if (state.label !== null) words.push(`label ${visible(state.label)}`);
  return words.join(', ');
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

function detailTiles(numbers) {
  const {length, conversations, mean} = numbers;
  const tiles = [
    [grouped(conversations), 'conversations'],
    [grouped(numbers.tokens), 'tokens'],
    [mean === null ? MISSING : grouped(Math.round(mean)), 'mean'],
    ...LENGTH_COLUMNS.map(([key, title]) => [lengthText(length, key, conversations), title]),
  ];
  for (const limit of numbers.dataset.run.limits.slice(0, 3)) {
    const cut = numbers.over(limit);
    const text = cut ? overText(cut.conversations, conversations) : MISSING;
    tiles.push([cut && cut.conversations > 0 ? `${text} %` : text, `over ${grouped(limit)}`]);
  }
  return html(
    'dl', {class: 'tiles'},
    tiles.map(([value, label]) => html('div', {}, html('dt', {}, label), html('dd', {}, value))));
}

function detailCharts(numbers) {
  const {dataset} = numbers;
  if (numbers.conversations === 0) return [html('p', {class: 'notice'}, 'no conversations')];
  const {main, side, height} = chartSizes('view-detail');
  const scored = dataset.scale !== null && (numbers.scores?.length ?? 0) > 0;
  const figures = [];
  if (numbers.bins) {
    const readout = html('span', {class: 'readout'}, '% of conversations per ⅛ octave; tokens, log scale');
    const own = peakDensity(dataset.edges, numbers.bins, numbers.conversations);
    const chart = histogramChart(numbers, {
      domain: app.domain,
      // Bins far higher than the others' get room.
      scale: own > app.density ? Math.ceil(own / 10) * 10 : app.density,
      width: scored ? main : main + side,
      height,
      read: (bin) => {
        readout.textContent = binText(numbers, bin);
      },
    });
    figures.push(html('figure', {}, html('figcaption', {}, html('b', {}, 'Conversation length'), ' ', readout), chart));
  } else {
    figures.push(html(
      'p', {class: 'notice'},
      dataset.length ?
        'The lengths of these conversations are not known: the page was made without the file’s partial results.' :
        'The statistics file holds no lengths for this dataset; count it again with tokenstats analyze.'));
  }
  if (scored) {
    figures.push(html(
      'figure', {},
      html(
        'figcaption', {}, html('b', {}, 'Scores'), ' ',
        html('span', {class: 'readout'}, 'bar: % of conversations, mark: % of tokens')),
      scoreChart(numbers, {width: side, height})));
  }
  return [html('div', {class: 'charts'}, figures), scoreTable(numbers)];
}

/** Whether what is made now is for a narrow screen; paper is none, however narrow the window is. */
function isNarrow() {
  return !app.isPrinting && window.innerWidth < 700;
}

/** The size of a wide chart, and the width of one beside it, or below it if there is little room. */
function chartSizes(view) {
  // The style sheet fits these to the paper, whose width nobody knows beforehand.
  if (app.isPrinting) return {main: 700, side: 340, height: 235};
  const available = Math.max(element(view).clientWidth, 320);
  const {main, side} =
    available >= 900 ? {main: available - 380, side: 340} : {main: available, side: Math.min(available, 480)};
  return {main, side, height: 300};
}

/** The width of a strip of lengths: narrower on a narrow page and on paper. */
function stripWidth(widest) {
  if (app.isPrinting) return Math.min(widest, 240);
  if (isNarrow()) return 110;
  return window.innerWidth < 930 ? Math.min(widest, 200) : widest;
}

function binText(numbers, bin) {
  const {edges} = numbers.dataset;
  const low = bin === 0 ? 0 : edges[bin - 1];
  const high = bin === edges.length ? null : edges[bin] - 1;
  const range = high === null ? `${grouped(low)} and more` :
    low === high ? grouped(low) :
                   `${grouped(low)} to ${grouped(high)}`;
  let below = 0;
  for (let index = 0; index <= bin; index += 1) below += numbers.bins[index];
  return `${range} tokens: ${grouped(numbers.bins[bin])} conversations, ${
           percent(numbers.bins[bin], numbers.conversations)} %; ` +
    `${percent(below, numbers.conversations)} % are no longer than that`;
}

/** Length by score: strips and percentiles. */
function scoreTable(numbers) {
  const {dataset} = numbers;
  // Bands that nothing is in say nothing; what has no scores at all has nothing to tell apart.
  const filled = (dataset.scale ? stacked(numbers.groups) : []).filter((group) => group.conversations > 0);
  const rows = filled.some((group) => group.lowest !== null) ? filled : [];
  const all = {label: 'all', conversations: numbers.conversations, tokens: numbers.tokens, length: numbers.length,
               lengths: numbers.lengths, color: dataset.scale ? 'text' : 'score-plain'};
  const head = [
    ['name', rows.length > 0 ? 'score' : ''], ['lengths', 'lengths'], ['conversations', 'conv.'], ['share', '% of conv.'],
    ['tokens', 'tokens'], ['tokenShare', '% of tokens'], ...LENGTH_COLUMNS
  ];
  const row = (group) => {
    const color = group.color ?? bandColor(group.band, dataset.bands);
    const cells = {
      name: html('span', {}, html('span', {class: 'swatch', style: {background: `var(--${color})`}}), group.label),
      lengths: lengthStrip(group, app.domain, color, stripWidth(320)),
      conversations: grouped(group.conversations),
      share: percent(group.conversations, numbers.conversations),
      tokens: grouped(group.tokens),
      tokenShare: percent(group.tokens, numbers.tokens),
    };
    for (const [key] of LENGTH_COLUMNS) cells[key] = lengthText(group.length, key, group.conversations);
    return cells;
  };
  return gridBlock(
    rows.length > 0 ? 'Length by score' : 'Lengths', head, [all, ...rows].map(row), STRIP_WORDS);
}

/** A wide table with a heading, whose first two columns are no numbers. */
function gridBlock(title, head, rows, note) {
  return html(
    'section', {class: 'block'}, html('h3', {}, title, ' ', html('span', {class: 'readout'}, note)),
    html(
      'div', {class: 'scroll'},
      html(
        'table', {class: 'numbers by-score'},
        html(
          'thead', {},
          html(
            'tr', {},
            head.map(
              ([key, text]) =>
                html('th', {scope: 'col', class: `in-${key}${isText(key) ? ' text' : ''}`}, text)))),
        html(
          'tbody', {},
          rows.map(
            (cells) => html(
              'tr', {},
              head.map(
                ([key]) => key === 'name' ? html('th', {scope: 'row', class: 'in-name text'}, cells.name) :
                                            html('td', {class: `in-${key}${isText(key) ? ' text' : ''}`}, cells[key]))))))));
}

function isText(key) {
  return key === 'name' || key === 'lengths';
}

/** The picture behind a line: it shows what the page's own charts show. */
function detailPicture(dataset) {
  const path = dataset.plot;
  const address = path === null ? null : fileAddress(path);
  if (address === null) return [];
  const image = html('img', {
    src: address,
    alt: `Length and score charts of ${visible(dataset.name)}`,
    loading: 'lazy',
    decoding: 'async',
    width: 1200,
    height: 800
  });
  const missing = html(
    'p', {class: 'notice', hidden: true}, 'The picture is not at ', html('code', {}, named(path)),
    '; draw it with tokenstats plot.');
  image.addEventListener('error', () => {
    image.hidden = true;
    missing.hidden = false;
  });
  return [html(
    'details', {class: 'block picture'},
    html('summary', {}, 'Picture ', html('a', {href: address, rel: 'noreferrer'}, named(path))), image, missing)];
}
