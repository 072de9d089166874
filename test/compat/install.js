// @ts-check
// `npm run nodes`: the versions of Node that test/compat compares. They take half a gigabyte, so they
// are no devDependencies, which everybody would have to download.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { aliasOf, FOLDER, platform, VERSIONS } from './nodes.js';

mkdirSync(FOLDER, { recursive: true });
const packages = VERSIONS.map((version) => `${aliasOf(version)}@npm:${platform().name}@${version}`);
const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund'];
const { status } = spawnSync('npm', ['install', '--prefix', FOLDER, ...quiet, ...packages], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exitCode = status ?? 1;
