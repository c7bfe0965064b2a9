import type { ReactNode } from 'react';

export interface QueueItem {
  id: string;
  title: string;
  note: ReactNode;
}

/** A queue at the left, one thing at the right. */
export function Queue({ label, items, current, onChoose, children }: { label: string; items: QueueItem[]; current: string | undefined; onChoose: (id: string) => void; children: ReactNode }) {
  return (
    <div className="queue">
      <ul aria-label={label}>
        {items.map((item) => (
          <li key={item.id}>
            <button type="button" aria-current={item.id === current} onClick={() => onChoose(item.id)}>
              <b>{item.title}</b>
              <span className="small mute">{item.note}</span>
            </button>
          </li>
        ))}
      </ul>
      <div className="stack">{children}</div>
    </div>
  );
}
