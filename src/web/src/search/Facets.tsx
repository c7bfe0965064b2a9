import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Panel } from '../api/client';
import { useCharacteristics, type Question } from '../api/questions';
import { Facet } from '../grammar/Facet';
import { Loading } from '../grammar/States';
import { above, branches, facets, rowsOf, type FacetDefinition } from './facetRows';
import { chosen, toggle, without } from './queryText';

interface Given {
  question: Question;
  panels: Map<string, Panel>;
  enabled: boolean;
  onAsk: (q: string) => void;
}

export function Facets({ question, panels, enabled, onAsk }: Given) {
  const { t } = useTranslation('search');
  return (
    <aside className="facets" aria-label={t('facets')}>
      {panels.size === 0 ? <Loading lines={16} /> : facets.map((f) => <One key={f.panel} facet={f} question={question} panels={panels} enabled={enabled} onAsk={onAsk} />)}
    </aside>
  );
}

/** Once something is chosen, the counts are those without this facet's own condition: what one would get by choosing otherwise. */
function One({ facet, question, panels, enabled, onAsk }: Given & { facet: FacetDefinition }) {
  const { t } = useTranslation('search');
  const canonical = question.query;
  const isChosen = chosen(canonical, facet.field).length > 0;
  const others = useCharacteristics({ ...question, query: without(canonical, facet.field) }, enabled && isChosen);
  const panel = isChosen ? (others.data?.panels.find((p) => p.name === facet.panel) ?? panels.get(facet.panel)) : panels.get(facet.panel);
  const rows = useMemo(() => rowsOf(facet, panel, canonical), [facet, panel, canonical]);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const pick = (value: string) => onAsk(toggle(canonical, facet.field, facet.write(value), facet.single));
  if (rows.length === 0) return null;
  const title = t(`facet.${facet.panel}` as never) as string;
  if (panel?.shape !== 'tree') return <Facet title={title} rows={rows} onToggle={pick} shown={facet.shown} />;
  const sight = new Set([...opened, ...chosen(canonical, facet.field).flatMap((v) => above(panel.rows, v))]);
  const state = new Map(rows.map((r) => [r.row.value, r]));
  const inSight = branches(rows.map((r) => r.row), sight);
  return (
    <Facet title={title} onToggle={pick} shown={Math.max(8, inSight.length - inSight.filter((b) => b.depth === 0).length + 6)}
      rows={inSight.map((b) => ({ ...b, on: state.get(b.row.value)?.on ?? false, off: (state.get(b.row.value)?.off ?? false) && !isAbove(panel, canonical, facet.field, b.row.value) }))}
      onOpen={(v) => setOpened((old) => (old.has(v) ? new Set([...old].filter((x) => x !== v)) : new Set([...old, v])))} />
  );
}

/** What lies above a chosen branch holds it, so it is not outside. */
function isAbove(panel: Panel, canonical: string, field: string, value: string): boolean {
  return chosen(canonical, field).some((v) => above(panel.rows, v).includes(value) || above(panel.rows, value).includes(v));
}
