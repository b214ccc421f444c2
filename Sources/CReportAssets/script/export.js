// Saves the rows shown, in the columns of the tables that are saved beside the page.

const EXPORTED_COSTS = [
  ['over', 'conversations'], ['tokens_lost', 'tokensLost'], ['assistant_tokens_lost', 'assistantLost'],
  ['trained_tokens_lost', 'trainedLost'], ['no_target', 'noTarget'], ['end_lost', 'endLost'],
  ['prompt_over', 'promptOver'], ['completion_over', 'completionOver']
];

/** Thousandths, as in the tables beside the page. */
function rounded(value) {
  return value === null ? null : Math.round(value * 1000) / 1000;
}

function exportColumns(state) {
  const {limits, roles, rules} = app.report;
  const of = (dataset) => numbersOf(state, dataset);
  // The file tells these of all conversations only.
  const ofAll = (value) => (dataset) => (filterOf(state, dataset).isOpen ? value(dataset) : null);
  const columns = [
    ['dataset', (dataset) => dataset.name],
    ['model', (dataset) => dataset.model],
    ['type', (dataset) => dataset.type],
    ['file', (dataset) => dataset.run.file],
    ['conversations', (dataset) => of(dataset).conversations],
    ['tokens', (dataset) => of(dataset).tokens],
    ['mean', (dataset) => rounded(of(dataset).mean)],
    ['std', (dataset) => rounded(of(dataset).std)],
    ...LENGTH_KEYS.map((key) => [key, (dataset) => of(dataset).length?.[key] ?? null]),
    ['trained', (dataset) => dataset.trained],
  ];
  for (const limit of limits) {
    const cut = (key) => (dataset) => of(dataset).over(limit)?.[key] ?? null;
    for (const [name, key] of EXPORTED_COSTS) columns.push([`${name}_${limit}`, cut(key)]);
  }
  roles.forEach(
    (kind, index) => columns.push([`${kind}_tokens`, ofAll((dataset) => dataset.roles?.[index].tokens ?? null)]));
  columns.push(['bytes', ofAll((dataset) => dataset.bytes)], ['characters', ofAll((dataset) => dataset.characters)]);
  for (const rule of rules) {
    const sum = (place) => ofAll((dataset) => dataset.trainedBy[rule]?.[place] ?? null);
    columns.push([`trained_tokens (${rule})`, sum(0)], [`no_target (${rule})`, sum(1)]);
  }
  if (filtersRows(state)) {
    columns.push(
      ['filter', (dataset) => filterOf(state, dataset).words],
      ['all_conversations', (dataset) => dataset.conversations], ['all_tokens', (dataset) => dataset.tokens]);
  }
  const own = new Set(columns.map(([name]) => name));
  const attributes = app.report.attributes.filter((key) => !own.has(key));
  columns.splice(3, 0, ...attributes.map((key) => [key, (dataset) => dataset.attribute(key)]));
  return columns;
}

function tabSeparated(datasets, state) {
  const columns = exportColumns(state);
  const lines =
    [columns.map(([name]) => name), ...datasets.map((dataset) => columns.map(([, value]) => field(value(dataset))))];
  return lines.map((line) => `${line.join('\t')}\n`).join('');
}

function field(value) {
  if (value === null) return '';
  const escapes = {'\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\'};
  if (typeof value !== 'string') return String(value);
  // What spreadsheets take for a formula gets an apostrophe.
  return value.replace(/^[=+\-@']/, "'$&").replace(/[\t\n\r\\]/g, (character) => escapes[character]);
}

function jsonRows(datasets, state) {
  const columns = exportColumns(state);
  const rows = datasets.map(
    (dataset) => JSON.stringify(Object.fromEntries(columns.map(([name, value]) => [name, value(dataset)]))));
  return `[\n${rows.join(',\n')}\n]\n`;
}

function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], {type}));
  html('a', {href: address, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
