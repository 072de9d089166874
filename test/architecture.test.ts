import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Import, parse, type SourceFile } from './support/source.js';

// The walls of src (design §5), as a table of rules. Each has examples that it must notice.

/**
 * Which parts of src a part may import; itself always. A part is a folder, or a file at the root.
 * `everything` leaves out what starts the program: main, cli, index.
 */
const GROUND = ['env', 'errors', 'series', 'version'];
const MODEL = ['services', 'world', 'instruments'];
const EDGES: Record<string, readonly string[] | 'everything'> = {
  errors: [],
  series: [],
  version: [],
  ask: [],
  closest: [],
  files: ['errors'],
  env: ['ask', 'errors', 'files'],
  world: ['errors'],
  services: ['world', 'errors', 'series'],
  instruments: ['services', 'world', 'errors', 'series'],
  pushgateway: GROUND,
  gateway: ['pushgateway', ...GROUND],
  cleanup: ['instruments', 'pushgateway', ...GROUND],
  ui: [...MODEL, ...GROUND],
  history: [...MODEL, 'ledger', 'ui', ...GROUND],
  stack: [...MODEL, 'closest', ...GROUND],
  ledger: [...MODEL, 'pushgateway', ...GROUND],
  verify: [...MODEL, 'pushgateway', 'ledger', 'ui', ...GROUND],
  run: [...MODEL, 'closest', 'pushgateway', 'gateway', 'ledger', 'ui', ...GROUND],
  commands: 'everything',
  cli: 'everything',
  index: 'everything',
  main: ['cli', 'env', 'errors'],
};
const STARTERS = ['main', 'cli', 'index'];

/** Functions that gave the same digits on Node 20, 22 and 24, and the exact ones. */
const WORLD_MATH =
  'abs ceil clz32 cos exp floor fround imul log max min PI round sign sin sqrt trunc'.split(' ');

interface Rule {
  name: string;
  /** Every violation, as `path:line what`. */
  check(files: SourceFile[]): string[];
  /** Files that break it, and how many violations they are. */
  bad: { files: Record<string, string>; violations: number }[];
  /** Files that look as if they broke it. */
  good?: Record<string, string>[];
}

