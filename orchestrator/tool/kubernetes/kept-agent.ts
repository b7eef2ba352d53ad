import { Agent, type AgentOptions, type RequestOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';

/**
 * The client makes an agent for each request, and so a connection with its handshake, which is most of what a short request takes. Gives
 * for such an agent the one that an earlier request left, where it does the same: its connections go on. One of a proxy is left as it is.
 */
export function newAgentKeeper(): (given: RequestOptions['agent']) => RequestOptions['agent'] {
  let kept: { readonly asked: AgentOptions; readonly agent: Agent } | undefined;
  return (given) => {
    if (!(given instanceof Agent) || given.constructor !== Agent) return given;
    if (kept === undefined || !isDeepStrictEqual(kept.asked, given.options)) {
      // Else the authorities would be read anew for each connection, and a log that is followed has one for itself.
      const secureContext = createSecureContext(given.options);
      kept = { asked: given.options, agent: new Agent({ ...given.options, secureContext, keepAlive: true }) };
    }
    return kept.agent;
  };
}
