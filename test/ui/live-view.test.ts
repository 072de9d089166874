import { describe, expect, test } from 'vitest';
import { createPalette } from '../../src/ui/colours.js';
import { drawFrame } from '../../src/ui/frame.js';
import { createLiveView } from '../../src/ui/live-view.js';
import { largeProgress, recorder, sampleProgress, sampleService, widest } from './samples.js';
import { screen } from './screen.js';

const plain = createPalette(false);
const frame = (columns: number, changes = {}) =>
  drawFrame(sampleProgress(changes), plain, columns).join('\n');

describe('what it shows', () => {
  test('at 120 columns', () => {
    expect(frame(120)).toMatchInlineSnapshot(`
      "00:25/01:00  ━━━━━━━━━━━━──────────────────  41%  35s left  2026-01-05 10:00:25 UTC
      service     requests    rate    p95  errors      %     cost  pushes  failed  trend
      vectorlens        26   1.0/s  210ms       0   0.0%        –       5       0  ▃▅█▅
      docstore          31   1.3/s   87ms       0   0.0%        –       5       0  ▃▅█▅
      chatapi           24   1.0/s  1.24s       1   4.2%  $0.0312       5       0  ▃▅█▅
      pushes 15 ok · cost $0.0312"
    `);
  });

  test('at 80 columns', () => {
    expect(frame(80)).toMatchInlineSnapshot(`
      "00:25/01:00  ━━━━──────  41%  35s left  2026-01-05 10:00:25 UTC
      service     requests    rate    p95  errors     cost  pushes  failed  trend
      vectorlens        26   1.0/s  210ms       0        –       5       0  ▃▅█▅
      docstore          31   1.3/s   87ms       0        –       5       0  ▃▅█▅
      chatapi           24   1.0/s  1.24s       1  $0.0312       5       0  ▃▅█▅
      pushes 15 ok · cost $0.0312"
    `);
  });

  test('at 60 columns', () => {
    expect(frame(60)).toMatchInlineSnapshot(`
      "00:25/01:00  ━━━━──────  41%  35s left
      service     requests    rate    p95  errors  pushes  failed
      vectorlens        26   1.0/s  210ms       0       5       0
      docstore          31   1.3/s   87ms       0       5       0
      chatapi           24   1.0/s  1.24s       1       5       0
      pushes 15 ok · cost $0.0312"
    `);
  });

  test('at 40 columns', () => {
    expect(frame(40)).toMatchInlineSnapshot(`
      "00:25/01:00  ━━━━──────  41%  35s left
      service     requests    p95  errors
      vectorlens        26  210ms       0
      docstore          31   87ms       0
      chatapi           24  1.24s       1
      pushes 15 ok · cost $0.0312"
    `);
  });

  test('trouble', () => {
    const pushes = { ok: 5, failed: 2, retried: 3, overtaken: 1 };
    const services = [sampleService({ errors: 4, pushes })];
    expect(frame(100, { services, incidents: ['a', 'b'] })).toMatchInlineSnapshot(`
      "00:25/01:00  ━━━━──────  41%  35s left  2026-01-05 10:00:25 UTC
      service     requests    rate    p95  errors      %     cost  pushes  failed  trend
      vectorlens        26   1.0/s  210ms       4  15.4%        –       5       2  ▃▅█▅
      pushes 5 ok · 2 failed · 3 retried · 1 overtaken
      incidents: a, b"
    `);
  });

  test('world and wall time at another speed', () => {
    const day = { elapsed: 7800, duration: 86_400, speed: 60 };
    expect(frame(120, day).split('\n')[0]).toMatchInlineSnapshot(
      `"02:10:00/24:00:00  ━━────────────────────────────  9%  world 21h50m left  wall 21m50s left  60×"`,
    );
    expect(frame(40, day).split('\n')[0]).toBe('02:10:00/24:00:00  wall 21m50s left');
    expect(frame(30, day).split('\n')[0]).toBe('02:10:00/24:00:00');
  });

  test('a run without an end', () => {
    expect(frame(80, { duration: undefined }).split('\n')[0]).toBe(
      '00:25  no end, Ctrl-C stops  2026-01-05 10:00:25 UTC',
    );
  });

  test('nothing yet', () => {
    const service = sampleService({ requests: 0, rate: 0, p95: undefined, rates: [] });
    expect(frame(80, { elapsed: 0, services: [service] })).toMatchInlineSnapshot(`
      "00:00/01:00  ──────────  0%  1m00s left  2026-01-05 10:00:25 UTC
      service     requests    rate    p95  errors     cost  pushes  failed  trend
      vectorlens         0   0.0/s      –       0        –       5       0
      pushes 5 ok"
    `);
    expect(frame(80, { elapsed: 0, duration: 0, services: [] })).toMatchInlineSnapshot(`
      "00:00/00:00  ━━━━━━━━━━  100%  0s left  2026-01-05 10:00:25 UTC
      pushes 0 ok"
    `);
  });

  test('large numbers', () => {
    expect(drawFrame(largeProgress(), plain, 80).join('\n')).toMatchInlineSnapshot(`
      "200d 00:00:00/365d 00:00:00  ━━━━━─────  world 165d00h left  wall 1h06m left
      service               requests      rate     p95  errors  pushes  failed
      vectorlens                123B  98,765/s  12m34s   12.3B    1.2M  89,012
      a-service-with-a-lo…      123B  98,765/s  12m34s   12.3B    1.2M  89,012
      chatapi                   123B  98,765/s  12m34s   12.3B    1.2M  89,012
      pushes 3,703,701 ok · 267,036 failed · 1,037,034 retried · cost $37,037,036.70
      incidents: latency-spike, error-burst, provider-outage, gpu-loss, cost-explosi…"
    `);
  });

  test('no line reaches the last column, however wide the terminal', () => {
    for (const palette of [plain, createPalette(true)]) {
      for (const progress of [sampleProgress(), sampleProgress({ speed: 60 }), largeProgress()]) {
        for (let columns = 2; columns <= 220; columns++) {
          const lines = drawFrame(progress, palette, columns);
          expect(widest(lines.join('\n')), `${columns} columns`).toBeLessThan(columns);
        }
      }
    }
  });

  test('colour changes nothing but colour', () => {
    const painted = drawFrame(sampleProgress(), createPalette(true), 80).join('\n');
    expect(painted).toContain('\x1b[1mvectorlens\x1b[22m');
    expect(screen(painted, 80).lines.join('\n')).toBe(frame(80));
  });
});

