// Who signs in during the tests.
export const password = 'correct horse battery staple';

export const administrator = { email: 'ada@ravenstack.example', name: 'Ada Raven', role: 'administrator' };
export const auditor = { email: 'otto@ravenstack.example', name: 'Otto Raven', role: 'auditor' };
// Two who secure and prove themselves in the tests of signing in, and nowhere else.
export const careful = { email: 'cora@ravenstack.example', name: 'Cora Raven', role: 'support' };
export const vouched = { email: 'vera@ravenstack.example', name: 'Vera Raven', role: 'support' };
