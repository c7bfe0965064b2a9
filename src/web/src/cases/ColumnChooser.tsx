import { Popover } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Panel } from '../api/client';

export const usual = ['hospital', 'registered', 'sex', 'age', 'cancer', 'stage', 'panel', 'specimen', 'ep_option', 'outcome'];
const most = 40;

/** Which fields of the case are columns. Those the release holds are named by its completeness. */
export function ColumnChooser({ panels, chosen, onChange }: { panels: Map<string, Panel>; chosen: string[]; onChange: (columns: string[]) => void }) {
  const { t } = useTranslation('cases');
  const [find, setFind] = useState('');
  const all = (panels.get('completeness')?.rows ?? []).filter((r) => r.value.startsWith('case.')).map((r) => ({ name: r.value.slice(5), label: r.label }));
  const shown = all.filter((c) => c.label.toLowerCase().includes(find.trim().toLowerCase()) || c.name.includes(find.trim().toLowerCase()));
  return (
    <Popover position="bottom-end" withinPortal={false} trapFocus>
      <Popover.Target>
        <button type="button" className="btn">{t('columns', { count: chosen.length })}</button>
      </Popover.Target>
      <Popover.Dropdown className="card" style={{ width: 320 }}>
        <div className="stack" style={{ gap: 6 }}>
          <div className="field">
            <label htmlFor="find-column">{t('findColumn')}</label>
            <input id="find-column" value={find} onChange={(e) => setFind(e.target.value)} />
          </div>
          <div className="scroll" style={{ display: 'grid', gap: 2 }} tabIndex={0} role="group" aria-label={t('columns', { count: chosen.length })}>
            {shown.map((c) => (
              <label key={c.name} className="row-gap" style={{ flexWrap: 'nowrap' }}>
                <input type="checkbox" checked={chosen.includes(c.name)} disabled={!chosen.includes(c.name) && chosen.length >= most}
                  onChange={(e) => onChange(e.target.checked ? [...chosen, c.name] : chosen.filter((n) => n !== c.name))} />
                {c.label}
              </label>
            ))}
          </div>
          <button type="button" className="linky small" onClick={() => onChange(usual)}>{t('usualColumns')}</button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
