// Signing in and out, on a server that has accounts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { drawn, require, shot } from "../lib/browser.mjs";
import { serveStaffed } from "../lib/server.mjs";

const LAN = { name: "lan", password: "correct horse battery" };
const ACCOUNTS = [
	{ ...LAN, roles: ["planner:land", "worker"], more: ["--name", "王兰", "--territory", "450305"] },
];
/** What the browser itself says of answers that refuse. */
const REFUSED = [/Failed to load resource: the server responded with a status of 401/];

async function serious(page) {
	await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
	const { violations } = await page.evaluate(() => globalThis.axe.run("dialog[open], header"));
	return violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id);
}

async function signIn(page, { name, password }) {
	await page.getByLabel("账户").fill(name);
	await page.getByLabel("密码", { exact: true }).fill(password);
	await page.getByRole("dialog").getByRole("button", { name: "登录" }).click();
}

async function whoeverSignsInSeesTheMapAndTheirName({ open }) {
	const server = await serveStaffed(ACCOUNTS);
	try {
		for (const size of ["desk", "phone"]) {
			for (const theme of ["light", "dark"]) {
				const page = await open({ at: server.base, size, theme });
				const dialog = page.getByRole("dialog", { name: "登录" });
				await dialog.waitFor();
				await page.waitForFunction(() => document.activeElement?.matches("dialog input[name=username]"));
				assert.equal(await page.getByText("sign in first").count(), 0, "the server's own words are not shown");
				assert.deepEqual(await serious(page), []);
				await shot(page, `sign-in-${size}-${theme}`);
				await signIn(page, { ...LAN, password: "wrong horse" });
				await page.getByText("账户或密码不正确").waitFor();
				await shot(page, `sign-in-wrong-${size}-${theme}`);
				await signIn(page, LAN);
				const person = page.getByRole("button", { name: "已登录:王兰" });
				await person.waitFor();
				await drawn(page);
				await dialog.waitFor({ state: "hidden" });
				await person.click();
				for (const words of ["规划 · 网格", "网格员", "范围:七星区"]) {
					await page.getByText(words, { exact: true }).waitFor();
				}
				assert.deepEqual(await serious(page), []);
				await shot(page, `signed-in-${size}-${theme}`);
				await page.getByRole("button", { name: "退出登录" }).click();
				await dialog.waitFor();
				assert.equal((await page.context().cookies()).length, 0);
			}
		}
	} finally {
		await server.stop();
	}
	return REFUSED;
}

async function withoutAccountsThePageSaysThatThisMachineMayDoEverything({ open }) {
	const page = await open();
	await page.getByRole("button", { name: /尚未设置账户/ }).click();
	await page.getByText("尚未设置账户:在本机可进行所有操作,无需他人审核。").waitFor();
	await shot(page, "local-desk-light");
	await page.keyboard.press("Escape");
	await page.getByText("尚未设置账户:在本机可进行所有操作,无需他人审核。").waitFor({ state: "hidden" });
}

export const checks = {
	"whoever signs in sees the map and their name": whoeverSignsInSeesTheMapAndTheirName,
	"without accounts the page says that this machine may do everything":
		withoutAccountsThePageSaysThatThisMachineMayDoEverything,
};
