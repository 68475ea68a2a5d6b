#!/usr/bin/env node
// Writes THIRD-PARTY.md: what is embedded in the program, by licence.
//   tools/third-party.mjs            writes the file
//   tools/third-party.mjs --check    fails when the file is not what it would write
//   tools/third-party.mjs --texts    prints every licence text that the packages carry, to ship with a binary
// Crates come from `cargo metadata` (what the program links on Linux, not what only its tests use), the
// page's packages from web/package-lock.json.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(root, "THIRD-PARTY.md");
const fewest = 20;

const crates = () => {
  const args = ["metadata", "--quiet", "--locked", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"];
  const metadata = JSON.parse(execFileSync("cargo", args, { cwd: root, maxBuffer: 1 << 28 }));
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const linked = new Set();
  const open = [metadata.resolve.root];
  while (open.length > 0) {
    const id = open.pop();
    if (linked.has(id)) continue;
    linked.add(id);
    for (const dep of nodes.get(id).deps) {
      if (dep.dep_kinds.some((kind) => kind.kind === null)) open.push(dep.pkg);
    }
  }
  linked.delete(metadata.resolve.root);
  return metadata.packages
    .filter((crate) => linked.has(crate.id) && crate.source !== null)
    .map((crate) => ({
      name: crate.name,
      version: crate.version,
      licence: spelling(crate.license ?? "see its licence file"),
      home: crate.repository ?? `https://crates.io/crates/${crate.name}`,
      folder: dirname(crate.manifest_path),
    }));
};

const packages = () => {
  const lock = JSON.parse(readFileSync(join(root, "web/package-lock.json"), "utf8"));
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== "" && !entry.dev && !entry.optional && !entry.peer)
    .map(([path, entry]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      const folder = join(root, "web", path);
      const licence = spelling(entry.license ?? "see its licence file");
      return { name, version: entry.version, licence, home: `https://www.npmjs.com/package/${name}`, folder };
    });
};

// One spelling for the same choice of licences: "MIT/Apache-2.0" is "Apache-2.0 OR MIT".
const spelling = (licence) => {
  const choice = licence.replace(/\s*\/\s*/g, " OR ");
  return /[()]| AND /.test(choice) ? choice : choice.split(" OR ").sort().join(" OR ");
};

const table = (list) => {
  const groups = group(list);
  const lines = [];
  for (const licence of [...groups.keys()].sort()) {
    const names = groups.get(licence).map((p) => `[${p.name}](${p.home}) ${p.version}`);
    lines.push(`### ${licence}`, "", [...new Set(names)].sort().join(" ·\n"), "");
  }
  return lines.join("\n");
};

const group = (list) => {
  const groups = new Map();
  for (const item of list) groups.set(item.licence, [...(groups.get(item.licence) ?? []), item]);
  return groups;
};

const document = (linked, embedded) => `# Third-party notices

What is inside the \`wangge\` program beside its own code. Written by \`make notices\`; do not edit. The full texts
and copyright lines that the packages carry are printed by \`tools/third-party.mjs --texts\` and belong beside a
binary that you hand on.

## Data

The tables of \`geodata/\` are built into the program; [geodata/LICENSE.md](geodata/LICENSE.md) names their sources.
Seats of counties: GeoNames, CC BY 4.0.

## Code that crates carry

SQLite (public domain) through libsqlite3-sys; zstd (BSD-3-Clause) through zstd-sys; mimalloc (MIT) through
libmimalloc-sys; ring's cryptography (Apache-2.0 AND ISC). Swagger UI (Apache-2.0) through utoipa-swagger-ui.

## Rust crates (${linked.length})

${table(linked)}
## Packages of the page (${embedded.length})

${table(embedded)}`;

const texts = (list) => {
  const seen = new Map();
  for (const { name, version, folder } of list) {
    const files = existsSync(folder) ? readdirSync(folder).filter((f) => /^(licen[cs]e|copying|notice)/i.test(f)) : [];
    for (const file of files.sort()) {
      let text;
      try {
        text = readFileSync(join(folder, file), "utf8").trim();
      } catch {
        continue; // a folder of licences; its files are named by the crate's own licence field
      }
      seen.set(text, [...(seen.get(text) ?? []), `${name} ${version}`]);
    }
  }
  const rule = "=".repeat(100);
  return [...seen].map(([text, names]) => `${rule}\n${names.join(", ")}\n${rule}\n${text}\n`).join("\n");
};

const linked = crates();
const embedded = packages();
if (linked.length < fewest) throw new Error(`only ${linked.length} crates were found`);
const text = document(linked, embedded);
if (process.argv.includes("--texts")) {
  process.stdout.write(texts([...linked, ...embedded]));
} else if (process.argv.includes("--check")) {
  if (!existsSync(out) || readFileSync(out, "utf8") !== text) {
    console.error("THIRD-PARTY.md is not what is embedded; run: make notices");
    process.exit(1);
  }
} else {
  writeFileSync(out, text);
  console.log(`THIRD-PARTY.md: ${linked.length} crates, ${embedded.length} packages`);
}
