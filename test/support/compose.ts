import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';

/** The folder compose/. */
export const COMPOSE = fileURLToPath(new URL('../../compose/', import.meta.url));

/** What the tests look at of a service in compose.yaml; the schema has the rest. */
export interface ComposeService {
  image: string;
  build?: { context: string; dockerfile: string; target?: string };
  command?: string | string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  working_dir?: string;
  profiles?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  mem_limit?: string;
}

export interface ComposeFile {
  name: string;
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

export function read(path: string): string {
  return readFileSync(`${COMPOSE}${path}`, 'utf8');
}

/** compose.yaml with its anchors resolved; variables as they are unless values are given. */
export function composeFile(variables?: Readonly<Record<string, string>>): ComposeFile {
  const text = read('compose.yaml');
  const filled = variables ? interpolate(text, variables) : text;
  return parse(filled, { merge: true }) as ComposeFile;
}

/** As Compose does it: `${NAME:-default}`. */
export function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\$\{(\w+):-([^}]*)\}/g,
    (_, name: string, otherwise: string) => variables[name] || otherwise,
  );
}

/** A list, or a command line whose arguments have no quotes. */
export function argumentsOf(command: string | readonly string[] | undefined): string[] {
  if (typeof command === 'string') return command.split(/\s+/).filter((word) => word !== '');
  return [...(command ?? [])];
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: Record<string, unknown>;
}

/** Every document of a file in compose/kubernetes/. */
export function manifests(file: string): Manifest[] {
  return parseAllDocuments(read(`kubernetes/${file}`)).map(
    (document) => document.toJS() as Manifest,
  );
}

interface Container {
  image: string;
  args: string[];
}

/** The one container of a Job, CronJob or Deployment. */
export function containerOf({ kind, spec }: Manifest): Container {
  type Pods = { template: { spec: { containers: Container[] } } };
  const pods = kind === 'CronJob' ? (spec.jobTemplate as { spec: Pods }).spec : spec;
  const [container] = (pods as Pods).template.spec.containers;
  if (!container) throw new Error(`a ${kind} without containers`);
  return container;
}
