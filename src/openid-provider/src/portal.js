import { Agent, request as send } from 'node:http';

import { errors } from 'oidc-provider';

/** The portal said no, and why: `consumed`, `conflict`, `grant_gone` or `signed_out`. */
export class Refused extends Error {
  constructor(code) {
    super(`the portal refused: ${code}`);
    this.code = code;
  }
}

/**
 * The portal's internal interface. A question that is not answered in time, or not as it should be, is `temporarily_unavailable` (503): it must never
 * look as if the portal had said "there is no such thing".
 */
export function createPortal({ socket, port, key }, { timeout = 8_000 } = {}) {
  // Idle connections are let go of long before the portal does so, or a request could be written into one that is closing.
  const agent = new Agent({ keepAlive: true, timeout: 30_000, maxSockets: 64 });

  function post(operation, body) {
    return new Promise((resolve, reject) => {
      const text = JSON.stringify(body);
      const request = send({
        ...(socket ? { socketPath: socket } : { host: '127.0.0.1', port }),
        method: 'POST',
        path: `/internal/openid/${operation}`,
        agent,
        headers: {
          host: 'portal', authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text),
        },
        signal: AbortSignal.timeout(timeout),
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(parts).toString('utf8') }));
      });
      request.end(text);
    });
  }

  async function call(operation, body, tries) {
    let answer;
    for (let left = tries; answer === undefined; left -= 1) {
      try {
        answer = await post(operation, body);
      } catch (error) {
        if (left <= 1) throw unavailable(`${operation}: ${error.code ?? error.name}`);
      }
    }
    switch (answer.status) {
      case 200: return JSON.parse(answer.text);
      case 204: return undefined;
      case 409: throw new Refused(JSON.parse(answer.text).code);
      default: throw unavailable(`${operation}: status ${answer.status}`);
    }
  }

  return {
    /** Changes nothing, so it is asked once more when there was no answer. */
    ask: (operation, body) => call(operation, body, 2),
    /** Changes something, and nobody knows what became of it when there was no answer. */
    tell: (operation, body) => call(operation, body, 1),
    close: () => agent.destroy(),
  };
}

function unavailable(detail) {
  const error = new errors.TemporarilyUnavailable('the portal does not answer; try again in a moment', detail);
  error.status = 503;
  error.statusCode = 503;
  return error;
}
