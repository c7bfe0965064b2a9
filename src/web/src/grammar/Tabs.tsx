import { useRef, type KeyboardEvent } from 'react';

/** Tabs as the authoring practices have them: one stop of the Tab key, arrows move. */
export function Tabs<T extends string>({ label, value, options, onChange, controls }: { label: string; value: T; options: readonly { value: T; label: string }[]; onChange: (value: T) => void; controls: string }) {
  const list = useRef<HTMLDivElement>(null);
  function move(e: KeyboardEvent) {
    const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    e.preventDefault();
    const now = options.findIndex((o) => o.value === value);
    const next = options[(now + step + options.length) % options.length];
    if (!next) return;
    onChange(next.value);
    list.current?.querySelector<HTMLElement>(`[data-value="${next.value}"]`)?.focus();
  }
  return (
    <div className="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
      {options.map((o) => (
        <button type="button" role="tab" key={o.value} id={`${controls}-${o.value}`} data-value={o.value} aria-selected={o.value === value} aria-controls={controls} tabIndex={o.value === value ? 0 : -1} onClick={() => onChange(o.value)}>
          {o.label}
        </button>
      ))}
    </div>
  );
}
