// Builds static/dist: third-party files from node_modules and our own from
// static/src, under names with their hash, each also in brotli and gzip, and a
// manifest that maps plain names to hashed ones; and the fonts of printed documents.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const src = join(here, 'src');
const dist = join(here, 'dist');
const read = (...path) => readFileSync(join(...path), 'utf8');
const vendor = (...path) => read(root, 'node_modules', ...path);

// tabler returns Tabler's style sheet with its dark theme a second time, for
// data-bs-theme="system" under a dark system: Tabler alone needs a script there.
function tabler() {
  const css = vendor('@tabler/core/dist/css/tabler.min.css').replace(/\/\*# sourceMappingURL.*?\*\//, '');
  const dark = [];
  const onScreen = css.replace(/@media print\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, ''); // paper is always light
  for (const [, selectors, body] of onScreen.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    const own = splitSelectors(selectors)
      .filter((s) => /^(:root)?\[data-bs-theme=dark\]/.test(s))
      .map((s) => s.replace('[data-bs-theme=dark]', '[data-bs-theme=system]'));
    if (own.length > 0) dark.push(`${own.join(',')}{${body}}`);
  }
  if (dark.length < 5) throw new Error(`Tabler's dark theme was not found (${dark.length} rules): has its style sheet changed?`);
  return `${css}@media screen and (prefers-color-scheme:dark){${dark.join('')}}`;
}

// splitSelectors splits at commas outside parentheses.
const splitSelectors = (list) => list.trim().split(/,(?![^(]*\))/).map((s) => s.trim());

// sprite returns one SVG file with a symbol for each icon of views/ui/icons.go.
function sprite() {
  const names = [...read(root, 'views/ui/icons.go').matchAll(/IconName = "([a-z0-9-]+)"/g)].map((m) => m[1]);
  const symbols = [...new Set(names)].sort().map((name) => {
    const svg = vendor(`@tabler/icons/icons/outline/${name}.svg`);
    const body = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    const paths = body.replace(/<path stroke="none"[^>]*\/>/, '').replace(/\s+/g, ' ').replace(/> </g, '><').trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${paths}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

// ours joins our own files of one kind in the order of their names; a script
// keeps its names to itself.
const scoped = { '.js': (text) => `{\n${text}}`, '.css': (text) => text };
const ours = (ext) => readdirSync(src).filter((f) => extname(f) === ext).sort().map((f) => scoped[ext](read(src, f))).join('\n');

// follow is htmx with its extension for server-sent events in one file: htmx looks at the
// page as soon as it has run, and never at elements of an extension that came after that.
function follow() {
  const parts = ['htmx.min.js', 'ext/hx-sse.min.js'].map((file) => vendor('htmx.org/dist', file));
  return parts.map((text) => text.replace(/\/\/# sourceMappingURL.*$/m, '').trim()).join(';\n');
}

const assets = {
  'tabler.css': tabler(),
  'handover.css': ours('.css'),
  'handover.js': ours('.js'),
  'icons.svg': sprite(),
  'favicon.svg': read(src, 'favicon.svg'),
  'follow.js': follow(),
};

// fonts are for web/paper. They are never served.
const fonts = {
  'dejavu-sans-condensed': 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf',
  'dejavu-sans-condensed-bold': 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf',
  'kosugi-maru': '@expo-google-fonts/kosugi-maru/400Regular/KosugiMaru_400Regular.ttf',
  'nanum-gothic': '@expo-google-fonts/nanum-gothic/400Regular/NanumGothic_400Regular.ttf',
};

const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
writeFileSync(join(dist, '.gitkeep'), '');
mkdirSync(join(dist, 'fonts'));
for (const [name, file] of Object.entries(fonts)) copyFileSync(join(root, 'node_modules', file), join(dist, 'fonts', `${name}.ttf`));
const manifest = {};
for (const [name, text] of Object.entries(assets)) {
  const bytes = Buffer.from(text);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const hashed = `${name.slice(0, -extname(name).length)}.${hash}${extname(name)}`;
  const br = brotliCompressSync(bytes, brotli);
  writeFileSync(join(dist, hashed), bytes);
  writeFileSync(join(dist, `${hashed}.br`), br);
  writeFileSync(join(dist, `${hashed}.gz`), gzipSync(bytes, { level: 9 }));
  manifest[name] = hashed;
  console.log(`${hashed.padEnd(32)} ${String(bytes.length).padStart(7)} ${String(br.length).padStart(6)} br`);
}
writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
