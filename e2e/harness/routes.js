// The addresses of the panel, from the program's own list.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './program.js';

// getRoutes returns the path of every GET route outside the panels and in the provider's, which
// stands for both: /pcp/customers/:number.
export function getRoutes() {
  const binary = process.env.E2E_BINARY || join(root, 'bin', 'handover');
  const routes = JSON.parse(execFileSync(binary, ['routes', '--json'], { encoding: 'utf8' }));
  return routes.filter(({ method, path }) => method === 'GET' && !path.startsWith('/rcp')).map(({ path }) => path);
}
