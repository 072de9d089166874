import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  addConnectionOptions,
  addGatewayOption,
  type ConnectionFlags,
  connectionOf,
  DEFAULT_GATEWAY,
} from '../../src/commands/connection.js';
import { verifyOptions } from '../../src/commands/verify.js';
import { UsageError } from '../../src/errors.js';
import { memoryEnv } from '../support/env.js';

const FILES = {
  pw: 'from-file\n',
  pw2: 'from-other-file\r\n',
  token: 'tok-file\n',
  empty: '\n',
  headers: 'X-A: file\r\n\r\nx-b:  b: c \n',
  bad: 'X-A: fine\n\nhush-hush\n',
};

async function connect(flags: ConnectionFlags, vars: Record<string, string> = {}) {
  return await connectionOf(flags, memoryEnv([], { files: FILES, vars }));
}

test('the defaults', async () => {
  expect(await connect({})).toEqual({
    url: DEFAULT_GATEWAY,
    auth: undefined,
    headers: {},
    ca: undefined,
    cert: undefined,
    key: undefined,
    concurrency: 8,
    timeoutMs: 10_000,
    retries: 5,
  });
});

describe('who asks', () => {
  const user = (username: string, password: string) => ({ username, password });
  const USER = { PUSHGATEWAY_USERNAME: 'var' };
  const PASSWORD = { PUSHGATEWAY_PASSWORD: 'var-pw' };
  const TOKEN = { PUSHGATEWAY_TOKEN: 'var-tok' };

  test.each<[string, ConnectionFlags, Record<string, string>, object | undefined]>([
    ['a user alone', { username: 'a' }, {}, user('a', '')],
    ['flags', { username: 'a', passwordFile: 'pw' }, {}, user('a', 'from-file')],
    ['variables', {}, { ...USER, ...PASSWORD }, user('var', 'var-pw')],
    [
      'a file in a variable',
      {},
      { ...USER, PUSHGATEWAY_PASSWORD_FILE: 'pw2' },
      user('var', 'from-other-file'),
    ],
    ['user by flag, password by variable', { username: 'a' }, PASSWORD, user('a', 'var-pw')],
    ['password by flag, user by variable', { passwordFile: 'pw' }, USER, user('var', 'from-file')],
    [
      'password flag before variable',
      { username: 'a', passwordFile: 'pw' },
      PASSWORD,
      user('a', 'from-file'),
    ],
    ['token by flag', { tokenFile: 'token' }, {}, { token: 'tok-file' }],
    ['token by variable', {}, TOKEN, { token: 'var-tok' }],
    ['token file in a variable', {}, { PUSHGATEWAY_TOKEN_FILE: 'token' }, { token: 'tok-file' }],
    [
      'token flag before user variable',
      { tokenFile: 'token' },
      { ...USER, ...PASSWORD },
      { token: 'tok-file' },
    ],
    [
      'token flag before password variable',
      { tokenFile: 'token' },
      PASSWORD,
      { token: 'tok-file' },
    ],
    [
      'user flag before token variable',
      { username: 'a' },
      { ...TOKEN, ...PASSWORD },
      user('a', 'var-pw'),
    ],
    [
      'password flag before token variable',
      { passwordFile: 'pw' },
      { ...TOKEN, ...USER },
      user('var', 'from-file'),
    ],
    [
      'empty variables are none',
      {},
      { PUSHGATEWAY_USERNAME: '', PUSHGATEWAY_PASSWORD: '', PUSHGATEWAY_TOKEN: '' },
      undefined,
    ],
    ['an empty token is for the client to refuse', { tokenFile: 'empty' }, {}, { token: '' }],
  ])('%s', async (_, flags, vars, auth) => {
    expect((await connect(flags, vars)).auth).toEqual(auth);
  });

  test.each<[string, ConnectionFlags, Record<string, string>, RegExp]>([
    ['two flags', { username: 'a', tokenFile: 'token' }, {}, /exclude each other/],
    [
      'two flags, one of them a password',
      { passwordFile: 'pw', tokenFile: 'token' },
      USER,
      /exclude each other/,
    ],
    ['two variables', {}, { ...USER, ...TOKEN }, /exclude each other/],
    ['a password file of nobody', { passwordFile: 'pw' }, {}, /password has no user name/],
    ['a password of nobody', {}, PASSWORD, /password has no user name/],
    [
      'a password file of nobody in a variable',
      {},
      { PUSHGATEWAY_PASSWORD_FILE: 'pw' },
      /password has no user name/,
    ],
    ['a user without a name', { username: '' }, {}, /--username must not be empty/],
    [
      'a missing password file',
      { username: 'a', passwordFile: 'none' },
      {},
      /cannot read the password file: .*none/,
    ],
    ['a missing token file', { tokenFile: 'none' }, {}, /cannot read the token file: .*none/],
    ['a token file without a name', { tokenFile: '' }, TOKEN, /cannot read the token file/],
  ])('%s: refused', async (_, flags, vars, message) => {
    await expect(connect(flags, vars)).rejects.toThrow(UsageError);
    await expect(connect(flags, vars)).rejects.toThrow(message);
    await expect(connect(flags, vars)).rejects.not.toThrow(/from-file|var-pw|var-tok|tok-file/);
  });
});

