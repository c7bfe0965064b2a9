import { Popover } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { instant, number } from '../i18n';
import { keep, load, remember, type Asked } from './history';

/** Questions asked before and those kept, on this browser. */
export function HistoryMenu({ who, query, cases, onChoose }: { who: string; query: string; cases: number | null; onChoose: (q: string) => void }) {
  const { t } = useTranslation('search');
  const { t: common } = useTranslation();
  const [open, setOpen] = useState(false);
  const [lists, setLists] = useState<{ saved: Asked[]; history: Asked[] }>({ saved: [], history: [] });
  const read = () => setLists({ saved: load('saved', who), history: load('history', who) });
  function save() {
    const saved = load('saved', who);
    keep('saved', who, saved.some((a) => a.q === query) ? saved.filter((a) => a.q !== query) : remember(saved, { q: query, cases, at: Date.now() }));
    read();
    setOpen(true);
  }
  const entries = (list: Asked[]) => (
    <ul style={{ listStyle: 'none', margin: 0, padding: 0, display: 'grid', gap: 2 }}>
      {list.map((a) => (
        <li key={a.q}>
          <button type="button" className="linky" style={{ border: 0, display: 'grid', gridTemplateColumns: '1fr auto', gap: 12, width: '100%', padding: '2px 0' }} onClick={() => (setOpen(false), onChoose(a.q))}>
            <span className="mono">{a.q}</span>
            <span className="mute small">{a.cases === null ? common('heldBack') : number(a.cases)} · {instant(new Date(a.at).toISOString())}</span>
          </button>
        </li>
      ))}
    </ul>
  );
  return (
    <>
      <button type="button" className="btn" onClick={save} disabled={query === '' || query === '*'}>{t(lists.saved.some((a) => a.q === query) ? 'saved' : 'save')}</button>
      <Popover position="bottom-end" withinPortal={false} opened={open} onChange={setOpen} trapFocus>
        <Popover.Target>
          <button type="button" className="btn" onClick={() => (read(), setOpen(!open))}>{t('history')}</button>
        </Popover.Target>
        <Popover.Dropdown className="card" style={{ width: 460 }}>
          <div className="stack scroll" style={{ gap: 8 }}>
            <b className="small mute">{t('savedTitle')}</b>
            {lists.saved.length > 0 ? entries(lists.saved) : <span className="mute small">{t('savedNone')}</span>}
            <b className="small mute">{t('historyTitle')}</b>
            {lists.history.length > 0 ? entries(lists.history) : <span className="mute small">{t('historyNone')}</span>}
          </div>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}
