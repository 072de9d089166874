import type { Command } from 'commander';
import type { Env } from './env.js';
import { EXIT, exitCodeOf, messageOf, renderError, UsageError } from './errors.js';
import { VERSION } from './version.js';

type Register = (program: Command, env: Env, done: (exitCode: number) => void) => void;

interface CommandEntry {
  readonly name: string;
  /** What it does, in one line: for the list of commands, and for a command that says no more. */
  readonly summary: string;
  /** Imported when the command is called, so that the others cost no start-up time. */
  load(): Promise<Register>;
}

const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'simulate',
    summary: 'push the metrics of simulated RAG services to a Pushgateway',
    load: async () => (await import('./commands/simulate.js')).registerSimulate,
  },
  {
    name: 'backfill',
    summary: 'write what the simulated services did in the past, a row a day',
    load: async () => (await import('./commands/backfill.js')).registerBackfill,
  },
  {
    name: 'verify',
    summary: 'hold a run’s ledger against a Pushgateway or Prometheus',
    load: async () => (await import('./commands/verify.js')).registerVerify,
  },
  {
    name: 'gateway',
    summary: 'run a Pushgateway of our own until it is stopped',
    load: async () => (await import('./commands/gateway.js')).registerGateway,
  },
  {
    name: 'cleanup',
    summary: 'delete the stale groups of a Pushgateway',
    load: async () => (await import('./commands/cleanup.js')).registerCleanup,
  },
  {
    name: 'chart',
    summary: 'draw a year of requests and cost as SVG, HTML or PNG',
    load: async () => (await import('./commands/chart.js')).registerChart,
  },
  {
    name: 'catalogue',
    summary: 'list the metrics, or check dashboards and rules against them',
    load: async () => (await import('./commands/catalogue.js')).registerCatalogue,
  },
  {
    name: 'scenarios',
    summary: 'list what can go wrong, and the alerts that say so',
    load: async () => (await import('./commands/scenarios.js')).registerScenarios,
  },
];

/**
 * Runs one command line. Never throws, and never ends the process: whatever happened is on the
 * streams of `env` and in the exit code.
 */
export async function run(env: Env): Promise<number> {
  const verbose = env.argv.includes('-v') || env.argv.includes('--verbose');
  try {
    if (env.argv.length === 1 && (env.argv[0] === '--version' || env.argv[0] === '-V')) {
      env.stdout.write(`${VERSION}\n`);
      return EXIT.done;
    }
    return await dispatch(env);
  } catch (error) {
    env.stderr.write(renderError(error, verbose));
    return exitCodeOf(error);
  }
}

async function dispatch(env: Env): Promise<number> {
  const { Command, CommanderError } = await import('commander');
  let exitCode: number = EXIT.done;
  const program = new Command('ragmon')
    .description('The metrics of a RAG system without the system: seeded, exact, pushed.')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => env.stdout.write(text),
      writeErr: (text) => env.stderr.write(text),
      // Rendered by `run`, as every error is.
      outputError: () => {},
      getOutHelpWidth: () => env.stdout.columns,
      getErrHelpWidth: () => env.stderr.columns,
    });
  const argv = withoutHelpCommand(env.argv);
  const called = COMMANDS.find(({ name }) => name === argv[0]);
  for (const entry of COMMANDS) {
    if (entry === called) {
      (await entry.load())(program, env, (code) => {
        exitCode = code;
      });
    } else {
      program.command(entry.name);
    }
    const command = program.commands.find((one) => one.name() === entry.name)!;
    command.summary(entry.summary);
    if (command.description() === '') command.description(entry.summary);
  }
  try {
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return EXIT.usage;
    }
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    // A suggestion comes on a line of its own; the second line is the hint's.
    throw new UsageError(messageOf(error).replace(/^error: /, ''), {
      hint: `see ragmon ${called ? `${called.name} ` : ''}--help`,
      cause: error,
    });
  }
  return exitCode;
}

/**
 * `help <command>` is `<command> --help`: the command is loaded, with its options. For a name that
 * is none it is the error that the name alone would be.
 */
function withoutHelpCommand(argv: readonly string[]): readonly string[] {
  const [first, name] = argv;
  if (first !== 'help' || name === undefined || name.startsWith('-')) return argv;
  return COMMANDS.some((entry) => entry.name === name) ? [name, '--help'] : [name];
}
