import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { drawn, shot } from "../lib/browser.mjs";
import { root } from "../lib/server.mjs";

const sizes = ["desk", "phone"];
const paste = (text, rest = "") => `#/lookup?q=${encodeURIComponent(text)}${rest}`;

/** Rows of known positions in all systems: seats of counties first. */
function vectors() {
	const file = readFileSync(join(root, "tests/cases/crs_vectors.csv"), "utf8");
	const [head, ...rows] = file.trim().split("\n").map((line) => line.split(","));
	return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]])));
}

async function gridAt(base, row) {
	const { lon_wgs84: lon, lat_wgs84: lat } = row;
	const answer = await fetch(`${base}/api/v1/locate?lon=${lon}&lat=${lat}&crs=wgs84`);
	return (await answer.json()).land;
}

async function aGcjPointFindsItsGrid({ open, base }) {
	const [row] = vectors();
	const land = await gridAt(base, row);
	for (const size of sizes) {
		const page = await open({ size, hash: "#/lookup" });
		await page.getByLabel("坐标", { exact: true }).fill(`${row.gcj_lon}, ${row.gcj_lat}`);
		await page.getByText("请核对后选定").or(page.getByText("仍请选定")).first().waitFor();
		await shot(page, `readings-${size}-light`);
		await page.getByLabel("坐标系").selectOption("gcj02");
		await page.getByRole("button", { name: land.name }).waitFor();
		await page.getByText(land.code.replace(/^(\d{6})(\d{3})(\d{3})(\d{3})$/, "$1 $2 $3 $4")).first().waitFor();
		await drawn(page);
		await shot(page, `gcj-${size}-light`);
	}
}

async function everySystemFindsTheSameGrid({ open, base }) {
	const row = vectors()[3];
	const land = await gridAt(base, row);
	const page = await open({ hash: "#/lookup" });
	const asked = [
		["wgs84", row.lon_wgs84, row.lat_wgs84], ["cgcs2000", row.lon_wgs84, row.lat_wgs84],
		["gcj02", row.gcj_lon, row.gcj_lat], ["bd09", row.bd_lon, row.bd_lat],
		["4546", row.e4546_east_m, row.e4546_north_m], ["4525", row.e4525_east_m, row.e4525_north_m],
		["4508", row.e4546_east_m, row.e4546_north_m], ["4497", row.e4497_east_m, row.e4497_north_m],
		["3857", row.e3857_east_m, row.e3857_north_m],
	];
	for (const [crs, east, north] of asked) {
		await page.goto(`${base}/${paste(`${east} ${north}`, `&crs=${crs}`)}`);
		await page.getByRole("button", { name: land.name, exact: true }).waitFor();
	}
}

async function anOpenSystemIsNeverChosenInSilence({ open }) {
	const page = await open({ hash: paste("110.29,25.27") });
	await page.getByText("GCJ-02", { exact: true }).first().waitFor();
	assert.equal(await page.getByLabel("坐标系").inputValue(), "");
	const letters = await page.locator(".pin").allInnerTexts();
	assert.deepEqual(letters.map((text) => text[0]).sort(), ["A", "B", "C"]);
	assert.equal(await page.getByText("需人工核实").count(), 0);
	await page.getByRole("button", { name: "按此坐标系" }).nth(1).click();
	assert.equal(await page.getByLabel("坐标系").inputValue(), "gcj02");
	await page.goBack();
	assert.equal(await page.getByLabel("坐标系").inputValue(), "");
}

async function metresHaveTheirOwnReadings({ open }) {
	const [row] = vectors();
	const page = await open({ hash: paste(`${row.e4546_north_m}, ${row.e4546_east_m}`) });
	await page.getByText("EPSG:4546 = EPSG:4508").first().waitFor();
	await page.getByText("原文先写纬度(北)").waitFor();
	await page.getByLabel("坐标系").selectOption("gcj02");
	await page.getByText("这是经纬度坐标系,而原文是米").waitFor();
}

const LINES = "110.29, 25.27\n25.31 110.28 象鼻山\n不是坐标\n110°18'12\" 25°16'12\"\n100.0, 25.0";

async function severalLinesBecomeATable({ open }) {
	for (const size of sizes) {
		for (const theme of ["light", "dark"]) {
			const page = await open({ size, theme, hash: paste(LINES, "&crs=wgs84") });
			await page.getByText("1 行未能识别").waitFor();
			assert.equal(await page.locator("tbody tr").count(), 5);
			await page.getByText("没有数字").waitFor();
			await page.getByText("界外").first().waitFor();
			await drawn(page);
			await shot(page, `table-${size}-${theme}`);
		}
	}
}