describe('headers', () => {
  const VARIABLE = { PUSHGATEWAY_HEADERS: 'X-A: var\nX-C: var\n' };

  test.each<[string, ConnectionFlags, Record<string, string>, Record<string, string>]>([
    ['a variable, one a line', {}, VARIABLE, { 'X-A': 'var', 'X-C': 'var' }],
    [
      'a file: blank lines, CRLF, colons',
      { headerFile: 'headers' },
      {},
      { 'X-A': 'file', 'x-b': 'b: c' },
    ],
    [
      'file before variable',
      { headerFile: 'headers' },
      VARIABLE,
      { 'X-A': 'file', 'X-C': 'var', 'x-b': 'b: c' },
    ],
    [
      'flag before file before variable, whatever the case',
      { header: ['x-a: flag'], headerFile: 'headers' },
      VARIABLE,
      { 'x-a': 'flag', 'X-C': 'var', 'x-b': 'b: c' },
    ],
    ['an empty value', { header: ['X-A:'] }, {}, { 'X-A': '' }],
    ['an empty variable', {}, { PUSHGATEWAY_HEADERS: '' }, {}],
  ])('%s', async (_, flags, vars, headers) => {
    expect((await connect(flags, vars)).headers).toEqual(headers);
  });

  test('who asks by flag does not ask with the header of a variable, and the reverse', async () => {
    const header = { PUSHGATEWAY_HEADERS: 'Authorization: Basic eA==\nX-C: var' };
    expect(await connect({ tokenFile: 'token' }, header)).toMatchObject({
      auth: { token: 'tok-file' },
      headers: { 'X-C': 'var' },
    });
    expect((await connect({ tokenFile: 'token' }, header)).headers).not.toHaveProperty(
      'Authorization',
    );
    const flag = await connect({ header: ['authorization: x'] }, { PUSHGATEWAY_TOKEN: 'var-tok' });
    expect(flag).toMatchObject({ auth: undefined, headers: { authorization: 'x' } });
  });

  test.each<[string, ConnectionFlags, Record<string, string>, string]>([
    ['a flag', { header: ['nocolon'] }, {}, '--header: "nocolon" is not "name: value"'],
    ['a file', { headerFile: 'bad' }, {}, 'bad: line 3 is not "name: value"'],
    [
      'a variable',
      {},
      { PUSHGATEWAY_HEADERS: ': hush-hush' },
      '$PUSHGATEWAY_HEADERS: line 1 is not "name: value"',
    ],
    ['a missing file', { headerFile: 'none' }, {}, 'cannot read the header file: '],
  ])('what is none, in %s', async (_, flags, vars, message) => {
    await expect(connect(flags, vars)).rejects.toThrow(UsageError);
    await expect(connect(flags, vars)).rejects.toThrow(message);
    // What stands in a file or variable may be a secret.
    await expect(connect(flags, vars)).rejects.not.toThrow(/hush/);
  });
});

describe('the flags', () => {
  const names = (command: Command) => command.options.map((option) => option.attributeName());

  test('of the gateway alone, and with those of access', () => {
    expect(names(addGatewayOption(new Command()))).toEqual(['gateway']);
    const all = names(addConnectionOptions(new Command()));
    expect(all[0]).toBe('gateway');
    expect(all).toContain('headerFile');
    expect(new Set(all).size).toBe(all.length);
  });

  test('verify has those of access, and its own --gateway', async () => {
    const { registerVerify } = await import('../../src/commands/verify.js');
    const program = new Command();
    registerVerify(program, memoryEnv([]), () => {});
    const verify = program.commands[0]!;
    expect(names(verify)).toEqual(
      expect.arrayContaining([...names(addConnectionOptions(new Command())), 'color']),
    );
    expect(verify.options.filter(({ long }) => long === '--gateway')).toHaveLength(1);
    expect(verify.options.find(({ long }) => long === '--gateway')!.optional).toBe(true);
  });

  test('what verify does not need for a connection does not get into it', () => {
    const options = verifyOptions(
      'run.json',
      { scrapeInterval: '15s', color: false, quiet: true, username: 'a' },
      { vars: {} },
    );
    expect(options.connection).toEqual({ username: 'a' });
  });
});
