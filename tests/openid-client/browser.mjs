import { createHmac } from 'node:crypto';

/**
 * What a browser does without scripts: keeps cookies per host, follows redirects, fills and sends forms. Fields are found as an assistive technology
 * would find them, by type and autocomplete, and not by names that may change.
 */
export class Browser {
  #cookies = new Map();

  /** Follows redirects until a page is shown or `until` says that the address is the one waited for. */
  async open(url, { method = 'GET', body, until = () => false } = {}) {
    let address = new URL(url);
    for (let hops = 0; hops < 20; hops += 1) {
      if (until(address)) return { url: address, status: 0, text: '' };
      const response = await fetch(address, {
        method,
        body,
        redirect: 'manual',
        headers: { cookie: this.#header(address), accept: 'text/html', 'accept-language': 'en', ...(body ? { origin: address.origin } : {}) },
      });
      this.#keep(address, response.headers.getSetCookie());
      const location = response.headers.get('location');
      if (!location || response.status < 300 || response.status >= 400) {
        return { url: address, status: response.status, text: await response.text() };
      }
      address = new URL(location, address);
      method = 'GET';
      body = undefined;
    }
    throw new Error(`too many redirects, last to ${address}`);
  }

  /** Sends the page's form that has a field for one of `answers`: `{ email, password, 'one-time-code', … }`, or the button whose value is `press`. */
  async send(page, answers, { press, until } = {}) {
    const form = forms(page.text).find((f) => f.fields.some((field) => kinds(field).some((kind) => kind in answers)) || f.fields.some((field) => press?.test(`${field.value} ${field.text}`)));
    if (!form) throw new Error(`no form for ${Object.keys(answers)} at ${page.url.pathname}: ${page.status} ${page.text.slice(0, 2000)}`);
    const body = new URLSearchParams();
    for (const field of form.fields) {
      const kind = kinds(field).find((k) => k in answers);
      if (kind) body.set(field.name, answers[kind]);
      else if (field.type === 'hidden' && field.name) body.set(field.name, field.value);
      else if (press && field.name && press.test(`${field.value} ${field.text}`)) body.set(field.name, field.value);
    }
    return this.open(new URL(form.action || page.url, page.url), { method: 'POST', body, until });
  }

  #header(address) {
    return [...(this.#cookies.get(address.host) ?? new Map()).values()]
      .filter(({ path }) => address.pathname === path || address.pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  #keep(address, lines) {
    const jar = this.#cookies.get(address.host) ?? new Map();
    this.#cookies.set(address.host, jar);
    for (const line of lines) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      const attribute = (key) => attributes.find((a) => a.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
      const path = attribute('path') ?? '/';
      const expires = attribute('expires');
      if (value === '' || (expires && Date.parse(expires) < Date.now())) jar.delete(`${name};${path}`);
      else jar.set(`${name};${path}`, { name, value, path });
    }
  }
}

function kinds(field) {
  return [field.name, field.type, ...(field.autocomplete ?? '').split(' ')].filter(Boolean);
}

function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, head, inner]) => ({
    action: attributes(head).action,
    fields: [...inner.matchAll(/<(?:input\b([^>]*)>|button\b([^>]*)>(.*?)<\/button>)/gs)].map(([, input, button, text]) => {
      const found = attributes(input ?? button);
      return { type: input === undefined ? 'submit' : 'text', value: '', text: text ?? '', ...found };
    }),
  }));
}

function attributes(text) {
  return Object.fromEntries([...text.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g)]
    .map(([, name, double, single, bare]) => [name.toLowerCase(), decode(double ?? single ?? bare ?? '')]));
}

function decode(text) {
  return text.replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(parseInt(hex, 16))).replace(/&#(\d+);/g, (_, n) => String.fromCodePoint(Number(n)))
    .replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

/** RFC 6238 with the defaults that every authenticator app uses: SHA-1, six digits, 30 seconds. */
export function totp(secret, at = Date.now()) {
  const bits = [...secret.replace(/[\s=]/g, '').toUpperCase()].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest.at(-1) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
