// Charts. Same axis, same colors and same marks as in the pictures.

/** Maps log2 of a length to a place between two ends. */
function lengthScale(domain, left, right) {
  const scale = (right - left) / (domain.high - domain.low);
  return (position) => left + (position - domain.low) * scale;
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** The length axis: a line at each power of two, or at each second one if they would be closer than 60 px. */
function axisTicks(domain, x) {
  const ticks = [];
  const step = x(domain.low + 1) - x(domain.low) < 60 ? 2 : 1;
  for (let power = domain.low; power <= domain.high; power += step) ticks.push({power, x: x(power)});
  return ticks;
}

/** Draws a length histogram, stacked by score, into a canvas. */
function drawSparkline(canvas, numbers, {domain, scale}) {
  const {groups, conversations, length} = numbers;
  const {edges, bands} = numbers.dataset;
  const ratio = window.devicePixelRatio || 1;
  const {width, height} = SPARKLINE;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  const x = lengthScale(domain, 5, width - 5);
  const base = height - 1;
  context.fillStyle = theme.color('grid');
  context.fillRect(0, base, width, 1);
  const stack = stacked(groups);
  for (let bin = 0; bin <= edges.length; bin += 1) {
    const place = binPlace(edges, bin, domain, x, width);
    if (!place) continue;
    let bottom = base;
    for (const group of stack) {
      const count = group.bins?.[bin] ?? 0;
      if (count === 0) continue;
      const share = (count / conversations) * 100;
      const tall = place.outside ? share : binDensity(edges, bin, share);
      const rise = Math.min((tall / scale) * (height - 3), bottom - 1);
      context.fillStyle = theme.color(bandColor(group.band, bands));
      context.fillRect(place.left, bottom - rise, Math.max(place.right - place.left - 0.5, 0.75), rise);
      bottom -= rise;
    }
  }
  if (length?.p50 > 0) {
    const at = Math.round(clamp(x(Math.log2(length.p50)), 0, width - 1));
    context.fillStyle = theme.color('ink');
    context.fillRect(at, 0, 1, height);
  }
}

/** Bands in the order in which they are stacked: the highest at the bottom, those without a score on top. */
function stacked(groups) {
  return [...groups.slice(0, -1)].reverse().concat(groups.slice(-1));
}

const SPARKLINE = {
  width: 148,
  height: 24
};

/** Where a bin is drawn; bins outside the axis share a slot at each end; null for those never reached. */
function binPlace(edges, bin, domain, x, width) {
  const left = bin === 0 ? -Infinity : edgePosition(edges[bin - 1]);
  const right = bin === edges.length ? Infinity : edgePosition(edges[bin]);
  const middle = bin === 0 ? -Infinity : bin === edges.length ? Infinity : (left + right) / 2;
  if (middle < domain.low) return {left: 0, right: 3.5, outside: true};
  if (middle > domain.high) return {left: width - 3, right: width + 0.5, outside: true};
  return {left: x(Math.max(left, domain.low)), right: x(Math.min(right, domain.high)), outside: false};
}

/** A bar of shares by score, highest first, as one background. */
function scoreBar(parts, title) {
  const total = sum(parts, 'value');
  const stops = [];
  let from = 0;
  for (const part of parts) {
    if (total === 0 || part.value === 0) continue;
    const to = from + (part.value / total) * 100;
    stops.push(`var(--${part.color}) ${from.toFixed(2)}% ${to.toFixed(2)}%`);
    from = to;
  }
  const bar = html('span', {class: 'score-bar', role: 'img', 'aria-label': title, title});
  if (stops.length > 0) bar.style.setProperty('background', `linear-gradient(90deg, ${stops.join(', ')})`);
  return bar;
}

/** Parts of a score bar out of a dataset's or a pool's groups. */
function scoreParts(groups, key) {
  const bands = groups.slice(0, -1);
  return stacked(groups).map((group) => ({
                     label: group.label,
                     value: group[key],
                     color: group.lowest === null ? 'score-none' : bandColor(group.band, bands),
                   }));
}

function scoreTitle(parts, what) {
  const total = sum(parts, 'value');
  const shares = parts.filter((part) => part.value > 0).map((part) => `${part.label}: ${percent(part.value, total)} %`);
  return shares.length > 0 ? `${what} by score: ${shares.join(', ')}` : `no ${what}`;
}

const STRIP_WORDS = 'line p5 to p95, bar p25 to p75, mark median, dot longest; under 20 conversations a mark each';

/** What the words above say. */
function lengthStrip(group, domain, color, width) {
  const {length, conversations} = group;
  const height = 22;
  const x = lengthScale(domain, 6, width - 6);
  const at = (value) => Math.round(clamp(x(Math.log2(Math.max(value, 1))), 1, width - 1));
  const drawing = svg('svg', {class: 'strip', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true'});
  for (const tick of axisTicks(domain, x)) {
    drawing.append(svg('rect', {class: 'grid', x: Math.round(tick.x), y: 0, width: 1, height}));
  }
  if (!length || length.p50 === null || conversations === 0) return drawing;
  const bar = (left, right, y, thick, fillColor) => svg('rect', {
    x: left,
    y,
    width: Math.max(right - left, 1),
    height: thick,
    style: {fill: `var(--${fillColor})`},
  });
  // Few lengths are quickly read; those of a whole model are not asked for.
  if (!enough('p95', conversations) && group.lengths) {
    for (const value of group.lengths.lengths) drawing.append(bar(at(value) - 1, at(value) + 1, 5, 12, 'text'));
    return drawing;
  }
  drawing.append(bar(at(length.p5), at(length.p95), 10, 2, 'outline'));
  drawing.append(bar(at(length.p25), at(length.p75), 5, 12, color));
  drawing.append(bar(at(length.p50) - 2, at(length.p50) + 2, 3, 16, 'paper'));
  drawing.append(bar(at(length.p50) - 1, at(length.p50) + 1, 3, 16, 'ink'));
  if (length.max) drawing.append(bar(at(length.max) - 2, at(length.max) + 2, 9, 4, 'text'));
  return drawing;
}

/** The frame of a chart over the length axis: grid, labels and scales. */
function lengthFrame(domain, {width, height, left = 44, right = 24, top = 26, bottom = 24, gap = 8}, label) {
  const x = lengthScale(domain, left, width - right);
  const drawing = svg('svg', {
    class: 'chart',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': label,
  });
  const base = height - bottom;
  for (const tick of axisTicks(domain, x)) {
    drawing.append(
      svg('rect', {class: 'grid', x: Math.round(tick.x), y: top, width: 1, height: base - top}),
      svg('text', {class: 'axis', x: tick.x, y: base + 16, 'text-anchor': 'middle'}, grouped(2 ** tick.power)));
  }
  drawing.append(svg('rect', {class: 'base', x: left, y: base, width: width - left - right, height: 1}));
  return {drawing, x, y: (share) => base - share * (base - top), top, base, left, right: width - right, gap};
}

/** Labels up the left side, each with its line. */
function shareAxis(frame, steps, text) {
  for (const step of steps) {
    const y = Math.round(frame.y(step.share));
    if (step.share > 0) {
      frame.drawing.append(svg('rect', {
        class: step.strong ? 'rule' : 'grid',
        x: frame.left,
        y,
        width: frame.right - frame.left,
        height: 1,
      }));
    }
    frame.drawing.append(
      svg('text', {class: 'axis', x: frame.left - frame.gap, y: y + 4, 'text-anchor': 'end'}, text(step)));
  }
}

/** A length histogram, stacked by score; `read` hears of the bin under the pointer. */
function histogramChart(numbers, {domain, scale, width, height, read}) {
  const {dataset, bins, groups, conversations} = numbers;
  const label = `Length histogram of ${visible(dataset.name)}; the numbers are in the tables below`;
  const frame = lengthFrame(domain, {width, height, left: 88, right: 60, gap: 54}, label);
  const top = scale / 100;
  const step = niceStep(scale);
  const steps = Array.from(
    {length: Math.round(scale / step) + 1}, (_, index) => ({share: (index * step) / scale, value: index * step}));
  shareAxis(frame, steps, ({value}) => `${value}${value === scale ? ' %' : ''}`);
  const stack = stacked(groups);
  const slots = {less: {x: frame.left - 42, heap: frame.base}, more: {x: frame.right + 30, heap: frame.base}};
  for (let bin = 0; bin <= dataset.edges.length; bin += 1) {
    if (bins[bin] === 0) continue;
    const place = binPlace(dataset.edges, bin, domain, frame.x, width);
    const slot = place.outside ? (place.left === 0 ? slots.less : slots.more) : null;
    const column = svg('g', {class: 'bin', onpointerenter: () => read(bin)});
    let bottom = slot ? slot.heap : frame.base;
    for (const group of stack) {
      if (!group.bins?.[bin]) continue;
      const share = group.bins[bin] / conversations;
      const tall = slot ? share : binDensity(dataset.edges, bin, share);
      const rise = Math.max(Math.min((tall / top) * (frame.base - frame.top), bottom - frame.top + 8), 0.5);
      const left = slot ? slot.x : Math.round(place.left);
      const right = slot ? slot.x + 12 : Math.round(place.right) - 1;
      column.append(svg('rect', {
        x: left,
        y: bottom - rise,
        width: Math.max(right - left, 1),
        height: rise,
        style: {fill: `var(--${bandColor(group.band, dataset.bands)})`},
      }));
      bottom -= rise;
    }
    if (slot) slot.heap = bottom;
    frame.drawing.append(column);
  }
  if (slots.less.heap < frame.base) frame.drawing.append(slotLabel(slots.less.x + 6, frame.base, 'less'));
  if (slots.more.heap < frame.base) frame.drawing.append(slotLabel(slots.more.x + 6, frame.base, 'more'));
  markLengths(frame, numbers);
  return frame.drawing;
}

/** The distance of the lines that divide a scale from 0 into even, round parts. */
function niceStep(scale) {
  return [1, 2, 3, 5, 10, 20, 25].find((step) => scale % step === 0 && scale / step <= 6) ?? scale / 5;
}

function slotLabel(x, base, text) {
  return svg('text', {class: 'axis', x, y: base + 16, 'text-anchor': 'middle'}, text);
}

/** Lines at the median and, with enough values, at p95. */
function markLengths(frame, {length, conversations}) {
  if (!length) return;
  const mark = (key, name, className, anchor) => {
    const x = Math.round(clamp(frame.x(Math.log2(Math.max(length[key], 1))), frame.left, frame.right));
    frame.drawing.append(
      svg('line', {class: `${className} casing`, x1: x, x2: x, y1: 8, y2: frame.base}),
      svg('line', {class: className, x1: x, x2: x, y1: 8, y2: frame.base}),
      svg(
        'text', {class: 'mark', x: x + (anchor === 'end' ? -5 : 5), y: 16, 'text-anchor': anchor},
        `${name} ${grouped(length[key])}`));
  };
  mark('p50', 'median', 'median', 'end');
  if (enough('p95', conversations)) mark('p95', 'p95', 'p95', 'start');
}

/** Share of conversations by score, with a mark for the share of tokens. */
function scoreChart(numbers, {width, height}) {
  const {dataset} = numbers;
  const [left, right, top, base] = [40, width - 8, 26, height - 24];
  const bars = scoreBars(numbers);
  const highest = Math.max(...bars.map((bar) => Math.max(bar.conversations, bar.tokens)), 0.01);
  const scale = ([5, 10, 20, 30, 40, 50, 60, 80, 100].find((step) => step >= highest * 100) ?? 100) / 100;
  const lines = niceStep(scale * 100) / 100;
  const label = `Scores of ${visible(dataset.name)}; the numbers are in the tables below`;
  const drawing = svg('svg', {
    class: 'chart',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': label,
  });
  const y = (share) => base - (share / scale) * (base - top);
  for (let index = 0; index <= Math.round(scale / lines); index += 1) {
    const at = Math.round(y(index * lines));
    const value = Math.round(index * lines * 100);
    drawing.append(
      svg('rect', {class: index === 0 ? 'base' : 'grid', x: left, y: at, width: right - left, height: 1}),
      svg(
        'text', {class: 'axis', x: left - 8, y: at + 4, 'text-anchor': 'end'},
        `${value}${value === Math.round(scale * 100) ? ' %' : ''}`));
  }
  // Bars of several scores are named where one begins, and the last where it ends, which needs room before what has none.
  const apart = bars[0].start ? 2 : 0.45;
  const step = (right - left) / (bars.length + apart + 0.15);
  bars.forEach((bar, index) => {
    const x = Math.round(left + step * (index + (bar.none ? apart : 0.15)));
    const wide = Math.max(Math.floor(step * (bars.length > 8 ? 0.86 : 0.7)), 2);
    const tall = base - y(bar.conversations);
    const title = svg(
      'title', {},
      `${bar.title}: ${percent(bar.conversations, 1)} % of conversations, ${percent(bar.tokens, 1)} % of tokens`);
    drawing.append(svg('g', {}, title, svg('rect', {
                         x,
                         y: base - tall,
                         width: wide,
                         height: Math.max(tall, bar.conversations > 0 ? 1 : 0),
                         style: {fill: `var(--${bar.color})`},
                       })));
    if (bar.tokens > 0) {
      drawing.append(
        svg('rect', {class: 'casing', x: x - 2, y: Math.round(y(bar.tokens)) - 2, width: wide + 4, height: 4}),
        svg('rect', {class: 'token-mark', x: x - 1, y: Math.round(y(bar.tokens)) - 1, width: wide + 2, height: 2}));
    }
    const name = (text, at) =>
      drawing.append(svg('text', {class: 'axis', x: at, y: base + 16, 'text-anchor': 'middle'}, text));
    if (bar.label) name(bar.label, x + wide / 2);
    if (bar.start) name(bar.start, x);
    if (bar.end) name(bar.end, x + wide);
    if (bars.length <= 8 && bar.conversations > 0) {
      const above = Math.min(y(bar.conversations), y(bar.tokens)) - 6;
      drawing.append(svg(
        'text', {class: 'mark', x: x + wide / 2, y: above, 'text-anchor': 'middle'}, percent(bar.conversations, 1)));
    }
  });
  return drawing;
}

/** At most twenty bars of one or several scores each, and one without a score. */
function scoreBars(numbers) {
  const {dataset, conversations, tokens} = numbers;
  const {lowest, highest} = dataset.scale;
  const span = highest - lowest;
  const width = span < 20 ? 1 : Math.ceil(span / 20);
  const count = width === 1 ? span + 1 : Math.ceil(span / width);
  const share = (value, total) => (total > 0 ? value / total : 0);
  const bars = Array.from({length: count}, (_, index) => {
    const low = lowest + index * width;
    const high = index === count - 1 ? highest : low + width - 1;
    const inside = numbers.scores.filter(({score}) => low <= score && score <= high);
    const band = dataset.bands.findIndex(([bottom, top]) => bottom <= low && low <= top);
    return {
      title: low === high ? `score ${low}` : `scores ${low}–${high}`,
      label: width === 1 ? String(low) : '',
      start: width > 1 && index % 4 === 0 && index < count - 1 ? String(low) : '',
      end: width > 1 && index === count - 1 ? String(high) : '',
      none: false,
      conversations: share(sum(inside, 'conversations'), conversations),
      tokens: share(sum(inside, 'tokens'), tokens),
      color: bandColor(band, dataset.bands),
    };
  });
  const none = numbers.groups[numbers.groups.length - 1];
  bars.push({
    title: 'no score',
    label: 'none',
    none: true,
    conversations: share(none.conversations, conversations),
    tokens: share(none.tokens, tokens),
    color: 'score-none',
  });
  return bars;
}
