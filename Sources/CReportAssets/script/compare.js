// Two or three datasets, or all datasets of a model and type, side by side.

const MOST_SUBJECTS = 3;
const DASHES = [null, '9 3', '3 3'];

function subjectKey(dataset) {
  return `dataset:${dataset.key}`;
}

/** The subject of a key; null if this page has no such subject. */
function findSubject(report, key) {
  if (key.startsWith('dataset:')) {
    const dataset = report.byKey.get(key.slice(8));
    return dataset ? {key, datasets: [dataset], dataset} : null;
  }
  const [, type, model] = /^group:([a-z]+):(.*)$/s.exec(key) ?? [];
  const datasets = report.list.filter((dataset) => dataset.type === type && dataset.model === model);
  return datasets.length > 0 ? {key, datasets, type, model} : null;
}

function subjectExists(report, key) {
  return findSubject(report, key) !== null;
}

function toggleMark(key) {
  const {marked} = app.state;
  // The oldest mark makes room for a fourth.
  const changed = marked.includes(key) ? marked.filter((each) => each !== key) : [...marked, key].slice(-MOST_SUBJECTS);
  setState({marked: changed});
}

function compareMarked() {
  if (app.state.marked.length > 0) setState({view: 'compare', subjects: app.state.marked}, {push: true});
}

/** The same subject for every model, the dataset's own first. */
function compareAcrossModels(dataset) {
  const others = app.report.list.filter(
    (other) => other !== dataset && other.type === dataset.type && other.label === dataset.label &&
      other.model !== dataset.model);
  const oneEach = app.report.models.map((model) => others.find((other) => other.model === model)).filter(Boolean);
  const subjects = [dataset, ...oneEach].slice(0, MOST_SUBJECTS).map(subjectKey);
  setState({view: 'compare', subjects}, {push: true});
}

function describeSubjects(keys) {
  const subjects = keys.map((key) => findSubject(app.report, key)).filter(Boolean).map((subject) => {
    const {dataset} = subject;
    const sums = dataset ?? pool(subject.datasets);
    const model = dataset?.model ?? subject.model;
    const type = dataset?.type ?? subject.type;
    const binned = dataset ? (dataset.hasBins ? {edges: dataset.edges, counts: dataset.bins} : null) : sums.binned;
    return {
      ...subject,
      model,
      type,
      conversations: sums.conversations,
      tokens: sums.tokens,
      length: sums.length,
      mean: sums.mean,
      title: dataset ? dataset.label : `all ${type}s`,
      groups: dataset ? scoreGroupsWithTokens(dataset) : sums.groups(type),
      curve: binned ? cumulativePoints(binned, dataset ? dataset.length : null) : [],
      over: (limit) => (dataset ? dataset.overLimit(limit)?.conversations ?? null : sums.over(limit)),
    };
  });
  const differ = new Set(subjects.map(({model}) => model)).size === subjects.length;
  return subjects.map((subject, index) => ({
                        ...subject,
                        dash: DASHES[index],
                        color: differ ? modelColor(app.report, subject.model) : `model-${index}`,
                      }));
}

function scoreGroupsWithTokens(dataset) {
  return dataset.groups.map(
    ({label, lowest, band, conversations, tokens}) => ({label, lowest, band, conversations, tokens}));
}

function renderCompare() {
  const subjects = describeSubjects(app.state.subjects);
  const view = element('view-compare');
  const heading = html('h2', {id: 'compare-heading', tabindex: -1}, 'Comparison');
  const children = [
    html('nav', {class: 'trail', 'aria-label': 'Comparison'}, backLink()),
    html('header', {class: 'title'}, heading, subjectList(subjects))
  ];
  if (subjects.length === 0) {
    children.push(html(
      'p', {class: 'notice'},
      'Nothing to compare: mark two or three rows of the table, or add a dataset by its name.'));
  } else {
    if (new Set(subjects.map(({model}) => model)).size > 1) {
      children.push(html(
        'p', {class: 'hint'},
        'Token counts come from each model’s own tokenizer and its own answers: both differ between the models.'));
    }
    children.push(compareCharts(subjects), compareTable(subjects), compareLimits(subjects));
  }
  view.replaceChildren(...children.filter(Boolean));
}

function subjectList(subjects) {
  const chips = subjects.map(
    (subject) => html(
      'li', {}, subjectName(subject),
      html(
        'button', {
          type: 'button',
          'aria-label': `remove ${visible(subject.title)} of ${visible(subject.model)}`,
          onclick: () => setState({subjects: app.state.subjects.filter((key) => key !== subject.key)})
        },
        '×')));
  if (subjects.length < MOST_SUBJECTS) chips.push(html('li', {class: 'add'}, subjectInput()));
  return html('ul', {class: 'subjects'}, chips);
}

