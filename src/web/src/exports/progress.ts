import type { ExportStatus } from '../api/client';

export const isActive = (e: Pick<ExportStatus, 'state'>) => e.state === 'requested' || e.state === 'running';

/** Percent; an empty cohort is done at once, and nothing is all there before it is complete. */
export function shareDone(e: Pick<ExportStatus, 'state' | 'cases' | 'casesDone'>): number {
  if (e.state === 'completed') return 100;
  if (e.cases === null || e.cases === undefined) return 0;
  return e.cases === 0 ? 99 : Math.min(99, Math.floor((100 * e.casesDone) / e.cases));
}

/** Bytes of an extract to expect: what earlier ones took per case, else what a case of the synthetic release takes. */
export function expectedBytes(cases: number, earlier?: { bytes: number; cases: number }): number {
  const each = earlier && earlier.cases > 0 ? earlier.bytes / earlier.cases : 4600;
  return Math.round(cases * each);
}