async function theTableIsDownloaded({ open }) {
	const page = await open({ hash: paste(LINES, "&crs=wgs84") });
	const [file] = await Promise.all([
		page.waitForEvent("download"),
		page.getByRole("button", { name: "下载 CSV" }).click(),
	]);
	const text = readFileSync(await file.path(), "utf8");
	const rows = text.split("\r\n");
	assert.equal(rows.length, 7);
	assert.ok(rows[0].startsWith("\uFEFF行,说明,原文"));
	assert.match(rows[1], /,wgs84,界内,\d{15},/);
	assert.match(rows[2], /象鼻山/);
}

async function manyLinesAreAskedInOne({ open }) {
	const page = await open({ hash: "#/lookup?crs=wgs84" });
	const lines = Array.from({ length: 1500 }, (_, i) => `${110.2 + (i % 50) / 500}, ${25.2 + i / 15000}`);
	let asked = 0;
	page.on("request", (request) => {
		if (request.url().includes("/locate")) asked += 1;
	});
	await page.getByLabel("坐标", { exact: true }).fill(lines.join("\n"));
	await page.getByText("1500 个点").waitFor();
	assert.equal(asked, 1);
	assert.equal(await page.locator("tbody tr").count(), 200);
	await page.getByRole("button", { name: "再显示 200 行" }).click();
	assert.equal(await page.locator("tbody tr").count(), 400);
}

async function rowAndMapPointAtEachOther({ open }) {
	const page = await open({ hash: paste(LINES, "&crs=wgs84") });
	await page.locator("tbody tr").nth(1).hover();
	await page.locator("tbody tr.on").waitFor();
	await page.locator("tbody tr").nth(1).click();
	await page.getByText("责任链").waitFor();
	await page.goBack();
	await page.locator("tbody tr").nth(4).waitFor();
}

async function aClickOnTheMapIsAPosition({ open }) {
	const page = await open({ hash: "#/lookup?view=13/110.29/25.275" });
	await drawn(page);
	await page.locator(".maplibregl-canvas").click({ position: { x: 900, y: 400 } });
	await page.getByText("责任单元").first().waitFor();
	assert.equal(await page.getByLabel("坐标系").inputValue(), "cgcs2000");
	await shot(page, "point-desk-light");
}

async function whereAmIPassesTheAccuracy({ open }) {
	const geolocation = { longitude: 110.29639, latitude: 25.28022, accuracy: 400 };
	for (const size of sizes) {
		const page = await open({ size, geolocation, permissions: ["geolocation"] });
		await drawn(page);
		const [request] = await Promise.all([
			page.waitForRequest((one) => one.url().includes("/locate?")),
			page.getByRole("button", { name: "我在哪里" }).first().click(),
		]);
		const query = new URL(request.url()).searchParams;
		assert.equal(query.get("accuracy_m"), "400");
		assert.equal(query.get("crs"), "wgs84");
		await page.getByText("定位精度 ±400 m").waitFor();
		await page.getByText("需人工核实").waitFor();
		await page.getByText("可能的网格").first().waitFor();
		await drawn(page);
		await shot(page, `here-${size}-light`);
	}
}

async function whereAmISaysWhyNot({ open }) {
	const denied = await open({ permissions: [] });
	await denied.getByRole("button", { name: "我在哪里" }).first().click();
	await denied.getByText("没有得到位置权限").waitFor();
	const insecure = await open();
	await insecure.evaluate(() => Object.defineProperty(window, "isSecureContext", { value: false }));
	await insecure.getByRole("button", { name: "我在哪里" }).first().click();
	await insecure.getByText("HTTPS").waitFor();
}

export const checks = {
	"a pasted GCJ-02 point finds its grid": aGcjPointFindsItsGrid,
	"every system finds the same grid": everySystemFindsTheSameGrid,
	"an open system is never chosen in silence": anOpenSystemIsNeverChosenInSilence,
	"metres have their own readings": metresHaveTheirOwnReadings,
	"several lines become a table": severalLinesBecomeATable,
	"the table is downloaded as CSV": theTableIsDownloaded,
	"many lines are asked in one": manyLinesAreAskedInOne,
	"row and map point at each other": rowAndMapPointAtEachOther,
	"a click on the map is a position": aClickOnTheMapIsAPosition,
	"where am I passes the accuracy": whereAmIPassesTheAccuracy,
	"where am I says why not": whereAmISaysWhyNot,
};