describe('how it draws', () => {
  const first = sampleProgress({ elapsed: 24 });

  test('hides the cursor, draws over the last picture in one write, gives the cursor back', () => {
    const output = recorder();
    const view = createLiveView(output, plain);
    view.update(first);
    view.update(sampleProgress());
    view.end();
    expect(output.writes).toHaveLength(3);
    const lines = frame(80).replaceAll('\n', '\x1b[K\n');
    expect(output.writes[0]!.startsWith('\x1b[?25l00:24/01:00  ')).toBe(true);
    expect(output.writes[1]).toBe(`\r\x1b[6A${lines}\x1b[K\n\x1b[J`);
    expect(output.writes[2]).toBe('\r\x1b[J\x1b[?25h');
    const shown = screen(output.writes.join(''), 80);
    expect(shown).toEqual({ lines: [...frame(80).split('\n'), ''], cursor: true });
  });

  test('a note stays above the picture, also one that is longer than a line', () => {
    const output = recorder();
    const view = createLiveView(output, plain);
    view.note('before');
    view.update(first);
    view.note(`warning: ${'x'.repeat(100)}\n  do this`);
    view.update(sampleProgress());
    view.end();
    view.note('after');
    expect(screen(output.writes.join(''), 80)).toEqual({
      lines: [
        'before',
        `warning: ${'x'.repeat(71)}`,
        'x'.repeat(29),
        '  do this',
        ...frame(80).split('\n'),
        'after',
        '',
      ],
      cursor: true,
    });
  });

  test('a shorter picture leaves nothing of a longer one, nor of an echoed ^C', () => {
    const output = recorder();
    const view = createLiveView(output, plain);
    view.update(sampleProgress({ incidents: ['error-burst'] }));
    output.write('^C');
    view.update(sampleProgress());
    output.write('^C');
    view.end();
    expect(screen(output.writes.join(''), 80).lines).toEqual([...frame(80).split('\n'), '']);
  });

  test('clears itself away when told to', () => {
    const output = recorder();
    const view = createLiveView(output, plain);
    view.note('stays');
    view.update(first);
    view.end({ clear: true });
    view.end();
    view.update(first);
    expect(screen(output.writes.join(''), 80)).toEqual({ lines: ['stays', ''], cursor: true });
  });

  test('a terminal that became narrower has broken the old lines into more', () => {
    const output = recorder(120);
    const view = createLiveView(output, plain);
    view.update(sampleProgress());
    output.columns = 50;
    view.update(sampleProgress());
    output.columns = 120;
    view.update(sampleProgress());
    // Of the six lines, five were longer than 50.
    expect(
      frame(120)
        .split('\n')
        .filter((line) => line.length > 50),
    ).toHaveLength(5);
    expect(output.writes[1]!.startsWith('\r\x1b[11A00:25')).toBe(true);
    expect(output.writes[2]!.startsWith('\r\x1b[6A00:25')).toBe(true);
  });

  test('without an update the cursor is never touched', () => {
    const output = recorder();
    const view = createLiveView(output, plain);
    view.note('x');
    view.end({ clear: true });
    expect(output.writes).toEqual(['x\n']);
  });
});
