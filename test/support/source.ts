import {
  type Identifier,
  type Node,
  NodeFlags,
  type SourceFile as Parsed,
  SyntaxKind,
} from 'typescript/unstable/ast';
import * as is from 'typescript/unstable/ast/is';
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { API } from 'typescript/unstable/sync';

/** What the architecture's rules want to know of one file. */
export interface SourceFile {
  /** From the project's root: `src/world/time.ts`. */
  path: string;
  lines: number;
  imports: Import[];
  /** What it names, by line: see `Use`. */
  uses: Use[];
}

export interface Import {
  line: number;
  /** The path of a file of the project, or `undefined` for a package. */
  file: string | undefined;
  /** As written: `./time.js`, `node:fs`, `seedrandom/lib/alea.js`. */
  specifier: string;
}

/**
 * One construct, in a spelling that rules match: a free name with the property taken from it
 * (`process.env`, `Math.random`, `performance`), a member of anything (`.toLocaleString`), an
 * operator (`**`), or a way to make a date (`new Date(0 arguments)`, `Date(…)`).
 */
export interface Use {
  line: number;
  name: string;
}

/** Parses TypeScript files, given by path, with the compiler's own parser. */
export function parse(files: Record<string, string>): SourceFile[] {
  const root = '/project';
  const config = `${root}/tsconfig.json`;
  const names = Object.keys(files).map((path) => `${root}/${path}`);
  const tree = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [`${root}/${path}`, text]),
  );
  const compilerOptions = { noLib: true, noResolve: true, types: [] };
  tree[config] = JSON.stringify({ compilerOptions, files: names });
  const api = new API({ cwd: root, fs: createVirtualFileSystem(tree) });
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    return Object.entries(files).map(([path, text]) => {
      const parsed = project?.program.getSourceFile(`${root}/${path}`);
      if (!parsed) throw new Error(`cannot parse ${path}`);
      return describe(path, text, parsed);
    });
  } finally {
    api.close();
  }
}

function describe(path: string, text: string, parsed: Parsed): SourceFile {
  const file: SourceFile = {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: [],
    uses: [],
  };
  const visit = (node: Node): void => {
    const at = () => text.slice(0, node.getStart(parsed)).split('\n').length;
    const specifier = specifierOf(node);
    if (specifier !== undefined) {
      file.imports.push({ line: at(), specifier, file: resolve(path, specifier) });
    }
    for (const name of namesOf(node)) file.uses.push({ line: at(), name });
    node.forEachChild((child) => {
      visit(child);
    });
  };
  visit(parsed);
  return file;
}

/** The module that a node imports, in any of the five ways to do so. */
function specifierOf(node: Node): string | undefined {
  if (is.isImportDeclaration(node) || is.isExportDeclaration(node)) {
    return node.moduleSpecifier && textOf(node.moduleSpecifier);
  }
  if (is.isImportTypeNode(node)) {
    return is.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : undefined;
  }
  if (is.isExternalModuleReference(node)) return textOf(node.expression);
  if (is.isCallExpression(node)) {
    const callee = node.expression;
    const dynamic = callee.kind === SyntaxKind.ImportKeyword;
    const required = is.isIdentifier(callee) && callee.text === 'require';
    if (dynamic || required) return node.arguments[0] && textOf(node.arguments[0]);
  }
  return undefined;
}

function textOf(node: Node): string | undefined {
  return is.isStringLiteral(node) || is.isNoSubstitutionTemplateLiteral(node)
    ? node.text
    : undefined;
}

/** `./x.js` of a TypeScript file is `x.ts`. */
function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return new URL(specifier, `file:///${from}`).pathname.slice(1).replace(/\.js$/, '.ts');
}

function namesOf(node: Node): string[] {
  if (is.isBinaryExpression(node)) {
    const power = [SyntaxKind.AsteriskAsteriskToken, SyntaxKind.AsteriskAsteriskEqualsToken];
    return power.includes(node.operatorToken.kind) ? ['**'] : [];
  }
  if (is.isNewExpression(node) && isGlobal(node.expression, 'Date')) {
    return [`new Date(${node.arguments?.length ?? 0} arguments)`];
  }
  if (is.isCallExpression(node) && isGlobal(node.expression, 'Date')) return ['Date(…)'];
  if (is.isPropertyAccessExpression(node)) {
    const owner = node.expression;
    const free = is.isIdentifier(owner) ? `${owner.text}.${node.name.text}` : undefined;
    // `globalThis.Date.now` is `Date.now`.
    const global = is.isPropertyAccessExpression(owner) && isGlobal(owner, owner.name.text);
    const whole = global ? `${owner.name.text}.${node.name.text}` : free;
    return [`.${node.name.text}`, ...(whole ? [whole] : []), ...globalMember(node)];
  }
  if (is.isIdentifier(node) && isReference(node)) return [node.text];
  return [];
}

function globalMember(node: Node): string[] {
  return is.isPropertyAccessExpression(node) && isGlobal(node, node.name.text)
    ? [node.name.text]
    : [];
}

/** Whether `node` is the global `name`, plain or taken from `globalThis`. */
function isGlobal(node: Node, name: string): boolean {
  if (is.isIdentifier(node)) return node.text === name;
  if (!is.isPropertyAccessExpression(node) || node.name.text !== name) return false;
  return is.isIdentifier(node.expression) && /^global(This)?$/.test(node.expression.text);
}

/** Whether an identifier stands for a value of that name: not a member's name, not a type. */
function isReference(node: Identifier): boolean {
  const { parent } = node;
  if (!parent || node.flags & NodeFlags.JSDoc) return false;
  if (is.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (is.isQualifiedName(parent) || is.isTypeReferenceNode(parent)) return false;
  // `{ process: 1 }`, `interface { process: … }`, `class { process() {} }`: names of members.
  const member =
    is.isPropertyAssignment(parent) ||
    is.isPropertySignatureDeclaration(parent) ||
    is.isPropertyDeclaration(parent) ||
    is.isMethodSignatureDeclaration(parent) ||
    is.isMethodDeclaration(parent) ||
    is.isGetAccessorDeclaration(parent) ||
    is.isSetAccessorDeclaration(parent) ||
    is.isEnumMember(parent);
  return !(member && parent.name === node);
}
