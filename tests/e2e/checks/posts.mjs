// Posts: changed by who may, on the card of a unit; and the units that lack one.
import assert from "node:assert/strict";
import { drawn, shot } from "../lib/browser.mjs";
import { accessible, account, api, signedIn } from "../lib/people.mjs";
import { serveStaffed } from "../lib/server.mjs";

const ACCOUNTS = [
	account("lan", ["planner:land"], ["--name", "王兰", "--territory", "450305"]),
	account("dong", ["dispatcher"], ["--name", "董一"]),
	account("kan", ["viewer"]),
];
/** What the browser itself says of answers that refuse. */
const REFUSED = [/status of 401/, /status of 412/];

/** A grid of a county, and one of another. */
async function grids(base) {
	const below = async (code) => (await (await fetch(`${base}/api/v1/units/land/${code}/children?limit=1`)).json()).items[0].code;
	const of = async (county) => below(await below(await below(county)));
	return [await of("450305"), await of("450302")];
}

const chain = (page) => page.locator("article ul[data-layer]").innerText();

async function postsAreChangedOnTheCard({ open, base }) {
	const server = await serveStaffed(ACCOUNTS);
	const at = server.base;
	try {
		const [mine, theirs] = await grids(base);
		const page = await signedIn(open, at, "lan", { hash: `#/map?unit=land:${mine}` });
		await page.getByRole("button", { name: "编辑岗位" }).click();
		const holder = page.getByLabel("姓名").first();
		const before = await holder.inputValue();
		assert.match(before, /示例网格员/);
		await accessible(page);
		await shot(page, "posts-form");
		await holder.fill("韦一");
		await page.getByLabel("电话").first().fill("not a phone");
		await page.getByRole("button", { name: "保存岗位" }).click();
		await page.getByText("电话只能有数字、空格和 + - ( )").waitFor();
		await page.getByLabel("电话").first().fill("000-0000-7777");
		await page.getByRole("button", { name: "添加岗位" }).click();
		await page.getByLabel("岗位", { exact: true }).nth(1).fill("微网格员");
		await page.getByRole("button", { name: "保存岗位" }).click();
		await page.getByText("韦一").waitFor();
		assert.match(await chain(page), /微网格员\s+空缺/);
		await shot(page, "posts-saved");
		const all = await api(page, at, "GET", `units/land/${mine}/posts?all=true`);
		assert.deepEqual(all.got.items.map((post) => [post.holder, post.valid_to !== null]), [[before, true], ["韦一", false], [null, false]], "who held it before stays on file");

		// Somebody else is first: it is said, read again, and nothing is lost unseen.
		await page.getByRole("button", { name: "编辑岗位" }).click();
		await page.getByLabel("姓名").first().fill("韦二");
		const dong = await signedIn(open, at, "dong", { hash: `#/map?unit=land:${mine}` });
		await dong.getByRole("button", { name: "编辑岗位" }).click();
		await dong.getByRole("button", { name: /^撤去 微网格员/ }).click();
		await dong.getByText("将撤去").waitFor();
		await dong.getByRole("button", { name: "保存岗位" }).click();
		await dong.getByText("岗位已保存").waitFor();
		await page.getByRole("button", { name: "保存岗位" }).click();
		await page.getByText("有人刚改过这个单元的岗位").waitFor();
		assert.equal(await page.getByLabel("姓名").count(), 1, "as it is now");
		await page.getByLabel("姓名").first().fill("韦二");
		await page.getByRole("button", { name: "保存岗位" }).click();
		await page.getByText("韦二").waitFor();

		// Outside of one's ground, and without the role, there is no form.
		for (const [name, code] of [["lan", theirs], ["kan", mine]]) {
			const other = await signedIn(open, at, name, { hash: `#/map?unit=land:${code}`, size: "phone" });
			await other.getByRole("heading", { name: "责任链" }).waitFor();
			assert.equal(await other.getByRole("button", { name: "编辑岗位" }).count(), 0, `${name} on ${code}`);
		}
		const phone = await signedIn(open, at, "dong", { hash: `#/map?unit=land:${theirs}`, size: "phone", theme: "dark" });
		await phone.getByRole("button", { name: "编辑岗位" }).click();
		await phone.getByLabel("姓名").first().waitFor();
		await phone.getByRole("button", { name: "拉高" }).click();
		await phone.getByRole("button", { name: "拉高" }).click();
		await phone.waitForTimeout(400);
		await shot(phone, "posts-form-phone-dark");
		await accessible(phone);
	} finally {
		await server.stop();
	}
	return REFUSED;
}

async function unitsWithoutAPostAreListedAndFilled({ open }) {
	const server = await serveStaffed(ACCOUNTS);
	const at = server.base;
	try {
		const page = await signedIn(open, at, "dong");
		await drawn(page);
		await page.getByText("缺岗单元").click();
		await page.getByRole("combobox", { name: "图层" }).selectOption("police");
		await page.getByRole("combobox", { name: "层级" }).selectOption("station");
		await page.getByText(/找到 172|172 个|前 .* 172/).first().waitFor();
		await accessible(page);
		await shot(page, "unstaffed");
		const row = page.locator("details[open] li button").first();
		const name = await row.locator(".name").innerText();
		await row.click();
		await page.getByRole("heading", { name, exact: true }).waitFor();
		await page.getByRole("button", { name: "编辑岗位" }).click();
		await page.getByLabel("岗位", { exact: true }).fill("所长");
		await page.getByLabel("姓名").fill("示例所长");
		await page.getByRole("button", { name: "保存岗位" }).click();
		await page.getByText("示例所长").waitFor();
		await page.getByRole("button", { name: "关闭" }).first().click();
		await page.getByText(/171/).first().waitFor();
		assert.equal(await page.getByRole("combobox", { name: "层级" }).inputValue(), "station", "the list is as it was left");
		const viewer = await signedIn(open, at, "kan");
		await viewer.getByRole("heading", { name: "桂林网格" }).first().waitFor();
		await drawn(viewer);
		assert.equal(await viewer.getByText("缺岗单元").count(), 0);
	} finally {
		await server.stop();
	}
	return REFUSED;
}

export const checks = {
	"posts: they are changed on the card by who may": postsAreChangedOnTheCard,
	"posts: units without one are listed and filled": unitsWithoutAPostAreListedAndFilled,
};
