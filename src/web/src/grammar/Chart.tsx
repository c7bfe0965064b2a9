import { useMantineColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Picture } from './picture';

/** A drawing by ECharts, which is fetched only when the first one is shown. The card it stands in gives the same as a table. */
export function Chart({ picture, label, tall }: { picture: Picture; label: string; tall?: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const { colorScheme } = useMantineColorScheme();
  useEffect(() => {
    let end: (() => void) | undefined;
    let gone = false;
    void import('./picture').then(({ show }) => {
      if (!gone && place.current) end = show(place.current, picture);
    });
    return () => {
      gone = true;
      end?.();
    };
  }, [picture, colorScheme]);
  return (
    <>
      <div ref={place} className={tall ? 'chart tall' : 'chart'} role="img" aria-label={label} />
      {picture.series.length > 1 && <div className="legend" aria-hidden="true">{picture.series.map((s) => <span key={s.name}><i style={{ background: s.color }} />{s.name}</span>)}</div>}
    </>
  );
}
