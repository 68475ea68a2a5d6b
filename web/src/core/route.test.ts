import { expect, test } from "vitest";
import { type Route, readRoute, START, writeRoute } from "./route";

test("a link says everything and gives it all back", () => {
	const route: Route = {
		screen: "lookup",
		view: { zoom: 12.5, lon: 110.29, lat: 25.27 },
		unit: { layer: "police", code: "A:1/2 &#?=桂" },
		layers: ["police"],
		lines: true,
		lang: "en",
		theme: "dark",
		text: "110.29, 25.27\n110.3 25.3 & 象鼻山+1",
		crs: "4546",
		accuracy: 35,
		category: "drowning",
		draft: 7,
		revisions: [3, 5],
		at: "2026-11-27T08:00:00.123456Z",
		scope: "450305",
		sliver: 12,
		piece: "450305002007003~PCS45030501-004",
		sort: "households",
		kind: "snap",
		locked: ["PCS45030501-004", "PCS45030501-005"],
		queue: {
			stage: "handled",
			category: "fire",
			unit: "450305",
			confirm: true,
			overdue: false,
			flagged: true,
			hours: 24,
			order: "due",
		},
		report: 1734,
		tab: "figures",
		figures: { level: "village", measure: "returned", borders: "filed", period: 168 },
	};
	expect(readRoute(writeRoute(route))).toEqual(route);
});

test("the start needs no words", () => {
	expect(writeRoute(START)).toBe("#/map");
	expect(readRoute("")).toEqual(START);
});

test("all layers off is not the same as not said", () => {
	expect(readRoute(writeRoute({ ...START, layers: [] })).layers).toEqual([]);
});

test.each([
	"#/nowhere",
	"#/map?view=1/2",
	"#/map?view=x/y/z",
	"#/map?unit=moon:1",
	"#/map?crs=9999",
	"#/map?lang=fr",
	"#/map?stage=gone&tab=x&level=moon",
	"#/map?draft=-1",
	"#/map?draft=x",
	"#/map?revisions=3",
	"#/map?revisions=3-x",
	"#/map?at=yesterday",
	"#/map?at=2026-99-99T00:00:00Z",
])("%s falls back to the start", (hash) => {
	expect(readRoute(hash)).toEqual(START);
});
