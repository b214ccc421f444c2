// Numbers from binned lengths. Bin 0 holds lengths below the first edge, bin i those from edge i - 1 up to but not
// including edge i, the last bin the rest. An integer edge e is drawn at log2(e - 0.5), between e - 1 and e.

function edgePosition(edge) {
  return Math.log2(Math.max(edge - 0.5, 0.5));
}

function sumBins(parts, size) {
  const total = new Float64Array(size);
  for (const part of parts) {
    for (let bin = 0; bin < size; bin += 1) total[bin] += part[bin];
  }
  return total;
}

/** The bins of many datasets as one; those of a file with other edges are sorted in by the middle of each bin. */
function poolBins(datasets) {
  const counted = datasets.filter((dataset) => dataset.hasBins);
  if (counted.length === 0) return null;
  const {edges} = counted[0];
  const counts = new Float64Array(edges.length + 1);
  for (const dataset of counted) {
    const same = dataset.edges === edges || dataset.edges.join() === edges.join();
    dataset.bins.forEach((count, bin) => {
      counts[same ? bin : binOf(binMiddle(dataset.edges, bin), edges)] += count;
    });
  }
  return {edges, counts};
}

function binMiddle(edges, bin) {
  if (bin === 0) return edges[0] / 2;
  if (bin === edges.length) return edges[bin - 1];
  return Math.floor((edges[bin - 1] + edges[bin] - 1) / 2);
}

function binOf(length, edges) {
  let bin = 0;
  while (bin < edges.length && edges[bin] <= length) bin += 1;
  return bin;
}

/** A percentile read off bins, between a bin's borders on the logarithmic scale; null without conversations. */
function binnedPercentile({edges, counts}, percent) {
  const total = counts.reduce((a, b) => a + b, 0);
  if (total === 0) return null;
  const wanted = (total * percent) / 100;
  let seen = 0;
  for (let bin = 0; bin < counts.length; bin += 1) {
    if (counts[bin] > 0 && seen + counts[bin] >= wanted) {
      if (bin === 0) return Math.max(0, edges[0] - 1);
      if (bin === edges.length) return edges[bin - 1];
      const low = edgePosition(edges[bin - 1]);
      const high = edgePosition(edges[bin]);
      const value = Math.round(2 ** (low + ((wanted - seen) / counts[bin]) * (high - low)));
      return Math.min(Math.max(value, edges[bin - 1]), edges[bin] - 1);
    }
    seen += counts[bin];
  }
  return null;
}

/**
 * The length summary of some bins, marked as an estimate; `known` overrides what is known exactly, and no estimate leaves
 * the lengths that there are.
 */
function binnedLength(binned, known = {}) {
  const length = {estimated: true};
  for (const key of LENGTH_KEYS) {
    if (!key.startsWith('p')) continue;
    const read = binnedPercentile(binned, Number(key.slice(1)));
    length[key] = read === null ? null : Math.min(Math.max(read, known.min ?? 0), known.max ?? Infinity);
  }
  return {...length, min: null, max: null, ...known};
}

/** Points [log2 length, share] of the cumulative curve: exact at every bin's border. */
function cumulativePoints({edges, counts}, length) {
  const total = counts.reduce((a, b) => a + b, 0);
  if (total === 0) return [];
  const points = [];
  let seen = 0;
  for (let bin = 0; bin < edges.length; bin += 1) {
    seen += counts[bin];
    points.push([edgePosition(edges[bin]), seen / total]);
  }
  // Between borders the stored percentiles are exact too.
  if (length && !length.estimated) {
    for (const key of LENGTH_KEYS) {
      if (key.startsWith('p') && length[key] > 0)
        points.push([Math.log2(length[key] + 0.5), Number(key.slice(1)) / 100]);
    }
    points.push([Math.log2(length.max + 0.5), 1]);
    if (length.min > 0) points.push([Math.log2(Math.max(length.min - 0.5, 0.5)), 0]);
  }
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let highest = 0;
  return points.map(([x, share]) => [x, (highest = Math.max(highest, share))]);
}

/** The shared length axis in octaves: from p0.1 to p99.9 of all conversations, at least five octaves. */
function lengthDomain(pool) {
  if (!pool) return {low: 6, high: 11};
  let low = Math.floor(Math.log2(Math.max(1, binnedPercentile(pool, 0.1) ?? 64)));
  let high = Math.ceil(Math.log2((binnedPercentile(pool, 99.9) ?? 2048) + 1));
  while (high - low < 5) {
    high += 1;
    if (high - low < 5 && low > 0) low -= 1;
  }
  return {low, high};
}

/** The share of conversations per eighth of an octave that the highest bins reach: where nearly all bars fit. */
function densityScale(datasets) {
  const peaks = datasets.filter((dataset) => dataset.hasBins && dataset.conversations >= 200)
                  .map((dataset) => {
                    let peak = 0;
                    dataset.bins.forEach((count, bin) => {
                      peak = Math.max(peak, binDensity(dataset.edges, bin, count / dataset.conversations));
                    });
                    return peak * 100;
                  })
                  .sort((a, b) => a - b);
  const wanted = peaks.length > 0 ? peaks[Math.ceil(peaks.length * 0.98) - 1] : 12;
  return [5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100].find((step) => step >= wanted) ?? 100;
}

/** A bin's share per eighth of an octave; bins at both ends have no width and no density. */
function binDensity(edges, bin, share) {
  if (bin === 0 || bin === edges.length) return 0;
  return share / (8 * (edgePosition(edges[bin]) - edgePosition(edges[bin - 1])));
}