const RULES: Rule[] = [
  {
    name: 'imports point one way',
    check: (files) =>
      eachImport(files, (from, to) => {
        const allowed = EDGES[partOf(from.path)];
        if (allowed === undefined) return 'belongs to a part that the table does not know';
        const target = to.file === undefined ? undefined : partOf(to.file);
        if (target === undefined || target === partOf(from.path)) return undefined;
        const open =
          allowed === 'everything' ? !STARTERS.includes(target) : allowed.includes(target);
        return open ? undefined : `imports ${to.specifier}`;
      }),
    bad: [
      {
        files: {
          'src/world/a.ts': `import { x } from '../services/x.js';\n`,
          'src/services/a.ts': `import type { X } from '../instruments/x.js';\n`,
          'src/instruments/a.ts': `export { x } from '../pushgateway/x.js';\n`,
          'src/pushgateway/a.ts': `const x = await import('../services/x.js');\n`,
          'src/gateway/a.ts': `type X = import('../world/x.js').X;\n`,
          'src/commands/a.ts': `import { run } from '../cli.js';\n`,
          'src/errors.ts': `import { env } from './env.js';\n`,
          'src/helpers/a.ts': `import { x } from './b.js';\n`,
        },
        violations: 8,
      },
    ],
    good: [
      {
        'src/services/a.ts': `import { x } from '../world/x.js';\n// import '../commands/x.js'\n`,
        'src/commands/a.ts': `import { x } from '../world/x.js';\nimport { y } from './b.js';\n`,
        'src/main.ts': `import { run } from './cli.js';\nconst s = "from '../index.js'";\n`,
      },
    ],
  },
  {
    name: 'what commands share stands beside them: none reaches into the folder of another',
    check: (files) =>
      eachImport(within(files, 'commands'), (from, to) => {
        const folder = folderOfCommand(to.file ?? '');
        const own = folder === undefined || folder === commandOf(from.path);
        return own ? undefined : `imports ${to.specifier}`;
      }),
    bad: [
      {
        files: {
          'src/commands/chart/a.ts': `import { b } from '../backfill/b.js';\n`,
          'src/commands/chart.ts': `const b = await import('./backfill/b.js');\n`,
          'src/commands/prices.ts': `import { b } from './backfill/b.js';\n`,
        },
        violations: 3,
      },
    ],
    good: [
      {
        'src/commands/chart/a.ts': `import { b } from './b.js';\nimport { c } from '../prices.js';\n`,
        'src/commands/chart.ts': `const { a } = await import('./chart/a.js');\n`,
        'src/commands/prices.ts': `import { h } from '../history/chart/h.js';\n`,
      },
    ],
  },
  {
    name: 'no import cycles',
    check: cycles,
    bad: [
      {
        files: {
          'src/run/a.ts': `import { b } from './b.js';\n`,
          'src/run/b.ts': `import { c } from '../ledger.js';\n`,
          'src/ledger.ts': `import type { A } from './run/a.js';\n`,
        },
        violations: 1,
      },
      { files: { 'src/run/a.ts': `import { a } from './a.js';\n` }, violations: 1 },
    ],
    good: [
      {
        'src/run/a.ts': `import { b } from './b.js';\nimport { c } from './c.js';\n`,
        'src/run/b.ts': `import { c } from './c.js';\n`,
        'src/run/c.ts': 'export const c = 1;\n',
      },
    ],
  },
  {
    name: 'the world does no IO: it imports itself, the errors and seedrandom',
    check: (files) => [
      ...eachImport(within(files, 'world'), (_, { file, specifier }) => {
        const known = file !== undefined || /^seedrandom(\/|$)/.test(specifier);
        return known ? undefined : `imports ${specifier}`;
      }),
      ...eachUse(
        within(files, 'world'),
        /^(console|fetch|crypto|set(Timeout|Interval|Immediate))$/,
      ),
    ],
    bad: [
      {
        files: {
          'src/world/a.ts': `import { readFile } from 'node:fs/promises';\nawait fetch('x');\n`,
          'src/world/b.ts': `import { Counter } from 'prom-client';\n`,
          'src/world/c.ts': `const { x } = require('fs');\n`,
        },
        violations: 4,
      },
    ],
    good: [
      {
        'src/world/a.ts': `import seedrandom from 'seedrandom/lib/alea.js';\nimport { b } from './b.js';\n`,
        'src/ui/a.ts': `import { x } from 'node:fs';\n`,
      },
    ],
  },
  {
    name: 'only env.ts and main.ts name process',
    check: (files) =>
      eachUse(except(files, 'src/env.ts', 'src/main.ts'), /^process$/).concat(
        eachImport(except(files, 'src/env.ts', 'src/main.ts'), (_, { specifier }) =>
          /^(node:)?process$/.test(specifier) ? `imports ${specifier}` : undefined,
        ),
      ),
    bad: [
      { files: { 'src/cli.ts': 'export const a = process.env.A;\n' }, violations: 1 },
      { files: { 'src/cli.ts': 'const { env } = process;\n' }, violations: 1 },
      { files: { 'src/cli.ts': 'globalThis.process.exit(1);\n' }, violations: 1 },
      { files: { 'src/ui/a.ts': `import { argv } from 'node:process';\n` }, violations: 1 },
    ],
    good: [
      { 'src/main.ts': 'process.exitCode = 1;\n', 'src/env.ts': 'process.argv;\n' },
      {
        'src/cli.ts':
          '// process.env\nconst a = { process: 1 };\na.process;\nlet e: NodeJS.Process;\n`process`;\n',
      },
    ],
  },
  {
    name: 'only env.ts reads a clock or chance',
    check: (files) =>
      eachUse(
        except(files, 'src/env.ts'),
        /^(Math\.random|Date\.now|new Date\(0 arguments\)|Date\(…\)|performance|crypto\.(randomUUID|getRandomValues))$/,
      ),
    bad: [
      {
        files: {
          'src/ui/a.ts': 'Math.random();\nDate.now();\nnew Date();\nnew Date;\nDate();\n',
          'src/run/a.ts': 'performance.now();\nglobalThis.Date.now();\ncrypto.randomUUID();\n',
          'src/world/a.ts': `[1].map(Math.random);\nimport { performance } from 'node:perf_hooks';\n`,
        },
        violations: 10,
      },
    ],
    good: [
      {
        'src/env.ts': 'Date.now(); performance.now(); new Date();\n',
        'src/ui/a.ts': 'new Date(0);\nDate.UTC(2026, 0);\nDate.parse("");\nmy.performance;\n',
      },
    ],
  },
  {
    name: 'the world gives the same digits on every machine',
    check: (files) =>
      eachUse(
        within(files, 'world'),
        /^(\*\*|Intl|\.toLocale.*|\.localeCompare)$/,
        new RegExp(`^Math\\.(?!(${WORLD_MATH.join('|')})$)`),
        // Local time: what these say depends on the machine's zone.
        /^new Date\([2-9] arguments\)$/,
        /^\.(get(FullYear|Month|Date|Day|Hours|Minutes|TimezoneOffset)|to(Date|Time)String)$/,
      ),
    bad: [
      {
        files: {
          'src/world/a.ts':
            '2 ** 3;\na **= 2;\nMath.pow(2, 3);\nMath.cbrt(2);\nMath.tanh(1);\nnew Intl.NumberFormat();\n',
          'src/world/b.ts':
            'a.toLocaleString();\na.localeCompare(b);\nnew Date(2026, 0);\na.getHours();\n[1].map(Math.log10);\n',
        },
        violations: 11,
      },
    ],
    good: [
      {
        'src/world/a.ts':
          '/** a ** b, Math.pow */\nMath.exp(1) * Math.PI;\nnew Date(0).getUTCHours();\n',
        'src/ui/a.ts': '2 ** 3;\nMath.pow(1, 2);\na.toLocaleString();\n',
      },
    ],
  },
  {
    name: 'no utils folder, no barrel files',
    check: (files) =>
      files
        .map(({ path }) => path)
        .filter((path) => /(^|\/)utils?(\/|\.ts$)/.test(path) || /^src\/.+\/index\.ts$/.test(path)),
    bad: [
      {
        files: { 'src/utils/a.ts': '', 'src/ui/util.ts': '', 'src/ui/index.ts': '' },
        violations: 3,
      },
    ],
    good: [{ 'src/index.ts': '', 'src/ui/utilisation.ts': '' }],
  },
  {
    name: 'no file over 250 lines',
    check: (files) =>
      files
        .filter(({ lines }) => lines > 250)
        .map(({ path, lines }) => `${path} has ${lines} lines`),
    bad: [{ files: { 'src/ui/a.ts': 'a;\n'.repeat(251) }, violations: 1 }],
    good: [{ 'src/ui/a.ts': 'a;\n'.repeat(250) }],
  },
];

