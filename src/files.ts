import { createReadStream, type Stats } from 'node:fs';
import {
  access,
  chmod,
  constants,
  mkdtemp,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf, RagmonError } from './errors.js';

/** Whether an error says that there is no such file. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Undefined where there is no such file. */
async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The bytes of a file. What is none is not opened: a fifo would wait for its writer. */
export async function* readPieces(path: string): AsyncIterable<Uint8Array> {
  if (!(await stat(path)).isFile()) throw new Error(`${path}: it is no file`);
  yield* createReadStream(path) as AsyncIterable<Buffer>;
}

/** Writes a file that appears only when it is whole; a fifo, a device or a stream as it is. */
export async function writeWhole(
  path: string,
  content: string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  await naming(path, async () => {
    const target = await targetOf(path);
    // Appended, as a stream may lead to a file that holds something already.
    if (target === undefined) return await writeFile(path, content, { flag: 'a' });
    await beside(target, async (temporary) => {
      // On the disk before it has its name: also after a power failure it is whole, or the old one.
      await writeFile(temporary, content, { flush: true });
      const old = await statOf(target);
      if (old) await chmod(temporary, old.mode & 0o777);
      await rename(temporary, target);
    });
  });
}

/** Tells one writing of a file from the next; undefined where there is none, and for a device. */
export async function fileVersion(path: string): Promise<string | undefined> {
  try {
    const there = await stat(path, { bigint: true });
    if (there.isCharacterDevice() || there.isFIFO()) return undefined;
    const { dev, ino, size, mtimeNs } = there;
    return [dev, ino, size, mtimeNs].join(' ');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Rejects when `writeWhole` to this path could not succeed; resolves to the file it would replace. */
export async function checkWritable(path: string): Promise<string> {
  return await naming(path, async () => {
    const target = await targetOf(path);
    // Not opened: a fifo would wait for its reader, who may come later.
    if (target === undefined) {
      await access(path, constants.W_OK);
      return path;
    }
    // Tried, as permissions do not tell: a folder of /proc seems writable to root.
    await beside(target, async () => {});
    return target;
  });
}

/** A link to the process that holds it: unlike a file, it says so from the moment it is there. */
const LOCK = '.ragmon-lock';

/**
 * Takes a folder for the process `pid`; gives it back when the returned function is called.
 * @param isRunning whether there is such a process: the lock of one that was killed is none
 */
export async function lockFolder(
  folder: string,
  pid: number,
  isRunning: (pid: number) => boolean,
): Promise<() => Promise<void>> {
  const path = join(folder, LOCK);
  while (!(await linked(`${pid}`, path))) {
    const other = await linkIn(path);
    if (other === undefined) continue;
    if (other !== `${pid}` && isRunning(Number(other))) {
      throw new RagmonError(`another ragmon is at work in ${folder} (process ${other})`, {
        hint: 'wait for it, or give another folder',
      });
    }
    // Who found it first may have put a lock of his own there by now: that one goes back.
    const aside = `${path}-${pid}`;
    await rename(path, aside).catch(unlessMissing);
    if ((await linkIn(aside)) === other) await rm(aside, { force: true });
    else await rename(aside, path).catch(unlessMissing);
  }
  for (const name of await readdir(folder)) {
    const left = name.startsWith(TEMPORARY) && name !== LOCK;
    if (left) await rm(join(folder, name), { recursive: true, force: true });
  }
  return async () => await rm(path, { force: true });
}

/** Makes a link with this text; false where there is one already. */
async function linked(text: string, path: string): Promise<boolean> {
  try {
    await symlink(text, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The text of a link; undefined where there is none. */
async function linkIn(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    unlessMissing(error);
    return undefined;
  }
}

/** What is gone was taken by another process. */
function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

/**
 * The file that writing to `path` replaces, with every link followed, also to a file that is yet to
 * be. Undefined for what has to be written to as it is: a fifo, a device, an open stream.
 */
async function targetOf(path: string): Promise<string | undefined> {
  if (path === '' || path.endsWith('/')) throw new Error('not the name of a file');
  const there = await statOf(path);
  if (there?.isDirectory()) throw new Error('it is a folder');
  if (there && !there.isFile()) return undefined;
  const folder = await realpath(dirname(path));
  // /dev/stdout: even where it leads to a file, that file has others who write to it.
  if (/^\/proc\/.*\/fd$/.test(folder)) return undefined;
  const place = join(folder, basename(path));
  const link = await readlink(place).catch(() => undefined);
  return link === undefined ? place : await targetOf(resolve(folder, link));
}

/** How the names of what is not finished begin. */
const TEMPORARY = '.ragmon-';

/** Calls `use` with a path for a temporary file in the folder of `target`. */
async function beside(target: string, use: (temporary: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(dirname(target), TEMPORARY));
  try {
    await use(join(folder, 'whole'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An error of the file system speaks of the path that was given, not of a temporary one. */
async function naming<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    // "ENOENT: no such file or directory, mkdtemp '…'"
    const [reason] = messageOf(cause).split(', ');
    throw new Error(`${path}: ${reason}`, { cause });
  }
}
