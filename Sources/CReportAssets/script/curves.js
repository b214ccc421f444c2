// Cumulative curves: the share of conversations up to each length.

/** Cumulative curves of several subjects, and those of them whose names found no room; `read` hears of lengths. */
function cumulativeChart(subjects, {domain, width, named: isNamed, read}) {
  const height = 380;
  const frame = lengthFrame(
    domain, {width, height, left: 56, right: 24, top: 14},
    'Cumulative share of conversations by length; the numbers are in the table below');
  const steps =
    [0, 25, 50, 75, 90, 95, 100].map((value) => ({share: value / 100, value, strong: value === 50 || value === 95}));
  shareAxis(frame, steps, (step) => `${step.value}${step.value === 100 ? ' %' : ''}`);
  for (const subject of subjects) {
    frame.drawing.append(svg('path', {
      class: 'curve',
      d: curvePath(subject.lengths, frame, domain),
      style: {stroke: `var(--${subject.color})`},
      'stroke-dasharray': subject.dash,
    }));
  }
  const unnamed = isNamed ? nameCurves(frame, subjects, domain) : [];
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
  return {drawing: frame.drawing, unnamed};
}

/** Level up to each length that occurs, and there straight up; what falls on the same tenth of a pixel is one step. */
function curvePath({lengths, counts, count}, frame, domain) {
  const commands = [];
  let seen = 0;
  let index = 0;
  while (index < lengths.length && lengths[index] <= 2 ** domain.low) seen += counts[index++];
  let lastX = '';
  let lastY = frame.y(seen / count).toFixed(1);
  commands.push(`M${frame.left} ${lastY}`);
  for (; index < lengths.length && lengths[index] <= 2 ** domain.high; index += 1) {
    seen += counts[index];
    const y = frame.y(seen / count).toFixed(1);
    if (y === lastY) continue;
    const x = frame.x(Math.log2(lengths[index])).toFixed(1);
    if (x === lastX) commands[commands.length - 1] = `V${y}`;
    else commands.push(`H${x}`, `V${y}`);
    [lastX, lastY] = [x, y];
  }
  commands.push(`H${frame.right}`);
  return commands.join('');
}

/** The height of a curve at each pixel from the frame's left to its right end, downwards as drawings count. */
function curveHeights({lengths, counts, count}, frame, domain) {
  const heights = [];
  let seen = 0;
  let index = 0;
  for (let x = frame.left; x <= frame.right; x += 1) {
    const position = domain.low + ((x - frame.left) / (frame.right - frame.left)) * (domain.high - domain.low);
    while (index < lengths.length && lengths[index] <= 2 ** position) seen += counts[index++];
    heights.push(frame.y(seen / count));
  }
  return heights;
}

/** Half of the height that a name takes, and the piece of its curve that stands before it. */
const NAME_RISE = 8;
const NAME_KEY = 22;

/**
 * Writes each curve's name beside it, or with a line to it beyond the other curves, where it lies on no curve, on no
 * other name and within the frame; returns the subjects whose names have no such place.
 */
function nameCurves(frame, subjects, domain) {
  const curves = subjects.map(({lengths}) => curveHeights(lengths, frame, domain));
  const names = shortNames(subjects);
  const taken = [];
  return subjects.filter((subject, index) => {
    for (const words of names.map((each) => each[index])) {
      const place = findPlace(frame, curves, index, NAME_KEY + 4 + textWidth(words), taken);
      if (!place) continue;
      taken.push(...place.boxes);
      drawName(frame, subject, words, place);
      return false;
    }
    return true;
  });
}

/** The names in full and shortened, as far as they stay different. */
function shortNames(subjects) {
  const nameOf = curveNames(subjects);
  const cut = (name, most) => visible(name.length > most ? `${name.slice(0, most - 1)}…` : name);
  return [44, 28, 18].map((most) => subjects.map((subject) => cut(nameOf(subject), most)))
    .filter((names) => new Set(names).size === names.length);
}