const ROOT = new URL('../', import.meta.url);
const src = parse(
  Object.fromEntries(
    readdirSync(new URL('src', ROOT), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [`src/${path}`, readFileSync(new URL(`src/${path}`, ROOT), 'utf8')]),
  ),
);

describe.each(RULES)('$name', ({ check, bad, good }) => {
  test('holds', () => {
    expect(check(src)).toEqual([]);
  });

  test('is noticed where it does not', () => {
    for (const { files, violations } of bad) {
      const found = check(parse(files));
      expect(found, found.join('\n')).toHaveLength(violations);
    }
    for (const files of good ?? []) expect(check(parse(files))).toEqual([]);
  });
});

test('the files are found', () => {
  expect(src.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['src/env.ts', 'src/main.ts', 'src/errors.ts']),
  );
  expect(src.find(({ path }) => path === 'src/main.ts')?.imports.map(({ file }) => file)).toContain(
    'src/env.ts',
  );
});

function partOf(path: string): string {
  return path.split('/')[1]?.replace(/\.ts$/, '') ?? '';
}

/** `chart`, of `chart.ts` and of what is in `chart/`. */
function commandOf(path: string): string | undefined {
  return /^src\/commands\/([^/.]+)/.exec(path)?.[1];
}

function folderOfCommand(path: string): string | undefined {
  return /^src\/commands\/([^/]+)\//.exec(path)?.[1];
}

function within(files: SourceFile[], part: string): SourceFile[] {
  return files.filter(({ path }) => partOf(path) === part);
}

function except(files: SourceFile[], ...paths: string[]): SourceFile[] {
  return files.filter(({ path }) => !paths.includes(path));
}

function eachImport(
  files: SourceFile[],
  problem: (from: SourceFile, to: Import) => string | undefined,
): string[] {
  return files.flatMap((from) =>
    from.imports.flatMap((to) => {
      const found = problem(from, to);
      return found === undefined ? [] : [`${from.path}:${to.line} ${found}`];
    }),
  );
}

function eachUse(files: SourceFile[], ...banned: RegExp[]): string[] {
  return files.flatMap(({ path, uses }) =>
    uses
      .filter(({ name }) => banned.some((pattern) => pattern.test(name)))
      .map(({ line, name }) => `${path}:${line} names ${name}`),
  );
}

/** Each cycle once, from the file at which a walk along the imports came back. */
function cycles(files: SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (path: string, trail: string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const { file } of byPath.get(path)?.imports ?? []) {
      if (file !== undefined) walk(file, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of files) walk(path, []);
  return found;
}
