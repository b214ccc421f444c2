// Saves the rows shown, in the columns of the tables that are saved beside the page.

function exportColumns(state) {
  const {limits, roles} = app.report;
  const columns = [
    ['dataset', (dataset) => dataset.name],
    ['model', (dataset) => dataset.model],
    ['type', (dataset) => dataset.type],
    ['file', (dataset) => dataset.run.file],
    ['conversations', (dataset) => dataset.conversations],
    ['tokens', (dataset) => dataset.tokens],
    ['mean', (dataset) => dataset.mean],
    ['std', (dataset) => dataset.std],
    ...LENGTH_KEYS.map((key) => [key, (dataset) => dataset.length?.[key] ?? null]),
  ];
  for (const limit of limits) {
    columns.push(
      [`over_${limit}`, (dataset) => dataset.overLimit(limit)?.conversations ?? null],
      [`tokens_lost_${limit}`, (dataset) => dataset.overLimit(limit)?.tokensLost ?? null],
      [`assistant_tokens_lost_${limit}`, (dataset) => dataset.overLimit(limit)?.assistantTokensLost ?? null],
      [`no_target_${limit}`, (dataset) => dataset.overLimit(limit)?.noTarget ?? null],
      [`end_lost_${limit}`, (dataset) => dataset.overLimit(limit)?.endLost ?? null],
      [`prompt_over_${limit}`, (dataset) => dataset.overLimit(limit)?.promptOver ?? null],
      [`completion_over_${limit}`, (dataset) => dataset.overLimit(limit)?.completionOver ?? null]);
  }
  roles.forEach((kind, index) => columns.push([`${kind}_tokens`, (dataset) => dataset.roles?.[index].tokens ?? null]));
  columns.push(['bytes', (dataset) => dataset.bytes], ['characters', (dataset) => dataset.characters]);
  if (hasThreshold(state)) {
    columns.push(
      ['kept_conversations', (dataset) => kept(state, dataset).conversations],
      ['kept_tokens', (dataset) => kept(state, dataset).tokens]);
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
  return typeof value === 'string' ? value.replace(/[\t\n\r\\]/g, (character) => escapes[character]) : String(value);
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
