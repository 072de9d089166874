// @ts-check
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `npm run nodes` puts them: `npm ci` takes them away again. */
export const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/nodes', import.meta.url));

/** The oldest Node that is supported, and the newest of later lines; as npm names versions. */
export const VERSIONS = ['20.18.1', '22', '24'];

/** The name under which a version is installed. @type {(version: string) => string} */
export const aliasOf = (version) => `node-${version}`;

/** @type {(version: string) => string} */
export const programOf = (version) =>
  join(FOLDER, 'node_modules', aliasOf(version), ...platform().program);

/**
 * The package that npm's `node` would install, with a script of its own, for this machine. Asked for
 * directly it needs no script: npm is about to run none that was not approved.
 */
export function platform() {
  const windows = process.platform === 'win32';
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  return {
    name: `${prefix}-${windows ? 'win' : process.platform}-${process.arch}`,
    program: ['bin', windows ? 'node.exe' : 'node'],
  };
}
