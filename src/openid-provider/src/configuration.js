import { open } from 'node:fs/promises';
import process from 'node:process';

/**
 * Reads what the portal hands over: issuer, where to listen, how to reach the portal's storage, and clients with a secret.
 * The file holds secrets, so one that others may read is refused rather than used.
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
    issuer, address = '127.0.0.1', port, storage, clients = [],
  } = value;

  need(typeof issuer === 'string' && URL.canParse(issuer) && !issuer.endsWith('/'), 'issuer', 'must be a URL without a slash at its end');
  need(typeof address === 'string' && address !== '', 'address', 'must be an IP address');
  need(Number.isInteger(port) && port >= 0 && port <= 65535, 'port', 'must be 0 to 65535');
  need(isObject(storage), 'storage', 'must say how the portal is reached');
  need(
    (typeof storage.socket === 'string' && storage.socket !== '') !== (Number.isInteger(storage.port) && storage.port > 0 && storage.port <= 65535),
    'storage',
    'must have either a socket or a port',
  );
  need(typeof storage.key === 'string' && storage.key.length >= 43, 'storage', 'must have a key of 32 bytes');
  need(Array.isArray(clients), 'clients', 'must be a list');
  for (const client of clients) {
    need(typeof client?.client_id === 'string' && client.client_id !== '', 'clients', 'must each have a client_id');
    need(
      typeof client.client_secret === 'string' && client.client_secret.length >= 32,
      'clients',
      `must each have a client_secret of 32 characters or more: ${client.client_id}`,
    );
  }
  return {
    issuer, address, port, storage, clients,
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