function subjectName(subject) {
  const swatch = svg('svg', {class: 'dash', width: 24, height: 8, 'aria-hidden': 'true'}, svg('line', {
                       class: 'curve',
                       x1: 0,
                       x2: 24,
                       y1: 4,
                       y2: 4,
                       'stroke-dasharray': subject.dash,
                       style: {stroke: `var(--${subject.color})`},
                     }));
  const title = subject.dataset ? html(
                                    'a', {
                                      href: formatHash({...NO_STATE, view: 'detail', id: subject.dataset.key}),
                                      onclick: (event) => openOnClick(event, subject.dataset)
                                    },
                                    named(subject.title)) :
                                  named(subject.title);
  return html('span', {class: 'subject'}, swatch, title, ' ', html('span', {class: 'of-model'}, named(subject.model)));
}

/** A field that adds a dataset by its name, with all names to choose from. */
function subjectInput() {
  const names = html('datalist', {id: 'names'}, app.report.list.map((dataset) => html('option', {value: dataset.key})));
  const input = html(
    'input',
    {list: 'names', 'aria-label': 'add a dataset by name', placeholder: 'add a dataset …', spellcheck: 'false'});
  input.addEventListener('change', () => {
    const dataset = app.report.byKey.get(input.value);
    if (!dataset) {
      input.setCustomValidity('no dataset of this name');
      input.reportValidity();
      return;
    }
    setState({subjects: [...new Set([...app.state.subjects, subjectKey(dataset)])].slice(0, MOST_SUBJECTS)});
  });
  input.addEventListener('input', () => input.setCustomValidity(''));
  return html('span', {}, input, names);
}

function compareCharts(subjects) {
  const {main} = chartWidths('view-compare');
  const readout = html('span', {class: 'readout'}, '% of conversations; tokens per conversation, log scale');
  const chart = cumulativeChart(subjects, {
    domain: app.domain,
    width: main,
    read: (position) => {
      readout.textContent = curveText(subjects, position);
    },
  });
  const bars = subjects.map((subject) => {
    const parts = scoreParts(subject.groups, 'conversations');
    return html(
      'div', {class: 'compare-scores'}, subjectName(subject), scoreBar(parts, scoreTitle(parts, 'conversations')),
      scoreLegend(parts));
  });
  return html(
    'div', {class: 'charts'},
    html('figure', {}, html('figcaption', {}, html('b', {}, 'Conversations up to this length'), ' ', readout), chart),
    html(
      'figure', {},
      html('figcaption', {}, html('b', {}, 'Scores'), ' ', html('span', {class: 'readout'}, '% of conversations')),
      bars));
}

function curveText(subjects, position) {
  const shares = subjects.map((subject) => {
    const share = curveAt(subject.curve, position);
    return `${visible(subject.title)} · ${visible(subject.model)}: ${
      share === null ? MISSING : `${(share * 100).toFixed(1)} %`}`;
  });
  return `up to ${grouped(Math.round(2 ** position))} tokens: ${shares.join('; ')}`;
}

function scoreLegend(parts) {
  const total = sum(parts, 'value');
  return html('ul', {class: 'legend'}, parts.filter((part) => part.value > 0).map((part) => {
    const swatch = html('span', {class: 'swatch', 'aria-hidden': 'true'});
    swatch.style.setProperty('background', `var(--${part.color})`);
    return html('li', {}, swatch, `${part.label} `, html('b', {}, percent(part.value, total)));
  }));
}

function ratio(value, first) {
  return value && first ? `×${(value / first).toFixed(2)}` : MISSING;
}

function compareTable(subjects) {
  const head =
    ['', 'lengths', 'conv.', 'tokens', 'mean', 'median', 'p95', 'p99', 'longest', 'median ratio', 'mean ratio'];
  const [first] = subjects;
  return html(
    'section', {class: 'block'},
    html(
      'h3', {}, 'Lengths ',
      html(
        'span', {class: 'readout'},
        'line p5 to p95, bar p25 to p75, mark median, dot longest; ratios to the first row; ≈ read off bins')),
    html(
      'div', {class: 'scroll'},
      html(
        'table', {class: 'numbers by-score'},
        html(
          'thead', {},
          html(
            'tr', {}, head.map((title, index) => html('th', {scope: 'col', class: index < 2 ? 'text' : null}, title)))),
        html(
          'tbody', {},
          subjects.map(
            (subject) => html(
              'tr', {}, html('th', {scope: 'row', class: 'text'}, subjectName(subject)),
              html(
                'td', {class: 'text'},
                lengthStrip(subject.length, subject.conversations, app.domain, subject.color, 260)),
              html('td', {}, grouped(subject.conversations)), html('td', {}, short(subject.tokens)),
              html('td', {}, subject.mean === null ? MISSING : grouped(Math.round(subject.mean))),
              LENGTH_COLUMNS.map(
                ([key]) =>
                  html('td', {}, enough(key, subject.conversations) ? lengthText(subject.length, key) : MISSING)),
              html('td', {}, ratio(subject.length?.p50, first.length?.p50)),
              html('td', {}, ratio(subject.mean, first.mean))))))));
}

function compareLimits(subjects) {
  return block(
    'Over the limit', ['limit', ...subjects.map((subject) => `${visible(subject.title)} · ${visible(subject.model)}`)],
    app.report.limits.map((limit) => [grouped(limit), ...subjects.map((subject) => {
                            const over = subject.over(limit);
                            return over === null ? MISSING :
                                                   `${grouped(over)} (${overText(over, subject.conversations)} %)`;
                          })]));
}
