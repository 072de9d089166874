import type { Env, StopSignal } from '../../env.js';
import { isLoopback } from '../../gateway/host.js';
import type { RequestEntry } from '../../gateway/observer.js';
import type { PersistEntry } from '../../gateway/persistence.js';
import type { Gateway } from '../../gateway/server.js';
import { groupText } from './group-text.js';
import { createLimiter } from './limiter.js';
import type { GatewayCommand } from './options.js';

export interface Log {
  started(gateway: Gateway): void;
  request(entry: RequestEntry): void;
  persisted(entry: PersistEntry): void;
  /** Tells what is still to be told of refusals. */
  end(): void;
  stopped(signal: StopSignal, groups: number): void;
}

type Level = 'info' | 'warn' | 'error';
type Keys = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The gateway's log: text for people on stderr, or with `json` an object a line on stdout, which is
 * then the command's result. In both nothing a client wrote stands raw.
 */
export function createLog(
  env: Env,
  { json, detail, persistence }: Pick<GatewayCommand, 'json' | 'detail' | 'persistence'>,
): Log {
  const file = persistence?.file;
  let prefix = '';
  const write = (level: Level, event: string, keys: Keys, text: string, timed = true) => {
    if (detail === 'errors' && level !== 'error') return;
    const time = new Date(env.now()).toISOString();
    if (json) env.stdout.write(`${JSON.stringify({ time, level, event, ...keys })}\n`);
    else env.stderr.write(`${timed ? time.slice(0, 19).replace('T', ' ') : 'ragmon:'} ${text}\n`);
  };

  const refused = createLimiter<RequestEntry>(env, (entry, count) => {
    const { method, path, status, reason } = entry;
    const group = groupText(path, prefix);
    const [level, event] =
      (status ?? 0) >= 500 ? (['error', 'failed'] as const) : (['warn', 'refused'] as const);
    const keys = { ...said(entry), group: group ?? null, count };
    const times = count > 1 ? `${count} × ` : '';
    const what = method ? ` ${method} ${clip(group ?? path ?? '')}` : '';
    write(
      level,
      event,
      keys,
      `${times}${status ?? (method ? GONE : 'refused')}${what}${reason ? `: ${clip(reason)}` : ''}`,
    );
  });

  return {
    started({ url, host, port, groups }) {
      prefix = new URL(url).pathname.replace(/\/$/, '');
      const kept = file
        ? `${count(groups(), 'group')} of ${file}`
        : 'in memory; --persistence-file keeps it';
      const keys = { url, host, port, persistenceFile: file ?? null, groups: groups() };
      write('info', 'start', keys, `gateway at ${url} (${kept})`, false);
      if (isLoopback(host)) return;
      const text = `it listens on ${host}, port ${port}: whoever reaches that can push, read and delete`;
      write('warn', 'exposed', { host, port }, text, false);
    },
    request(entry) {
      const { method, path, status, reason, ms, bytesIn, bytesOut } = entry;
      if (detail === 'all') {
        const keys = { ...said(entry), ms: round(ms), bytesIn, bytesOut };
        const text = `${status ?? GONE} ${method ?? '–'} ${clip(path ?? '–')}, ${round(ms)} ms, in ${bytesIn}, out ${bytesOut} bytes`;
        write('info', 'request', keys, `${text}${reason ? `: ${clip(reason)}` : ''}`);
      }
      // A page that is not there, or a reader that left, is no push that was lost.
      const pushed = !method || /^(PUT|POST|DELETE)$/.test(method);
      const lost = status === undefined ? pushed : status >= (pushed ? 400 : 500);
      // People have just read it.
      if (lost && (json || detail !== 'all'))
        refused.take(`${status} ${groupText(path, prefix)}`, entry);
    },
    persisted({ error, ...entry }) {
      const keys = { ...entry, ms: round(entry.ms), error: error ?? null };
      if (error !== undefined) {
        const text = `cannot write the persistence file, it is tried again: ${error}`;
        // The last one is the command's own error.
        if (json || !entry.final) write('error', 'write-failed', keys, text);
      } else if (detail === 'all') {
        const size = `${count(entry.groups, 'group')}, ${entry.bytes} bytes, ${keys.ms} ms`;
        write('info', 'written', keys, `wrote ${entry.file}: ${size}`);
      }
    },
    end: refused.end,
    stopped(signal, groups) {
      const kept = file ? `; ${count(groups, 'group')} in ${file}` : '';
      write('info', 'stop', { signal, groups }, `stopped by ${signal}${kept}`, false);
    },
  };
}

/** Where there is no status. */
const GONE = 'gone';

function said({ method, path, status, reason }: RequestEntry) {
  return {
    method: method ?? null,
    path: path === undefined ? null : clip(path),
    status: status ?? null,
    reason: reason === undefined ? null : clip(reason),
  };
}

function clip(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 499)}…`;
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
