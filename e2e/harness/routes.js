// The addresses of the panel, read from the one list that the program has of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './program.js';

const files = ['routes.go', 'routes_system.go', 'routes_outer.go'];

// Both panels have the same pages; the provider's stands for both here.
const panel = '/pcp';

// getRoutes returns the path of every GET route, like /pcp/customers/:number.
export function getRoutes() {
  const source = files.map((name) => readFileSync(join(root, 'web', name), 'utf8')).join('\n');
  const functions = source.split(/^func /m).slice(1);
  const paths = functions.flatMap((text) => {
    const outer = text.startsWith('(s *Server) outerRoutes');
    // A path that goes on with a computed part ("..." + tab) ends in /*.
    return [...text.matchAll(/http\.MethodGet,\s*Path:\s*"([^"]+)"(\s*\+)?/g)].map(([, path, more]) => (outer ? '' : panel) + path + (more ? '/*' : ''));
  });
  if (paths.length < 5) throw new Error(`Only ${paths.length} routes were found in ${files.join(' and ')} of web: are they written in another way now?`);
  return paths;
}
