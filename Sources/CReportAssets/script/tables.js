// The small tables of a dataset. Those whose numbers the file tells only of all conversations say so under a filter.

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

function detailTables(numbers) {
  const {dataset} = numbers;
  const ofAll = numbers.filter.isOpen ? '' : 'all conversations';
  return [
    percentileBlock(numbers),
    limitBlock(numbers),
    faultBlock(numbers),
    packingBlock(numbers),
    block('Kept by score', ['at least', 'conv.', '% of conv.', 'tokens', '% of tokens'], keptRows(numbers)),
    labelBlock(numbers),
    kindBlock(numbers, ofAll),
    trainedBlock(dataset, ofAll),
    block('Text', ['', ''], textRows(dataset), ofAll),
    ...dataset.columnGroups.map(
      ([column, values]) => block(
        `By ${visible(column)}`, ['', 'conv.', 'tokens', 'median', 'p95', 'longest'],
        Object.entries(values).map(
          ([value, [count, total, p50, p95, max]]) =>
            [value, grouped(count), grouped(total), grouped(p50), lengthText({p95}, 'p95', count), grouped(max)]),
        ofAll)),
    block(
      'Template errors', ['message', 'rows'],
      dataset.templateErrors.map(([message, rows]) => [message, grouped(rows)])),
    originBlock(dataset),
    configurationBlock(dataset),
  ].filter(Boolean);
}

/** What several rules about training come to; nothing where one rule or none was asked for. */
function trainedBlock(dataset, ofAll) {
  return block(
    'Trained by', ['rule', 'tokens', '% of tokens', 'nothing to train'],
    Object.entries(dataset.trainedBy)
      .map(([rule, [tokens, none]]) => [rule, grouped(tokens), percent(tokens, dataset.tokens), grouped(none)]),
    ofAll);
}

function percentileBlock({length, conversations, mean, std}) {
  if (!length) return null;
  const names = {min: 'shortest', max: 'longest', p50: 'p50, median'};
  return block(
    'Percentiles', ['', 'tokens'],
    LENGTH_KEYS.map((key) => [names[key] ?? key, lengthText(length, key, conversations)])
      .concat([['mean', fixed(mean, 1)], ['standard deviation', fixed(std, 1)]]));
}

function limitBlock(numbers) {
  const {conversations, tokens} = numbers;
  const cuts = numbers.dataset.run.limits.map((limit) => [limit, numbers.over(limit)]).filter(([, cut]) => cut);
  // Where a policy says what is trained, that is not the same as what the assistant wrote.
  const trained = cuts.some(([, cut]) => cut.assistantLost === null && cut.trainedLost !== null);
  return block(
    'Limits',
    ['length limit', 'over', '% of conv.', 'tokens lost', '% of tokens', trained ? 'trained lost' : 'assistant lost'],
    cuts.map(([limit, cut]) => [
      grouped(limit), grouped(cut.conversations), overText(cut.conversations, conversations),
      grouped(cut.tokensLost), percent(cut.tokensLost, tokens),
      grouped(trained ? cut.trainedLost : cut.assistantLost)
    ]),
    trainedNote(numbers.dataset));
}

/** What is trained by the rule that the dataset was counted by. */
function trainedNote({trained}) {
  return trained === null ? '' : `trained: ${visible(trained)}`;
}

/** What limits cost beside tokens, where the file says it. */
function faultBlock(numbers) {
  const keys = ['noTarget', 'endLost', 'promptOver', 'completionOver'];
  const rows = numbers.dataset.run.limits.flatMap((limit) => {
    const cut = numbers.over(limit);
    if (!cut || keys.every((key) => cut[key] === null)) return [];
    return [[grouped(limit), ...keys.map((key) => grouped(cut[key]))]];
  });
  return block(
    'Cut at a limit', ['length limit', 'no target', 'end lost', 'prompt over', 'completion over'], rows,
    ['conversations', trainedNote(numbers.dataset)].filter(Boolean).join(', '));
}

function packingBlock(numbers) {
  const rows = numbers.dataset.run.limits.flatMap((limit) => {
    const filled = numbers.packing(limit);
    if (!filled) return [];
    const padded = numbers.lengths ? numbers.conversations * limit : null;
    const kept = numbers.tokens - (numbers.over(limit)?.tokensLost ?? 0);
    return [[
      grouped(limit), grouped(filled.sequences), percent(filled.tokens, filled.sequences * limit),
      percent(kept, padded)
    ]];
  });
  return block(
    'Packing', ['sequence length', 'sequences', '% full', '% full unpacked'], rows, 'best fit, as TRL packs');
}

/** Tokens by kind: of the conversations that are kept, else of all, which the note says. */
function kindBlock(numbers, ofAll) {
  const kept = numbers.roles;
  const {roles, tokens} = kept ? {roles: kept, tokens: numbers.tokens} : numbers.dataset;
  return block(
    'Tokens by kind', ['', 'tokens', '% of tokens'],
    (roles ?? []).filter((kind) => kind.tokens > 0)
      .map((kind) => [kind.kind, grouped(kind.tokens), percent(kind.tokens, tokens)]),
    kept ? '' : ofAll);
}

function labelBlock(numbers) {
  const {labels} = numbers;
  if (labels.length === 0) return null;
  const lengths = (label) => Object.fromEntries(labels.map((each) => [each.label, each.lengths]))[label] ?? null;
  const [pos, neg] = [lengths('pos'), lengths('neg')];
  const effect = pos && neg ? contrast(pos, neg) : null;
  const note = effect && effect.d !== null ?
    `pos against neg: d ${fixed(effect.d, 2)}, P(longer) ${fixed(effect.longer, 2)}` :
    '';
  return block(
    'Labels', ['', 'conv.', 'tokens', 'mean', 'median', 'p95'],
    labels.map(({label, conversations, tokens, lengths: exact}) => [
      label, grouped(conversations), grouped(tokens),
      conversations > 0 ? fixed(tokens / conversations, 0) : MISSING, lengthText(exact?.summary, 'p50', conversations),
      lengthText(exact?.summary, 'p95', conversations)
    ]),
    note);
}

/** The thresholds people use: the borders of the bands, and three quarters of a long scale. */
function keptRows(numbers) {
  const {dataset, conversations, tokens} = numbers;
  if (!dataset.scale || (numbers.scores?.length ?? 0) === 0) return [];
  const {bands, highest} = dataset.scale;
  const thresholds = new Set([...bands.map(([lowest]) => lowest), ...(highest > 10 ? [0.75 * highest] : [])]);
  const descending = [...thresholds].filter(Number.isInteger).sort((a, b) => b - a);
  const kept = descending.map((score) => ({score, ...numbers.atLeast(score)}));
  // Below the first that keeps every score there is nothing more to keep.
  const last = kept.findIndex((entry) => entry.conversations === kept[kept.length - 1].conversations);
  return kept.slice(0, last + 1).map((entry) => [
    `score ${entry.score}`, grouped(entry.conversations), percent(entry.conversations, conversations),
    grouped(entry.tokens), percent(entry.tokens, tokens)
  ]);
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

function configurationBlock(dataset) {
  if (dataset.configuration === null) return null;
  return html(
    'section', {class: 'block'}, html('h3', {}, 'Configuration'),
    html('pre', {class: 'configuration'}, dataset.configuration));
}
