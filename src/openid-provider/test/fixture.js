import { generateKeyPairSync, sign } from 'node:crypto';

import { checkConfiguration } from '../src/configuration.js';
import { listen } from '../src/server.js';

export const secret = 'k2oPW7s0fU1m3Yq8RrZ5tNc9vXb6JdGh';

export function newKey(kid) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid };
}

export function configurationFor(port, changes = {}) {
  return {
    issuer: `http://localhost:${port}`,
    port,
    resource: 'urn:dataportal',
    scope: 'portal',
    accessTokenSeconds: 600,
    jwks: { keys: [newKey('first')] },
    clients: [{ client_id: 'demo-researcher', client_secret: secret }],
    ...changes,
  };
}

/** A running provider on a free port. */
export async function start(changes) {
  const configuration = checkConfiguration(configurationFor(0, changes));
  const server = await listen(configuration);
  const { port } = server.address();
  return {
    configuration,
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

export function basic(id, password) {
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(password)}`).toString('base64')}`;
}

export async function requestToken(url, { authorization, ...parameters }) {
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    headers: authorization ? { authorization } : {},
    body: new URLSearchParams({ grant_type: 'client_credentials', ...parameters }),
  });
  return { status: response.status, body: await response.json() };
}

export function decode(jwt) {
  const [header, payload] = jwt.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  return { header, payload };
}

export function signJwt(header, payload, key) {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = key ? sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url') : '';
  return `${text}.${signature}`;
}
