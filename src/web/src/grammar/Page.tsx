import { useEffect, useRef, type ReactNode } from 'react';

/** Every page: its title is the document's, and takes the focus when one arrives by a link. */
export function Page({ title, lead, actions, narrow, bare, children }: { title: string; lead?: ReactNode; actions?: ReactNode; narrow?: boolean; bare?: boolean; children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${title} – DataPortal`;
  }, [title]);
  useEffect(() => {
    // A page that brings its own field to type in keeps the focus there.
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
  }, []);
  return (
    <main ref={main} id="main" tabIndex={-1}>
      {bare ? (
        <>
          <h1 className="sr">{title}</h1>
          {children}
        </>
      ) : (
        <div className={narrow ? 'page narrow' : 'page'}>
          <header>
            <div className="stack" style={{ gap: 2, flex: '1 1 320px' }}>
              <h1>{title}</h1>
              {lead && <div className="lead">{lead}</div>}
            </div>
            {actions && <div className="row-gap">{actions}</div>}
          </header>
          {children}
        </div>
      )}
    </main>
  );
}
