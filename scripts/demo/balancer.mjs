/** A Caddy in front of replicas: a port for each gRPC API and one for HTTP, every call to another replica. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { waitForHttp } from '../flower/ports.mjs';

/** What its clients use, by the names of the ports. */
export const APIS = ['fleet', 'serverAppIo', 'control', 'http'];

const upstream = (port) => `127.0.0.1:${port}`;

function apiSite(api, ports, replicas) {
  const [scheme, version] = api === 'http' ? ['http', '1.1'] : ['h2c', 'h2c'];
  const upstreams = replicas.map((replica) => `${scheme}://${upstream(replica.ports[api])}`);
  return `
http://127.0.0.1:${ports[api]} {
	reverse_proxy ${upstreams.join(' ')} {
		lb_policy round_robin
		# Another replica is tried only if this one couldn't be reached, so nothing was sent yet:
		# Caddy repeats no POST after that, and a repeated nonce would end a SuperExec.
		lb_retries ${replicas.length}
		fail_duration 1s
		health_upstream ${upstream(ports.health)}
		health_uri /health/ready
		health_headers {
			X-Upstream {http.reverse_proxy.active.target_upstream}
		}
		health_interval 500ms
		# The first check of all comes before the site that answers it.
		health_fails 2
		health_timeout 2s
		# Streams and held calls pass through at once.
		flush_interval -1
		transport http {
			versions ${version}
			dial_timeout 1s
		}
	}
	# Releases 1.35 to 1.40 end at the 502 that Caddy says when a replica dies before its answer.
	handle_errors 502 {
		respond 503
	}
}`;
}

// Caddy asks all upstreams of a site on one health port, but each replica has an HTTP port of its
// own: this site finds the right one by the upstream's name.
function healthSite(ports, replicas) {
  const routes = replicas.map((replica, index) => {
    const names = APIS.map((api) => `header X-Upstream ${upstream(replica.ports[api])}`);
    return names
      .map(
        (matcher, api) => `
	@replica${index}_${api} ${matcher}
	reverse_proxy @replica${index}_${api} ${upstream(replica.ports.http)}`,
      )
      .join('');
  });
  return `
http://127.0.0.1:${ports.health} {
	respond /balancer "ok"${routes.join('')}
}`;
}

/**
 * The configuration. `ports` are the balancer's own `{ fleet, serverAppIo, control, http, health }`,
 * `replicas` a list of `{ ports: { fleet, serverAppIo, control, http } }`.
 */
export function caddyfile({ ports, replicas, directory }) {
  return `{
	admin off
	persist_config off
	auto_https off
	storage file_system ${join(directory, 'storage')}
	servers {
		protocols h1 h2c
	}
	log {
		format json
		level INFO
	}
}
${APIS.map((api) => apiSite(api, ports, replicas)).join('\n')}
${healthSite(ports, replicas)}
`;
}

/** Writes the configuration into `directory` and starts Caddy; resolves when it answers. */
export async function startBalancer({ household, caddy, directory, ports, replicas }) {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'Caddyfile');
  writeFileSync(path, caddyfile({ ports, replicas, directory }));
  const env = { ...process.env, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
  const args = ['run', '--config', path, '--adapter', 'caddyfile'];
  const child = household.start('balancer', caddy, args, { env, cwd: directory, stage: 2 });
  await waitForHttp(`http://127.0.0.1:${ports.health}/balancer`, { child });
  return child;
}
