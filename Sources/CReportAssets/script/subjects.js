// What can be compared: a dataset, the conversations of one of its labels, all datasets of a model and type.

const DASHES = [null, '9 3', '3 3'];

function subjectKey(dataset) {
  return `dataset:${dataset.key}`;
}

function labelKey(dataset, label) {
  return `label:${encodeURIComponent(label)}:${dataset.key}`;
}

/** The subject of a key; null if this page has no such subject. */
function findSubject(report, key) {
  const [, kind, rest] = /^(dataset|label|group):(.*)$/s.exec(key) ?? [];
  if (kind === 'dataset') {
    const dataset = report.byKey.get(rest);
    return dataset ? {key, datasets: [dataset], dataset, label: null} : null;
  }
  if (kind === 'label') {
    const [, code, name] = /^([^:]*):(.*)$/s.exec(rest) ?? [];
    const dataset = report.byKey.get(name);
    const label = code === undefined ? undefined : report.labels.find((each) => encodeURIComponent(each) === code);
    return dataset && label !== undefined ? {key, datasets: [dataset], dataset, label} : null;
  }
  if (kind === 'group') {
    const [, type, model] = /^([a-z]+):(.*)$/s.exec(rest) ?? [];
    const datasets = report.list.filter((dataset) => dataset.type === type && dataset.model === model);
    return datasets.length > 0 ? {key, datasets, type, model, label: null} : null;
  }
  return null;
}

function toggleMark(key) {
  const {marked} = app.state;
  setState({marked: marked.includes(key) ? marked.filter((each) => each !== key) : [...marked, key]});
}

function compareMarked() {
  if (app.state.marked.length > 0) setState({view: 'compare', subjects: app.state.marked}, {push: true});
}

/** The same subject for every model, the dataset's own first. */
function compareAcrossModels(dataset) {
  const subjects = [dataset, ...sameSubject(dataset)].map(subjectKey);
  setState({view: 'compare', subjects}, {push: true});
}

/** The other models' datasets of the same subject, in the order of the models. */
function sameSubject(dataset) {
  const others = app.report.list.filter(
    (other) => other.type === dataset.type && other.label === dataset.label && other.model !== dataset.model);
  return app.report.models.map((model) => others.find((other) => other.model === model)).filter(Boolean);
}

/** The labels of a dataset against each other: pos before neg, else in their order. */
function compareLabels(dataset) {
  const labels = dataset.whole.labels.map(({label}) => label);
  const places = {pos: 0, neg: 1};
  labels.sort((a, b) => (places[a] ?? 2) - (places[b] ?? 2) || compareText(a, b));
  if (labels.length > 1) {
    setState({view: 'compare', subjects: labels.map((label) => labelKey(dataset, label))}, {push: true});
  }
}

/** The subjects of some keys with their numbers, under the filters of the page. */
function describeSubjects(keys, state) {
  const subjects = keys.map((key) => findSubject(app.report, key)).filter(Boolean).map((subject) => {
    const {dataset, label} = subject;
    const numbers = subject.datasets.map(
      (each) => each.numbers(label === null ? filterOf(state, each) : new Filter({...filterOf(state, each), label})));
    const sums = dataset ? numbers[0] : pool(numbers);
    return {
      ...subject,
      model: dataset?.model ?? subject.model,
      conversations: sums.conversations,
      tokens: sums.tokens,
      lengths: sums.lengths,
      length: sums.length,
      mean: sums.mean,
      title: dataset ? [dataset.label, label].filter((part) => part !== null).join(' · ') :
                       `all ${subject.type}s`,
      groups: dataset && !dataset.scale ? null : sums.groups,
      over(limit) {
        const over = sums.over(limit);
        return dataset ? over?.conversations ?? null : over;
      },
    };
  });
  const differ = new Set(subjects.map(({model}) => model)).size === subjects.length;
  return subjects.map((subject, index) => ({
                        ...subject,
                        dash: DASHES[(differ ? index : Math.floor(index / 5)) % DASHES.length],
                        color: differ ? modelColor(app.report, subject.model) : `model-${index % 5}`,
                      }));
}
