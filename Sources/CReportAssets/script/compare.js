// Any number of datasets, labels or models side by side.

/** Above so many subjects the curves are told apart by color and dash alone. */
const MOST_NAMED_CURVES = 8;

function renderCompare() {
  const subjects = describeSubjects(app.state.subjects, app.state);
  const view = element('view-compare');
  const heading = html('h2', {id: 'compare-heading', tabindex: -1}, 'Comparison');
  const children = [
    html('nav', {class: 'trail', 'aria-label': 'Comparison'}, backLink()),
    html('header', {class: 'title'}, heading, filterNotice(), subjectList(subjects))
  ];
  if (subjects.length === 0) {
    children.push(html(
      'p', {class: 'notice'}, 'Nothing to compare: mark some rows of the table, or add a dataset by its name.'));
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
  chips.push(html('li', {class: 'add'}, subjectInput()));
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
    setState({subjects: [...new Set([...app.state.subjects, subjectKey(dataset)])]});
  });
  input.addEventListener('input', () => input.setCustomValidity(''));
  return html('span', {}, input, names);
}

function compareCharts(subjects) {
  const {main} = chartSizes('view-compare');
  const readout = html('span', {class: 'readout'}, '% of conversations; tokens per conversation, log scale');
  const drawn = subjects.filter(({lengths}) => lengths !== null && lengths.count > 0);
  const {drawing, unnamed} = cumulativeChart(drawn, {
    domain: app.domain,
    width: main,
    named: drawn.length <= MOST_NAMED_CURVES,
    read: (position) => {
      readout.textContent = curveText(drawn, position);
    },
  });
  const bars = subjects.filter((subject) => subject.groups).map((subject) => {
    const parts = scoreParts(subject.groups, 'conversations');
    return html(
      'div', {class: 'compare-scores'}, subjectName(subject), scoreBar(parts, scoreTitle(parts, 'conversations')),
      scoreLegend(parts));
  });
  return html(
    'div', {class: 'charts'},
    html(
      'figure', {}, html('figcaption', {}, html('b', {}, 'Conversations up to this length'), ' ', readout),
      drawn.length > 0 ? drawing : html('p', {class: 'notice'}, 'The page holds no lengths of these datasets.'),
      unnamed.length === 0 ? null :
                             html('ul', {class: 'legend'}, unnamed.map((each) => html('li', {}, subjectName(each))))),
    bars.length === 0 ? null : html(
      'figure', {},
      html('figcaption', {}, html('b', {}, 'Scores'), ' ', html('span', {class: 'readout'}, '% of conversations')),
      bars));
}

function curveText(subjects, position) {
  const length = Math.round(2 ** position);
  const shares = subjects.map(
    (subject) => `${visible(subject.title)} · ${visible(subject.model)}: ${
      (subject.lengths.shareUpTo(length) * 100).toFixed(1)} %`);
  return `up to ${grouped(length)} tokens: ${shares.join('; ')}`;
}

function scoreLegend(parts) {
  const total = sum(parts, 'value');
  return html(
    'ul', {class: 'legend'},
    parts.filter((part) => part.value > 0)
      .map((part) => html('li', {}, swatchOf(part.color), `${part.label} `, html('b', {}, percent(part.value, total)))));
}

function swatchOf(color) {
  const swatch = html('span', {class: 'swatch', 'aria-hidden': 'true'});
  swatch.style.setProperty('background', `var(--${color})`);
  return swatch;
}

function ratio(value, base) {
  return value === null || value === undefined || !base ? MISSING : `×${(value / base).toFixed(2)}`;
}

/** Lengths, and how they differ from the first row's: the ratio of medians, Cohen's d, P(longer). */
function compareTable(subjects) {
  const [first] = subjects;
  const head = [
    ['name', ''], ['lengths', 'lengths'], ['conversations', 'conv.'], ['tokens', 'tokens'], ['mean', 'mean'],
    ...LENGTH_COLUMNS, ['ratio', 'median ratio'], ['d', 'd'], ['longer', 'P(longer)']
  ];
  const row = (subject) => {
    const effect = subject !== first && subject.lengths && first.lengths ? contrast(subject.lengths, first.lengths) :
                                                                             {d: null, longer: null};
    const cells = {
      name: subjectName(subject),
      lengths: lengthStrip(subject, app.domain, subject.color, stripWidth(260)),
      conversations: grouped(subject.conversations),
      tokens: grouped(subject.tokens),
      mean: subject.mean === null ? MISSING : grouped(Math.round(subject.mean)),
      ratio: subject === first ? MISSING : ratio(subject.length?.p50, first.length?.p50),
      d: fixed(effect.d, 2),
      longer: fixed(effect.longer, 2),
    };
    for (const [key] of LENGTH_COLUMNS) cells[key] = lengthText(subject.length, key, subject.conversations);
    return cells;
  };
  return gridBlock(
    'Lengths', head, subjects.map(row),
    `${STRIP_WORDS}; ratio, d (difference of the means in standard ` +
      'deviations) and P(longer) (probability to be the longer one) against the first row');
}

function compareLimits(subjects) {
  const {limits} = app.report;
  if (limits.length === 0) return null;
  const head = [['name', ''], ...limits.map((limit) => [`limit-${limit}`, `over ${grouped(limit)}`])];
  return gridBlock('Over the limit', head, subjects.map((subject) => {
    const cells = {name: subjectName(subject)};
    for (const limit of limits) {
      const over = subject.over(limit);
      cells[`limit-${limit}`] =
        over === null ? MISSING : over === 0 ? '0' : `${grouped(over)} (${overText(over, subject.conversations)} %)`;
    }
    return cells;
  }), 'conversations');
}
