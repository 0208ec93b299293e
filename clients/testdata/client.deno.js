// As client.py, with rustls as Deno has it.
for (const line of Deno.readTextFileSync(Deno.args[0]).trimEnd().split("\n")) {
  const [name, ca, port] = line.split("\t");
  let end = "ok";
  try {
    const client = Deno.createHttpClient({ caCerts: [Deno.readTextFileSync(ca)] });
    await (await fetch(`https://127.0.0.1:${port}/api`, { client })).text();
    client.close();
  } catch (e) {
    end = e.message;
    for (let cause = e.cause; cause; cause = cause.cause) end += " | " + cause.message;
  }
  console.log(name + "\t" + end.replace(/\n/g, " "));
}
