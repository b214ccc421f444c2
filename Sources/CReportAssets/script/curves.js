// Cumulative curves: the share of conversations up to each length.

/** Cumulative curves of several subjects; `read` hears of the length under the pointer. */
function cumulativeChart(subjects, {domain, width, named: isNamed, read}) {
  const height = 380;
  const frame = lengthFrame(
    domain, {width, height, left: 56, right: 24, top: 14},
    'Cumulative share of conversations by length; the numbers are in the table below');
  const steps =
    [0, 25, 50, 75, 90, 95, 100].map((value) => ({share: value / 100, value, strong: value === 50 || value === 95}));
  shareAxis(frame, steps, (step) => `${step.value}${step.value === 100 ? ' %' : ''}`);
  for (const subject of subjects) {
    const inside = subject.curve.filter(([x]) => x >= domain.low && x <= domain.high);
    const ends = [domain.low, domain.high].map((x) => [x, subject.lengths.shareUpTo(Math.floor(2 ** x))]);
    const path = [ends[0], ...inside, ends[1]].map(([x, share]) => `${frame.x(x).toFixed(1)} ${frame.y(share).toFixed(1)}`);
    frame.drawing.append(svg('path', {
      class: 'curve',
      d: `M${path.join('L')}`,
      style: {stroke: `var(--${subject.color})`},
      'stroke-dasharray': subject.dash,
    }));
  }
  if (isNamed) nameCurves(frame, subjects, domain);
  const pointer =
    svg('rect', {class: 'pointer', x: 0, y: frame.top, width: 1, height: frame.base - frame.top, visibility: 'hidden'});
  frame.drawing.append(pointer);
  frame.drawing.addEventListener('pointermove', (event) => {
    const at = event.clientX - frame.drawing.getBoundingClientRect().left;
    const position = domain.low + ((at - frame.left) / (frame.right - frame.left)) * (domain.high - domain.low);
    if (position < domain.low || position > domain.high) return;
    pointer.setAttribute('x', Math.round(at));
    pointer.setAttribute('visibility', 'visible');
    read(position);
  });
  return frame.drawing;
}

/** Each curve's name, with a piece of the curve before it, where the room beside the curve is widest. */
function nameCurves(frame, subjects, domain) {
  const shares = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
  const places = shares.map((share) => subjects.map(({lengths}) => {
    const at = Math.log2(Math.max(lengths.percentile(share * 100), 1));
    return frame.x(clamp(at, domain.low, domain.high));
  }));
  const nameOf = curveNames(subjects);
  const longest = frame.right - frame.left > 600 ? 44 : 28;
  const taken = new Set();
  subjects.forEach((subject, index) => {
    const candidates = shares.flatMap((share, row) => {
      if (taken.has(row)) return [];
      const x = places[row][index];
      const others = places[row].filter((_, other) => other !== index);
      const left = Math.min(x - frame.left, ...others.filter((other) => other <= x).map((other) => x - other));
      const right = Math.min(frame.right - x, ...others.filter((other) => other > x).map((other) => other - x));
      return [{row, share, x, room: left, isLeft: true}, {row, share, x, room: right, isLeft: false}];
    });
    const best = candidates.reduce((most, each) => (each.room > (most?.room ?? 0) ? each : most), null);
    if (!best) return;
    taken.add(best.row);
    const title = nameOf(subject);
    const words = visible(title.length > longest ? `${title.slice(0, longest - 1)}…` : title);
    const y = frame.y(best.share);
    const text = {x: best.x + (best.isLeft ? -30 : 30), y: y + 4, 'text-anchor': best.isLeft ? 'end' : 'start'};
    const [from, to] = best.isLeft ? [best.x - 26, best.x - 8] : [best.x + 8, best.x + 26];
    frame.drawing.append(
      svg('text', {class: 'mark casing', ...text}, words), svg('text', {class: 'mark', ...text}, words),
      svg('line', {
        class: 'curve-key',
        x1: from,
        x2: to,
        y1: y,
        y2: y,
        'stroke-dasharray': subject.dash,
        style: {stroke: `var(--${subject.color})`},
      }));
  });
}

/** What tells curves apart: titles where these differ, else models, else both. */
function curveNames(subjects) {
  const names = [({title}) => title, ({model}) => model, ({title, model}) => `${title} · ${model}`];
  return names.find((name) => new Set(subjects.map(name)).size === subjects.length) ?? names[2];
}
