import { expect, it } from 'vitest';
import type { CharacteriseAnswer, Panel, Row } from '../api/client';
import { drugResponses, lollipops, panelsOf, pyramid, stack } from './panels';

const row = (value: string, cases: number | null, parent: string | null = null): Row => ({ value, label: value, cases, of: 100, percent: cases, parent, below: cases === null ? 10 : undefined });
const panel = (name: string, rows: Row[]): Panel => ({ name, unit: 'cases', shape: 'overlapping', denominator: 100, values: rows.length, rows });

it('puts the responses in the order of the criteria and keeps held-back numbers apart from zero', () => {
  const panels = new Map([
    ['drug-response', panel('drug-response', [row('x|PR', 4, 'x'), row('x|CR', null, 'x'), row('x|missing', 7, 'x')])],
    ['response-rate', panel('response-rate', [row('x', 5)])],
  ]);
  expect(drugResponses(panels, 5)).toMatchObject([{ drug: 'x', parts: [null, 4, 0, 0, 0], missing: 7 }]);
});

it('pairs the sexes by age, the oldest on top', () => {
  const found = pyramid(panel('age-sex', [row('-39|male', 1, '-39'), row('-39|female', 2, '-39'), row('80-|male', 3, '80-'), row('missing|male', 9, 'missing')]));
  expect(found.map((b) => [b.band, b.male?.cases, b.female?.cases])).toEqual([['80-', 3, undefined], ['-39', 1, 2]]);
});

it('sums what is not among the leading parts', () => {
  const found = stack(panel('year-panel', [row('2020|a', 1, '2020'), row('2020|b', 2, '2020'), row('2021|c', 4, '2021')]), [row('a', 1), row('b', 2), row('c', 4)], 'rest', 1);
  expect(found).toEqual({ columns: ['2020', '2021'], series: [{ value: 'a', label: 'a', numbers: [1, 0] }, { value: 'other', label: 'rest', numbers: [2, 4] }] });
});

it('takes shares away where a part of the whole was held back, and leaves exact panels alone', () => {
  const partition = (...rows: Row[]): Panel => ({ ...panel('outcome', rows), shape: 'partition' });
  const ask = (p: Panel) => panelsOf({ panels: [p] } as unknown as CharacteriseAnswer, { oncogenic: true, publication: false }).get('outcome');
  expect(ask(partition(row('alive', 70), row('dead', null)))?.rows.map((r) => [r.cases, r.of, r.percent])).toEqual([[70, undefined, undefined], [null, undefined, undefined]]);
  expect(ask(partition(row('alive', 70), row('dead', 30)))?.rows.map((r) => r.of)).toEqual([100, 100]);
});

it('finds where changes lie', () => expect(lollipops(panel('changes', [row('KRAS|G12C', 5, 'KRAS'), row('KRAS|missing', 1, 'KRAS'), row('TP53|R175H', 2, 'TP53')]), 'KRAS').map((l) => l.at)).toEqual([12, Number.NaN]));
