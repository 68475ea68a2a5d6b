import { expect, test } from "vitest";
import { words } from "../text";
import { keysFirst } from "./keys";
import { SCREENS } from "./route";

test("the keys of a screen come first, and none is lost", () => {
	const rows = [
		["/", "搜索"],
		["B", "审核:对比"],
		["J K", "审核、事件:下一个"],
	] as const;
	expect(keysFirst(rows, "事件").map(([key]) => key)).toEqual(["J K", "/", "B"]);
	expect(keysFirst(rows, "审核").map(([key]) => key)).toEqual(["B", "J K", "/"]);
	expect(keysFirst(rows, "地图")).toEqual(rows);
});

test.each(["zh", "en"] as const)("in %s a colon stands behind names of screens only", (lang) => {
	const { keys, screens } = words(lang);
	const names = SCREENS.map((screen) => screens[screen]);
	for (const [, meaning] of keys.rows) {
		const at = meaning.indexOf(":");
		if (at < 0 || meaning.startsWith("Layers")) continue;
		for (const name of meaning.slice(0, at).split(/、|, /)) expect(names).toContain(name);
	}
	expect(keysFirst(keys.rows, screens.reports)[0]?.[0]).toBe("J K");
});
