// Starts the real server on the demo city and stops it again.
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const program = process.env.WANGGE ?? join(target, "debug/wangge");
const city = join(target, "e2e/demo.gpkg");

/** The demo city, drawn again whenever the program is newer than it. */
function demoCity() {
	const made = existsSync(city) && statSync(city).mtimeMs > statSync(program).mtimeMs;
	if (made) return city;
	mkdirSync(dirname(city), { recursive: true });
	for (const tail of ["", "-wal", "-shm"]) rmSync(city + tail, { force: true });
	console.log("drawing the demo city for the browser tests");
	execFileSync(program, ["demo", city], { stdio: ["ignore", "inherit", "inherit"] });
	return city;
}

/** A copy to be drawn on, so that every run begins with the same city. */
function cityOfThisRun() {
	const copy = join(target, "e2e/run.gpkg");
	for (const tail of ["", "-wal", "-shm"]) rmSync(copy + tail, { force: true });
	copyFileSync(demoCity(), copy);
	return copy;
}

function freePort() {
	return new Promise((resolve) => {
		const probe = createServer().listen(0, "127.0.0.1", () => {
			const { port } = probe.address();
			probe.close(() => resolve(port));
		});
	});
}

async function ready(base, child) {
	for (let tries = 0; tries < 300; tries += 1) {
		if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
		const answer = await fetch(`${base}/readyz`).catch(() => null);
		if (answer?.ok) return;
		await new Promise((done) => setTimeout(done, 100));
	}
	throw new Error("the server was not ready within 30 seconds");
}

/** `{base, stop}`. With WANGGE_E2E_BASE a server that runs already is used instead. */
export async function serve() {
	const given = process.env.WANGGE_E2E_BASE;
	if (given) return { base: given, stop: async () => {} };
	if (!existsSync(program)) throw new Error(`${program} is missing: run cargo build first`);
	return start(cityOfThisRun());
}

/**
 * The same on a copy of the demo city that has accounts: `{name, password, roles, …}` each. `references`: GeoJSON by
 * name, to draw along; `words`: more for the command line.
 */
export async function serveStaffed(accounts, { references = {}, words: more = [] } = {}) {
	const file = join(target, "e2e/people.gpkg");
	for (const tail of ["", "-wal", "-shm"]) rmSync(file + tail, { force: true });
	copyFileSync(demoCity(), file);
	for (const { name, password, roles, more = [] } of accounts) {
		const words = ["user", "add", name, ...roles.flatMap((role) => ["--role", role]), ...more];
		execFileSync(program, [...words, "--password-stdin", "--database", file], {
			input: `${password}\n`,
			stdio: ["pipe", "ignore", "ignore"],
		});
	}
	for (const [name, lines] of Object.entries(references)) {
		const from = join(target, "e2e/lines.geojson");
		writeFileSync(from, JSON.stringify(lines));
		const words = ["import", "--reference", from, "--name", name, "--database", file];
		execFileSync(program, words, { stdio: ["ignore", "ignore", "pipe"] });
	}
	return start(file, more);
}

/** The contexts of pages by the server that they came from. */
const guests = new Map();

/** Whoever has pages of a server is shown out before it stops: what a page says of a server that is gone is no trouble. */
export function isGuest(context, base) {
	guests.set(base, [...(guests.get(base) ?? []), context]);
}

async function start(file, words = []) {
	const port = await freePort();
	const base = `http://127.0.0.1:${port}`;
	const child = spawn(program, ["serve", file, "--bind", `127.0.0.1:${port}`, ...words], {
		stdio: ["ignore", "ignore", "inherit"],
		env: { ...process.env, RUST_LOG: process.env.RUST_LOG ?? "warn" },
	});
	const ended = new Promise((resolve) => child.on("exit", resolve));
	await ready(base, child);
	const stop = async () => {
		for (const context of guests.get(base) ?? []) await context.close().catch(() => {});
		guests.delete(base);
		child.kill("SIGTERM");
		await ended;
	};
	return { base, stop };
}
