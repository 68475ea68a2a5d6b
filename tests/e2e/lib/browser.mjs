// A headless Chromium that draws MapLibre, and pages in it that watch for trouble.
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { isGuest, root } from "./server.mjs";

export const require = createRequire(join(root, "web/package.json"));
const { chromium } = require("playwright-core");

export const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
export const SHOTS = join(root, "tests/e2e/shots");

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const FLAGS = [
	"--no-sandbox",
	"--use-gl=angle",
	"--use-angle=swiftshader",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--no-first-run",
	"--disable-dev-shm-usage",
	"--force-color-profile=srgb",
	"--hide-scrollbars",
];

export function launch() {
	const executablePath = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));
	if (!executablePath) throw new Error("no Chromium: apt-get install chromium fonts-noto-cjk");
	mkdirSync(SHOTS, { recursive: true });
	return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** What went wrong on a page without a check having asked: errors, foreign addresses. */
function watch(page, base, troubles) {
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type())) troubles.push(message.text());
	});
	page.on("pageerror", (error) => troubles.push(`${error.message}\n${error.stack ?? ""}`));
	page.on("request", (request) => {
		const { protocol, origin } = new URL(request.url());
		if (protocol.startsWith("http") && origin !== base) troubles.push(`asked ${request.url()}`);
	});
}

/** Opens the page in a context of its own. `options`: size, theme, hash, and what playwright takes. */
export async function open(browser, base, options = {}) {
	const { size = "desk", theme = "light", hash = "", ...rest } = options;
	const phone = size === "phone";
	const context = await browser.newContext({
		viewport: SIZES[size],
		colorScheme: theme,
		hasTouch: phone,
		isMobile: phone,
		locale: "zh-CN",
		timezoneId: "Asia/Shanghai",
		reducedMotion: "reduce",
		...rest,
	});
	isGuest(context, base);
	const page = await context.newPage();
	page.setDefaultTimeout(30_000);
	const troubles = [];
	watch(page, base, troubles);
	await page.goto(`${base}/${hash}`);
	return { page, context, troubles };
}

/** Waits until the map has drawn all that it has; answers the names that are written on it. */
export async function drawn(page) {
	const text = page.locator("#map-description");
	await page.waitForFunction(
		() => document.querySelector("#map-description")?.getAttribute("data-drawn") === "true",
		null,
		{ timeout: 60_000 },
	);
	await page.waitForTimeout(400);
	return text.textContent();
}

export async function shot(page, name) {
	await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}
