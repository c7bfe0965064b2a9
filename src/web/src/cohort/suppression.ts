import type { Panel, Row } from '../api/client';

/** Below this a number is not for publication. */
export const threshold = 10;

const hidden = (row: Row): Row => ({ ...row, cases: null, percent: null, below: threshold });
const isSmall = (n: number | null | undefined) => n !== null && n !== undefined && n > 0 && n < threshold;

/**
 * A panel as it may be published: numbers of 1 to 9 are held back, so are those whose remainder is as small, and where one number of a group that sums up
 * would follow from the others the next smallest is held back with it. For people who see the exact numbers anyway; what others may see the portal decides.
 */
export function forPublication(panel: Panel): Panel {
  const rows = panel.rows.map((row) => (isSmall(row.cases) || (row.of !== null && row.of !== undefined && row.cases !== null && row.cases !== undefined && isSmall(row.of - row.cases)) ? hidden(row) : row));
  if (panel.shape === 'overlapping') return { ...panel, rows };
  const groups = new Map<string, number[]>();
  rows.forEach((row, at) => {
    const group = panel.shape === 'partition' ? '' : (row.parent ?? '');
    groups.set(group, [...(groups.get(group) ?? []), at]);
  });
  for (const group of groups.values()) {
    const held = group.filter((at) => rows[at]?.cases === null);
    if (held.length !== 1) continue;
    const next = group.filter((at) => (rows[at]?.cases ?? 0) > 0).sort((a, b) => (rows[a]?.cases ?? 0) - (rows[b]?.cases ?? 0))[0];
    if (next !== undefined) rows[next] = hidden(rows[next] as Row);
  }
  return { ...panel, rows };
}
