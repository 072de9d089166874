// A receiver for Alertmanager's webhook that says a line an alert: node webhook.mjs [port [host]]
import { createServer } from 'node:http';

const [port = '8080', host = '127.0.0.1'] = process.argv.slice(2);

const server = createServer(async (request, response) => {
  try {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    if (request.method !== 'POST') return response.end('ok\n');
    const { receiver, alerts } = JSON.parse(body);
    for (const { status, labels, annotations } of alerts) {
      const about = [labels.severity, labels.job, labels.instance].filter(Boolean).join(' ');
      const text = annotations.description ?? annotations.summary ?? '';
      process.stdout.write(`${receiver}: ${status} ${labels.alertname} (${about}) ${text}\n`);
    }
    response.end();
  } catch (error) {
    process.stdout.write(`not understood: ${error.message}\n`);
    response.writeHead(400).end();
  }
});
server.listen(Number(port), host);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));
