// As client.py, with the https module, as node-fetch uses it.
const fs = require("fs"), https = require("https");
(async () => {
  for (const line of fs.readFileSync(process.argv[2], "utf8").trimEnd().split("\n")) {
    const [name, ca, port] = line.split("\t");
    const end = await new Promise((done) => {
      const request = https.get({ host: "127.0.0.1", port, path: "/api", ca: fs.readFileSync(ca), agent: false }, (r) => {
        r.resume().on("end", () => done("ok"));
      });
      request.on("error", (e) => done(`request to https://127.0.0.1:${port}/api failed, reason: ${e.message} ${e.code}`));
    });
    console.log(name + "\t" + end.replace(/\n/g, " "));
  }
})();