/** The best place for a name of that width: beside its curve, else at the end of the shortest line. */
function findPlace(frame, curves, own, width, taken) {
  let best = null;
  for (let y = frame.top + NAME_RISE; y <= frame.base - NAME_RISE - 2; y += 3) {
    const sides = curves.map((heights) => curveSides(heights, frame, y));
    const at = sides[own].at;
    for (const isLeft of [true, false]) {
      const far = isLeft ? Math.min(...sides.map(({left}) => left)) : Math.max(...sides.map(({right}) => right));
      for (const edge of [isLeft ? sides[own].left : sides[own].right, far]) {
        const [from, to] = isLeft ? [edge - 4 - width, edge - 4] : [edge + 4, edge + 4 + width];
        const name = {from, to, top: y - NAME_RISE, bottom: y + NAME_RISE};
        const line = {from: Math.min(at, to), to: Math.max(at, from), top: y - 1, bottom: y + 1};
        const isFree = from >= frame.left + 2 && to <= frame.right - 2 &&
          !curves.some((heights) => isCrossed(heights, frame, name)) &&
          ![name, line].some((box) => taken.some((other) => overlap(box, other)));
        // Places in the middle are where somebody looks.
        const cost = line.to - line.from + Math.abs(y - (frame.top + frame.base) / 2) / 10;
        if (!isFree || cost >= (best?.cost ?? Infinity)) continue;
        const near = isLeft ? to : from;
        const isApart = Math.abs(at - near) > 16 || sides.some((side) => (side.at - at) * (side.at - near) < 0);
        best = {cost, isLeft, isApart, at, y, from, to, boxes: [name, line]};
      }
    }
  }
  return best;
}

/** Where a curve passes a height, and where it leaves the height of a name there on either side. */
function curveSides(heights, frame, y) {
  const first = (limit) => {
    const index = heights.findIndex((height) => height < limit);
    return frame.left + (index < 0 ? heights.length : index);
  };
  return {at: first(y + 0.5), left: first(y + NAME_RISE) - 1, right: first(y - NAME_RISE)};
}

function isCrossed(heights, frame, {from, to, top, bottom}) {
  const at = (x) => heights[clamp(Math.round(x - frame.left), 0, heights.length - 1)];
  return at(from - 3) > top - 2 && at(to + 3) < bottom + 2;
}

function overlap(one, other) {
  return one.from < other.to && other.from < one.to && one.top < other.bottom && other.top < one.bottom;
}

function drawName(frame, subject, words, {isLeft, isApart, at, y, from, to}) {
  const key = isLeft ? [to - NAME_KEY, to] : [from, from + NAME_KEY];
  const text = {x: isLeft ? key[0] - 4 : key[1] + 4, y: y + 4, 'text-anchor': isLeft ? 'end' : 'start'};
  const near = isLeft ? to : from;
  const color = {fill: `var(--${subject.color})`};
  // A line over other curves ends in a square on its own.
  if (isApart) {
    frame.drawing.append(
      svg('rect', {x: Math.min(at, near), y: y - 0.5, width: Math.abs(at - near), height: 1, style: color}),
      svg('rect', {x: at - 3, y: y - 3, width: 6, height: 6, style: color}));
  }
  frame.drawing.append(
    svg('text', {class: 'mark casing', ...text}, words), svg('text', {class: 'mark', ...text}, words),
    svg('line', {
      class: 'curve-key',
      x1: key[0],
      x2: key[1],
      y1: y,
      y2: y,
      'stroke-dasharray': subject.dash,
      style: {stroke: `var(--${subject.color})`},
    }));
}

/** The width of a text in a chart, with a little room. */
function textWidth(text) {
  const context = html('canvas').getContext('2d');
  context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return Math.ceil(context.measureText(text).width * 1.03) + 1;
}

/** What tells curves apart: titles where these differ, else models, else both. */
function curveNames(subjects) {
  const names = [({title}) => title, ({model}) => model, ({title, model}) => `${title} · ${model}`];
  return names.find((name) => new Set(subjects.map(name)).size === subjects.length) ?? names[2];
}
