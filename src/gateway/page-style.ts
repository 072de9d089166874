/** For every page; light and dark, from a phone's width on. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --back: #fcfcfb; --raised: #fff; --text: #1c2126; --quiet: #5f6973; --line: #e1e4e7;
  --chip: #eef1f4; --link: #0a5cad; --bad: #a61b12; --bad-back: #fdf0ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #131619; --raised: #191d21; --text: #e3e7ea; --quiet: #97a1ab; --line: #2c3238;
    --chip: #242a30; --link: #7fb9f5; --bad: #ff9d94; --bad-back: #2c1b1b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 14px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 1280px; margin: 0 auto; padding: 0 20px; }
header { display: flex; flex-wrap: wrap; gap: 4px 24px; justify-content: space-between;
  padding-top: 14px; padding-bottom: 12px; border-bottom: 1px solid var(--line); }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: baseline; }
footer { padding-top: 28px; padding-bottom: 28px; color: var(--quiet); font-size: 12px; }
a { color: var(--link); text-decoration: none; overflow-wrap: anywhere; }
a:hover { text-decoration: underline; }
a:focus-visible, summary:focus-visible, button:focus-visible { outline: 2px solid var(--link);
  outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--raised); padding: 4px 8px; }
.brand { font-weight: 650; color: var(--text); }
.brand span { font-weight: 400; }
[aria-current] { color: var(--text); font-weight: 600; box-shadow: 0 2px 0 var(--link); }
h1 { font-size: 20px; line-height: 1.35; margin: 22px 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 15px; margin: 26px 0 8px; }
h3 { display: inline; font: 600 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
p { margin: 6px 0; overflow-wrap: anywhere; }
code, pre, .label { font-family: ui-monospace, monospace; font-size: 12px; }
code { overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-weight: 400; }
.facts { color: var(--quiet); margin-bottom: 14px; }
.failed { color: var(--bad); font-weight: 600; }
.trail { margin: 18px 0 -16px; }
.trail a::before { content: "\\2190\\a0"; }
.label { display: inline-block; max-width: 100%; margin: 1px 0; padding: 0 6px; border-radius: 4px;
  background: var(--chip); font-weight: 400; overflow-wrap: anywhere; white-space: pre-wrap; }
.label b { font-weight: 400; color: var(--quiet); }
table { border-collapse: collapse; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { text-align: left; vertical-align: top; padding: 5px 16px 5px 0; border-bottom: 1px solid var(--line); }
th { font-weight: 400; }
thead th { color: var(--quiet); font-size: 12px; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 8px; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
time { font-variant-numeric: tabular-nums; }
time .quiet { white-space: nowrap; margin-left: 6px; }
.groups .age { display: inline-block; min-width: 106px; }
.groups { width: 100%; }
.groups tbody th a { font-weight: 600; margin-right: 4px; }
.groups th:first-child { padding-left: 10px; }
.groups tbody tr:hover { background: var(--raised); }
.groups td { white-space: nowrap; }
.groups .failed { margin-left: 6px; font-size: 12px; white-space: nowrap; }
.bad { background: var(--bad-back); box-shadow: inset 3px 0 0 var(--bad); }
.pairs { min-width: min(100%, 560px); }
.pairs th { width: 220px; color: var(--quiet); }
.notice { margin: 12px 0; padding: 8px 12px; border-left: 3px solid var(--bad); background: var(--bad-back); }
.pager { margin: 16px 0; gap: 16px; }
.empty { margin: 24px 0; padding: 16px 20px; border: 1px dashed var(--line); border-radius: 8px; }
pre { margin: 8px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; }
.family { margin: 8px 0; padding: 8px 14px; background: var(--raised); border: 1px solid var(--line); border-radius: 8px; }
.family > summary { margin: -8px -14px; padding: 7px 14px; }
.family[open] > summary { margin-bottom: 2px; }
.type { margin: 0 6px; color: var(--quiet); font-size: 12px; }
.help { color: var(--quiet); margin: 0 0 4px; }
.family > p:last-child { font-size: 12px; margin: 6px 0 0; }
.scroll { overflow-x: auto; }
.series { min-width: min(100%, 380px); }
.series tbody tr:last-child > * { border-bottom: 0; }
.points { margin: 4px 0; font-size: 12px; }
.points th, .points td { padding: 1px 14px 1px 0; border: 0; }
.danger { margin-top: 28px; }
.danger summary { color: var(--bad); }
button { font: inherit; padding: 5px 14px; border: 1px solid var(--bad); border-radius: 6px;
  background: transparent; color: var(--bad); cursor: pointer; }
button:hover { background: var(--bad-back); }
@media (max-width: 760px) {
  header, main, footer { padding-left: 14px; padding-right: 14px; }
  .groups thead { position: absolute; clip-path: inset(50%); }
  .groups, .groups tbody { display: block; }
  .groups tr { display: flex; flex-wrap: wrap; gap: 0 16px; padding: 7px 10px;
    border-bottom: 1px solid var(--line); }
  .groups th, .groups td, .groups th:first-child { flex-basis: 100%; padding: 0; border: 0; text-align: left; }
  .groups td.number { flex-basis: auto; }
  .groups td::before { content: attr(data-name) "\\a0"; color: var(--quiet); }
  .groups .age { min-width: 0; }
  .groups .none { display: none; }
  .pairs th { width: 100px; }
  time .quiet { display: inline-block; }
}
`;
