// Elements are made here and nowhere else. Text goes in as text: nothing on this page is ever parsed as markup.

const SVG_NAMES = new Set(['svg', 'g', 'rect', 'line', 'path', 'text', 'title', 'desc']);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (name === 'style') {
      // Set as properties: a style attribute would be inline style, which the page's policy forbids.
      for (const [property, setting] of Object.entries(value)) node.style.setProperty(property, setting);
    } else {
      node.setAttribute(name, value === true ? '' : String(value));
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An HTML element; strings among the children are text. */
function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An SVG element. */
function svg(name, attributes = {}, ...children) {
  if (!SVG_NAMES.has(name)) throw new Error(`not an SVG element of this page: ${name}`);
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

/** A name from the data, kept apart from the direction of the text around it. */
function named(text, className = '') {
  return html('bdi', {class: className || null}, visible(text));
}

function element(id) {
  return document.getElementById(id);
}

/** The URL of a path relative to this page; null if it leads to anything but a file or a web page. */
function fileAddress(path) {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  try {
    const address = new URL(encoded.startsWith('/') ? `file://${encoded}` : `./${encoded}`, document.baseURI);
    return ['file:', 'http:', 'https:'].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

/** Colors of the current theme, asked of the style sheet so that they are written once. */
const theme = {
  cache: new Map(),
  color(name) {
    if (!this.cache.has(name)) {
      const probe = element('probe');
      probe.style.setProperty('color', `var(--${name})`);
      this.cache.set(name, getComputedStyle(probe).color);
    }
    return this.cache.get(name);
  },
  get isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
  },
  forget() {
    this.cache.clear();
  },
};

/** The name of the color of a score group; the last group is the one without a score, the only one has them all. */
function bandColor(band, bands) {
  if (bands.length === 0) return 'score-plain';
  if (band === bands.length) return 'score-none';
  if (bands.length === 4) return `score-4-${band}`;
  return `score-5-${Math.round((band * 4) / Math.max(bands.length - 1, 1))}`;
}

function modelColor(report, model) {
  return `model-${report.models.indexOf(model) % 5}`;
}
