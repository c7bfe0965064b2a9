import { open } from 'node:fs/promises';
import process from 'node:process';

/**
 * Reads what the portal hands over: issuer, port, resource, scope, lifetimes, signing keys and clients.
 * The file holds private keys and client secrets, so one that others may read is refused rather than used.
 */
export async function readConfiguration(path) {
  const file = await open(path, 'r');
  let text;
  try {
    const { mode } = await file.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new Error(`${path} is readable by others (mode ${(mode & 0o777).toString(8)}); it holds secrets and must be 0600`);
    }
    text = await file.readFile('utf8');
  } finally {
    await file.close();
  }

  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON`); // the parser's own message would quote the text, and with it a secret
  }
  return checkConfiguration(value);
}

/** Returns the configuration with nothing but the known members, or throws an error naming the member that is wrong. */
export function checkConfiguration(value) {
  need(isObject(value), 'configuration', 'must be an object');
  const {
    issuer, port, resource, scope, accessTokenSeconds, jwks, clients,
  } = value;

  need(typeof issuer === 'string' && URL.canParse(issuer) && !issuer.endsWith('/'), 'issuer', 'must be a URL without a slash at its end');
  need(Number.isInteger(port) && port >= 0 && port <= 65535, 'port', 'must be 0 to 65535');
  need(typeof resource === 'string' && URL.canParse(resource), 'resource', 'must be an absolute URI');
  need(typeof scope === 'string' && /^[\w:.-]+$/.test(scope), 'scope', 'must be one scope');
  need(
    Number.isInteger(accessTokenSeconds) && accessTokenSeconds >= 30 && accessTokenSeconds <= 3600,
    'accessTokenSeconds',
    'must be 30 to 3600',
  );
  need(Array.isArray(jwks?.keys) && jwks.keys.length > 0, 'jwks', 'must hold at least one key');
  for (const key of jwks.keys) {
    need(
      key?.kty === 'EC' && key.crv === 'P-256' && typeof key.kid === 'string' && typeof key.d === 'string',
      'jwks',
      'must hold private P-256 keys with a kid',
    );
  }
  need(Array.isArray(clients), 'clients', 'must be a list');
  for (const client of clients) {
    need(typeof client?.client_id === 'string' && client.client_id !== '', 'clients', 'must each have a client_id');
    need(
      (typeof client.client_secret === 'string' && client.client_secret.length >= 32) !== Array.isArray(client.jwks?.keys),
      'clients',
      `must each have either a client_secret of 32 characters or more, or jwks: ${client.client_id}`,
    );
  }
  return {
    issuer, port, resource, scope, accessTokenSeconds, jwks, clients,
  };
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function need(holds, member, message) {
  if (!holds) {
    throw new Error(`${member} ${message}`);
  }
}
