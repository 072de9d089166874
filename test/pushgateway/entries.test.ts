import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entriesOf } from '../../src/pushgateway/entries.js';

test('the entries are those that JSON.parse finds, whatever stands in them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
      fc.constantFrom(undefined, 1, '\t'),
      (data, space) => {
        const json = JSON.stringify({ status: 'success', data }, null, space);
        expect([...entriesOf(json)!]).toEqual(JSON.parse(json).data);
      },
    ),
  );
});

test('a text that was cut off, or has more in it, is no list', () => {
  const json = JSON.stringify({ status: 'success', data: [{ a: '}' }, { b: '"{' }] });
  for (let length = 29; length < json.length; length++) {
    expect(() => [...entriesOf(json.slice(0, length))!]).toThrow(SyntaxError);
  }
  for (const text of [`${json}x`, json.replace('},{', '}x{'), json.replace('[', '[1,')]) {
    expect(() => [...entriesOf(text)!]).toThrow(SyntaxError);
  }
});

test('another form is left to others', () => {
  for (const json of ['', '[]', '{"data":[],"status":"success"}', '{"status":"error"}']) {
    expect(entriesOf(json)).toBeUndefined();
  }
});
