// Leads every TLS connection of a Node program to the sandbox, whatever its name: for programs whose hosts can't be set.
// The names are still checked against the certificate. node --require led.cjs; SANDBOX says where.
const tls = require("node:tls");
const { port } = new URL(process.env.SANDBOX);
const connect = tls.connect;
tls.connect = (options, ...rest) => {
  const servername = options.servername || options.host;
  return connect({ ...options, host: "127.0.0.1", port: Number(port), servername }, ...rest);
};
