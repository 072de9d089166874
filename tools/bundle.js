import { join } from 'node:path';
import { argv } from 'node:process';
import { buildSync } from 'esbuild';

// What `ragmon` runs: the compiled modules put together in fewer files, since Node takes a
// millisecond to find and load each. What is imported lazily stays in files of its own, and
// dependencies stay what npm installed.

const [, , dist] = argv;
if (dist === undefined) throw new Error('usage: node tools/bundle.js <folder of compiled modules>');
buildSync({
  entryPoints: [join(dist, 'main.js')],
  outdir: join(dist, 'bundle'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  packages: 'external',
  logLevel: 'warning',
});
