// Runs the checks one after the other and says how many hold.
import { readdirSync } from "node:fs";
import { launch, open } from "./lib/browser.mjs";
import { root, serve } from "./lib/server.mjs";

const words = process.argv.slice(2);
const folder = new URL("checks/", import.meta.url);

async function checks() {
	const names = readdirSync(folder).filter((name) => name.endsWith(".mjs")).sort();
	const modules = await Promise.all(names.map((name) => import(new URL(name, folder))));
	const all = modules.flatMap((module) => Object.entries(module.checks));
	return all.filter(([name]) => words.length === 0 || words.some((word) => name.includes(word)));
}

/** One check in fresh pages; trouble that no check asked about fails it too. */
async function run(name, check, browser, base) {
	const opened = [];
	const began = performance.now();
	const took = () => `${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`;
	/** `at`: another server than the one that all checks share. */
	const fresh = async ({ at = base, ...options } = {}) => {
		const one = await open(browser, at, options);
		opened.push(one);
		return one.page;
	};
	try {
		const expected = (await check({ open: fresh, base })) ?? [];
		const troubles = opened
			.flatMap((one) => one.troubles)
			.filter((trouble) => !expected.some((pattern) => pattern.test(trouble)));
		if (troubles.length > 0) throw new Error(`trouble on the page:\n${troubles.join("\n")}`);
		console.log(`ok      ${took()}  ${name}`);
		return true;
	} catch (error) {
		console.log(`FAILED  ${took()}  ${name}\n${String(error.stack ?? error).replace(/^/gm, "        ")}`);
		const [last] = opened.slice(-1);
		await last?.page.screenshot({ path: `${root}/tests/e2e/shots/failed.png` }).catch(() => {});
		return false;
	} finally {
		for (const one of opened) await one.context.close().catch(() => {});
	}
}

async function main() {
	const { base, stop } = await serve();
	const browser = await launch();
	try {
		if (words[0] === "shots") {
			const { takeShots } = await import("./shots.mjs");
			await takeShots(browser, base);
			return 0;
		}
		if (words[0] === "frames") {
			const { measureFrames } = await import("./frames.mjs");
			await measureFrames(browser, base, Number(words[1] ?? 60));
			return 0;
		}
		let passed = 0;
		const all = await checks();
		for (const [name, check] of all) passed += (await run(name, check, browser, base)) ? 1 : 0;
		console.log(`${passed} passed, ${all.length - passed} failed`);
		return passed === all.length && all.length > 0 ? 0 : 1;
	} finally {
		await browser.close();
		await stop();
	}
}

process.exitCode = await main();
