// A mail server on this machine that keeps what it takes: as much of SMTP as a mail needs.
import { createServer } from 'node:net';

const patience = 30_000;

// Mailbox is a running server with its mails.
export class Mailbox {
  static async open() {
    const box = new Mailbox();
    box.server = createServer((socket) => box.talk(socket));
    await new Promise((resolve) => box.server.listen(0, '127.0.0.1', resolve));
    box.url = `smtp://127.0.0.1:${box.server.address().port}?from=desk@aurora.example`;
    return box;
  }

  constructor() {
    this.mails = [];
    this.sockets = new Set();
  }

  talk(socket) {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => {});
    let rest = '';
    let mail = null; // the lines of one that is being sent
    let to = '';
    const say = (line) => socket.write(`${line}\r\n`);
    say('220 mailbox ready');
    socket.on('data', (chunk) => {
      rest += chunk;
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (mail && line === '.') {
          this.mails.push({ to, text: decode(mail.join('\r\n')) });
          mail = null;
          say('250 kept');
        } else if (mail) mail.push(line.replace(/^\.\./, '.'));
        else if (/^DATA/i.test(line)) {
          mail = [];
          say('354 go on');
        } else if (/^QUIT/i.test(line)) {
          say('221 bye');
          socket.end();
        } else {
          const recipient = /^RCPT TO:<([^>]+)>/i.exec(line);
          if (recipient) to = recipient[1];
          say('250 ok');
        }
      }
    });
  }

  // to returns the newest mail to an address, waiting for it; after names how many
  // of them came before.
  async to(address, after = 0) {
    const end = Date.now() + patience;
    while (Date.now() < end) {
      const found = this.mails.filter((m) => m.to === address);
      if (found.length > after) return found.at(-1).text;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`No mail to ${address} came in ${patience / 1000} s.`);
  }

  close() {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

// decode undoes quoted-printable.
const decode = (text) => text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
