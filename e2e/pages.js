// Every address of the panel with a place to look at it. pages.spec.js opens each;
// it fails when web/routes.go has one that is missing here.
import { customer } from './harness/records.js';

const fixed = (address) => ({ address: async () => address });

// pages: an entry, or several that show the page in different states.
export const pages = {
  '/sign-in': { ...fixed('/sign-in'), signedOut: true },
  '/pcp/': fixed('/pcp/'),
};

// notPages are addresses that answer with something else than a page.
export const notPages = {
  '/': 'leads to sign-in or home',
  '/static/:name': 'files',
  '/brand/:color': 'a style sheet',
  '/healthz': 'for machines',
  '/readyz': 'for machines',
  '/metrics': 'for machines',
};
