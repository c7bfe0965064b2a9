import { expect, it } from 'vitest';
import type { Panel } from '../api/client';
import { clopperPearson } from './statistics';
import { forPublication } from './suppression';

it('gives the exact intervals of the textbooks', () => {
  const close = (k: number, n: number, lower: number, upper: number) => {
    const found = clopperPearson(k, n);
    expect(found?.lower).toBeCloseTo(lower, 1);
    expect(found?.upper).toBeCloseTo(upper, 1);
  };
  close(0, 10, 0, 30.85);
  close(10, 10, 69.15, 100);
  close(5, 10, 18.71, 81.29);
  close(33, 96, 24.98, 44.77);
  close(1, 1000, 0.0025, 0.556);
});

it('gives no interval of nothing', () => expect(clopperPearson(0, 0)).toBeNull());

const panel = (shape: Panel['shape'], ...numbers: number[]): Panel => {
  const of = numbers.reduce((a, b) => a + b, 0);
  return { name: 'x', unit: 'cases', shape, denominator: of, values: numbers.length, rows: numbers.map((cases, i) => ({ value: `${i}`, label: `${i}`, cases, of, percent: (100 * cases) / of, parent: null, below: undefined })) };
};
const shown = (p: Panel) => p.rows.map((r) => r.cases);

it('holds back small numbers, and never zero', () => expect(shown(forPublication(panel('overlapping', 120, 9, 0, 40)))).toEqual([120, null, 0, 40]));

it('holds back a second number where one would follow from the sum', () => expect(shown(forPublication(panel('partition', 120, 9, 0, 40)))).toEqual([120, null, 0, null]));

it('leaves two that hide each other alone', () => expect(shown(forPublication(panel('partition', 120, 9, 3, 40)))).toEqual([120, null, null, 40]));

it('holds back what leaves a small remainder', () => expect(shown(forPublication(panel('overlapping', 197, 3)))).toEqual([null, null]));
