import { expect, it } from 'vitest';
import { expectedBytes, isActive, shareDone } from './progress';

it('says 100 only of what is complete', () => {
  expect(shareDone({ state: 'requested', cases: null as never, casesDone: 0 })).toBe(0);
  expect(shareDone({ state: 'running', cases: 200, casesDone: 50 })).toBe(25);
  expect(shareDone({ state: 'running', cases: 200, casesDone: 200 })).toBe(99);
  expect(shareDone({ state: 'running', cases: 0, casesDone: 0 })).toBe(99);
  expect(shareDone({ state: 'completed', cases: 0, casesDone: 0 })).toBe(100);
});

it('knows what is still under way', () => expect(['requested', 'running', 'completed', 'failed', 'cancelled', 'expired'].map((state) => isActive({ state }))).toEqual([true, true, false, false, false, false]));

it('expects as much per case as the last one took', () => expect(expectedBytes(100, { bytes: 5000, cases: 50 })).toBe(10000));
