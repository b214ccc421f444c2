// The longest and shortest conversations in full, where the page was made with their texts.

function samplesBlock(numbers) {
  const {samples} = numbers.dataset;
  if (!samples) return [];
  const {filter} = numbers;
  const side = (title, rows) => {
    if (rows.length === 0) return null;
    // What a filter keeps of the longest of all are the longest that it keeps; there may be fewer, or none.
    const kept = rows.filter(({score, label}) => filter.keeps({
      score: score === 'null' ? null : Math.floor(Number(score)),
      label: label ?? 'null'
    }));
    const note =
      filter.isOpen ? '' : `of all conversations; the filters keep ${grouped(kept.length)} of ${grouped(rows.length)}`;
    return html(
      'section', {class: 'block samples'}, html('h3', {}, title, ' ', html('span', {class: 'readout'}, note)),
      kept.map((sample) => sampleEntry(sample)));
  };
  return [side('Longest conversations', samples.longest), side('Shortest conversations', samples.shortest)].filter(Boolean);
}

function sampleEntry({row, tokens, score, label, parts}) {
  const facts = [
    `row ${grouped(row)}`, `${grouped(tokens)} tokens`, score === 'null' ? null : `score ${score}`,
    label === null ? null : `label ${visible(label)}`
  ];
  return html(
    'details', {class: 'sample'}, html('summary', {}, facts.filter((fact) => fact !== null).join(' · ')),
    parts.map((part) => (part.kind === 'overhead' ? templatePart(part) : messagePart(part))));
}

function messagePart({kind, tokens, text}) {
  return html(
    'div', {class: 'message'},
    html(
      'p', {class: 'role'}, html('span', {class: `swatch kind-${kind}`, 'aria-hidden': 'true'}), kind,
      html('span', {class: 'of-tokens'}, tokenText(tokens))),
    html('pre', {class: `text kind-border-${kind}`}, html('bdi', {}, visible(text, {keepsLines: true}))));
}

/** What the template writes between the messages. */
function templatePart({tokens, text}) {
  return html(
    'p', {class: 'template-part'}, html('code', {}, named(text.replace(/\n/g, '↵'))),
    html('span', {class: 'of-tokens'}, tokenText(tokens)));
}

function tokenText(tokens) {
  return `${grouped(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`;
}
