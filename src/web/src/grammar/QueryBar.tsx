import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueryMistake, Suggestion } from '../api/client';
import { pieces } from '../search/queryText';

export interface QueryBarProps {
  value: string;
  onChange: (text: string) => void;
  /** Enter. */
  onCommit: (text: string) => void;
  suggest: (text: string, caret: number) => Promise<Suggestion[]>;
  mistake?: QueryMistake;
  label: string;
  placeholder?: string;
  autoFocus?: boolean;
}

/** Whether a letter of the text lies in the part that was not understood. */
const isWrong = (at: number, length: number, mistake: QueryMistake | undefined) => mistake !== undefined && at < mistake.position + Math.max(1, mistake.length) && at + length > mistake.position;

/** The question: one line, coloured by what each word is, completed at the caret. What an input method composes is left alone until it is done. */
export function QueryBar({ value, onChange, onCommit, suggest, mistake, label, placeholder, autoFocus }: QueryBarProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const asked = useRef(0);
  const composing = useRef(false);
  const caretWanted = useRef<number | null>(null);
  const [offers, setOffers] = useState<Suggestion[]>([]);
  const [at, setAt] = useState(-1);
  const list = useId();

  useEffect(() => {
    const focus = (e: globalThis.KeyboardEvent) => {
      const inField = e.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName);
      if (e.key === '/' && !inField && !e.ctrlKey && !e.metaKey) {
        e.preventDefault();
        input.current?.focus();
      }
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);

  useEffect(() => {
    if (caretWanted.current !== null) {
      input.current?.setSelectionRange(caretWanted.current, caretWanted.current);
      caretWanted.current = null;
    }
    if (text.current && input.current) text.current.scrollLeft = input.current.scrollLeft;
  }, [value]);

  function complete(written: string, caret: number) {
    const turn = ++asked.current;
    if (written.trim() === '') return close();
    void suggest(written, caret).then(
      (found) => {
        // An answer to an earlier key must not overtake that to a later one.
        if (turn !== asked.current || document.activeElement !== input.current) return;
        setOffers(found.slice(0, 12));
        setAt(-1);
      },
      () => turn === asked.current && close(),
    );
  }

  function close() {
    asked.current++;
    setOffers([]);
    setAt(-1);
  }

  function put(offer: Suggestion) {
    const end = offer.replaceStart + offer.replaceLength;
    const open = /[:=<>]$/.test(offer.text);
    const inserted = open || /^\s/.test(value.slice(end)) ? offer.text : `${offer.text} `;
    const next = value.slice(0, offer.replaceStart) + inserted + value.slice(end);
    caretWanted.current = offer.replaceStart + inserted.length;
    onChange(next);
    input.current?.focus();
    if (open) complete(next, caretWanted.current);
    else close();
  }

  function onKey(e: KeyboardEvent<HTMLInputElement>) {
    // Enter that ends a composition chooses a word of the input method and asks nothing.
    if (composing.current || e.nativeEvent.isComposing) return;
    const chosen = offers[at];
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      if (offers.length === 0) return complete(value, input.current?.selectionStart ?? value.length);
      const step = e.key === 'ArrowDown' ? 1 : -1;
      setAt(at + step < -1 ? offers.length - 1 : at + step >= offers.length ? -1 : at + step);
    } else if (e.key === 'Enter') {
      e.preventDefault();
      if (chosen) return put(chosen);
      close();
      onCommit(value);
    } else if (e.key === 'Tab' && !e.shiftKey && offers.length > 0 && offers[Math.max(at, 0)]) {
      e.preventDefault();
      put(offers[Math.max(at, 0)] as Suggestion);
    } else if (e.key === 'Escape' && offers.length > 0) {
      e.preventDefault();
      close();
    }
  }

  return (
    <div className={mistake ? 'bar bad' : 'bar'}>
      <div className="text" ref={text} aria-hidden="true">
        {pieces(value).map((p) => <span key={p.start} className={`k-${p.kind}${isWrong(p.start, p.text.length, mistake) && p.kind !== 'blank' ? ' k-wrong' : ''}`}>{p.text}</span>)}
      </div>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={offers.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `${list}-${at}` : undefined}
        aria-invalid={mistake !== undefined}
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        maxLength={4096}
        autoFocus={autoFocus}
        placeholder={placeholder}
        value={value}
        onChange={(e) => {
          onChange(e.target.value);
          if (!(e.nativeEvent as InputEvent).isComposing) complete(e.target.value, e.target.selectionStart ?? e.target.value.length);
        }}
        onCompositionStart={() => (composing.current = true)}
        onCompositionEnd={(e) => {
          composing.current = false;
          complete(e.currentTarget.value, e.currentTarget.selectionStart ?? e.currentTarget.value.length);
        }}
        onKeyDown={onKey}
        onScroll={(e) => text.current && (text.current.scrollLeft = e.currentTarget.scrollLeft)}
        onBlur={close}
      />
      <ul className="offers" id={list} role="listbox" aria-label={t('completions')} hidden={offers.length === 0}>
        {offers.map((o, i) => (
          <li key={o.text + o.kind} id={`${list}-${i}`} role="option" aria-selected={i === at} onMouseDown={(e) => (e.preventDefault(), put(o))} onMouseMove={() => at !== i && setAt(i)}>
            <code>{o.text}</code>
            <span className="label">{o.label === o.text ? '' : o.label}</span>
            <span className="kind">{t(`kind.${o.kind}` as never, { defaultValue: o.kind })}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
