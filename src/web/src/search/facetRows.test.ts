import { expect, it } from 'vitest';
import type { Row } from '../api/client';
import { above, branches, facets, rowsOf, writeAge } from './facetRows';

const row = (value: string, cases: number | null, parent: string | null = null): Row => ({ value, label: value, cases, of: 100, percent: cases, parent, below: cases === null ? 10 : undefined });
const tree = [row('LUNG', 60), row('NSCLC', 58, 'LUNG'), row('LUAD', 40, 'NSCLC'), row('BOWEL', 30), row('missing', 10)];

it('shows closed branches by their root alone', () => {
  expect(branches(tree, new Set()).map((b) => [b.row.value, b.depth, b.open])).toEqual([['LUNG', 0, false], ['BOWEL', 0, undefined], ['missing', 0, undefined]]);
  expect(branches(tree, new Set(['LUNG', 'NSCLC'])).map((b) => b.row.value)).toEqual(['LUNG', 'NSCLC', 'LUAD', 'BOWEL', 'missing']);
  expect(above(tree, 'LUAD')).toEqual(['NSCLC', 'LUNG']);
});

it('never leaves out a row whose parent is cut off', () => expect(branches([row('LUAD', 4, 'NSCLC')], new Set()).map((b) => b.row.value)).toEqual(['LUAD']));

it('writes bands of age as the language has them', () => expect(['-39', '40-49', '80-', 'missing'].map(writeAge)).toEqual(['<=39', '40-49', '>=80', 'missing']));

it('greys what lies outside the choice and hides what does not occur, but never a number that was held back', () => {
  const stage = facets.find((f) => f.panel === 'stage');
  if (!stage) throw new Error('no facet of stages');
  const panel = { name: 'stage', unit: 'cases', shape: 'partition' as const, denominator: 100, values: 3, rows: [row('I', 0), row('III', null), row('IV', 90)] };
  expect(rowsOf(stage, panel, 'KRAS').map((r) => [r.row.value, r.on, r.off])).toEqual([['III', false, false], ['IV', false, false]]);
  expect(rowsOf(stage, panel, 'KRAS and stage:IV').map((r) => [r.row.value, r.on, r.off])).toEqual([['III', false, true], ['IV', true, false]]);
});
