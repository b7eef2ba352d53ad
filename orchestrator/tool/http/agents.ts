import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type AgentConnectOpts, Agent as ChoosingAgent } from 'agent-base';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { FindProxy } from './proxy.ts';

/** What node's http clients connect by. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpAgent;
}

/** Connections to one host at once. */
const connections = 8;

const options = { keepAlive: true, maxSockets: connections };

/** Agents that keep connections, and that go by a proxy where there is one for a request. */
export function createAgents(findProxy: FindProxy | undefined): Agents {
  const direct: Agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  if (findProxy === undefined) return direct;
  const agent = new ByProxy(findProxy, direct);
  return { http: agent, https: agent };
}

/** Asks for each request whether it goes by a proxy: the agents of node and of its proxies do the rest. */
class ByProxy extends ChoosingAgent {
  readonly #findProxy: FindProxy;
  readonly #direct: Agents;
  readonly #byProxy = new Map<string, Agents>();

  constructor(findProxy: FindProxy, direct: Agents) {
    // It has no connections of its own, but a request asks it whether to keep them.
    super({ keepAlive: true });
    this.#findProxy = findProxy;
    this.#direct = direct;
  }

  override connect(_: ClientRequest, { secureEndpoint, host, port }: AgentConnectOpts): HttpAgent {
    const name = host?.includes(':') ? `[${host}]` : host;
    const proxy = this.#findProxy(new URL(`${secureEndpoint ? 'https' : 'http'}://${name}:${port}/`));
    const agents = proxy === undefined ? this.#direct : this.#agentsOf(proxy);
    return secureEndpoint ? agents.https : agents.http;
  }

  #agentsOf(proxy: URL): Agents {
    const known = this.#byProxy.get(proxy.href);
    if (known !== undefined) return known;
    const made = {
      // A connection for each request: on one that was kept, http-proxy-agent v9.1.0 would send a request as to the host itself
      // where it comes by another agent.
      http: new HttpProxyAgent(proxy),
      https: new HttpsProxyAgent(proxy, options),
    };
    this.#byProxy.set(proxy.href, made);
    return made;
  }
}
