import type { Operation } from "../api/drafts";
import { type Border, closedOn, type LonLat, nearest, sidesFrom, tidy } from "./sketch";

/** The tools, as their keys stand in the list under `?`. */
export const TOOLS = [
	"redraw",
	"select",
	"vertex",
	"split",
	"merge",
	"transfer",
	"parent",
	"attributes",
] as const;
export type Tool = (typeof TOOLS)[number];

export const KEY_OF: Record<Tool, string> = {
	redraw: "R",
	select: "V",
	vertex: "E",
	split: "X",
	merge: "M",
	transfer: "T",
	parent: "P",
	attributes: "A",
};

export const toolOf = (key: string): Tool | null =>
	TOOLS.find((tool) => KEY_OF[tool] === key.toUpperCase()) ?? null;

/** Tools that draw a line, and those that gather units. */
export const draws = (tool: Tool) => tool === "redraw" || tool === "split" || tool === "transfer";
export const gathers = (tool: Tool) => tool === "merge" || tool === "parent";

export type Keep = "larger" | "left" | "right";

/** A border redrawn along a path. Where the path must cross other borders, the strip goes to `target` instead. */
export function redrawing(
	path: readonly LonLat[],
	border: Border,
	reading: number | null,
): Operation | null {
	const whole = closedOn(path, border);
	if (whole.length < 3) return null;
	const read = reading === null ? {} : { reading };
	return { kind: border.outer ? "move_outline" : "replace_path", path: whole, ...read };
}

/** The unit that gains by a path drawn from a border: the one from whose ground it does not lead through. */
export function gainer(path: readonly LonLat[], border: Border): number | null {
	const away = path.find((place) => {
		const { at } = nearest(place, border);
		return Math.abs(at[0] - place[0]) + Math.abs(at[1] - place[1]) > 1e-6;
	});
	return away ? sidesFrom(away, border).there : null;
}

export function reshaping(
	path: readonly LonLat[],
	target: string,
	reading: number | null,
): Operation | null {
	const whole = tidy(path);
	const read = reading === null ? {} : { reading };
	return whole.length < 2 ? null : { kind: "reshape", path: whole, target, ...read };
}

export function splitting(
	path: readonly LonLat[],
	unit: string,
	name: string,
	keep: Keep,
): Operation | null {
	const whole = tidy(path);
	return whole.length < 2 ? null : { kind: "split", unit, path: whole, new: { name }, keep };
}

export function merging(units: readonly string[]): Operation | null {
	const [keep, ...drop] = units;
	return keep === undefined || drop.length === 0 ? null : { kind: "merge", keep, drop };
}

export function transferring(
	path: readonly LonLat[],
	from: string,
	to: string | null,
): Operation | null {
	const ring = tidy(path);
	if (ring.length < 3 || to === null || to === from) return null;
	return { kind: "transfer", from, to, area: [ring] };
}

export function reassigning(units: readonly string[], parent: string | null): Operation | null {
	return units.length === 0 || !parent ? null : { kind: "reassign_parent", units, parent };
}

/** Only what differs is set, each field only if it still is what was seen. */
export function naming(
	unit: { code: string; name: string },
	wanted: { code: string; name: string },
): Operation | null {
	const set: Record<string, { old: string; new: string }> = {};
	for (const field of ["code", "name"] as const) {
		const now = wanted[field].trim();
		if (now !== "" && now !== unit[field]) set[field] = { old: unit[field], new: now };
	}
	return Object.keys(set).length === 0 ? null : { kind: "set_attributes", unit: unit.code, set };
}

/** A name for the unit that a split makes: the next number where names end in one. */
export function nextName(name: string, others: readonly string[]): string {
	const parts = (text: string) => /^(.*?)(\d+)(\D*)$/.exec(text);
	const found = parts(name);
	if (!found) return `${name}2`;
	const [, head = "", , tail = ""] = found;
	const used = others.flatMap((other) => {
		const [, h, n, t] = parts(other) ?? [];
		return h === head && t === tail ? [Number(n)] : [];
	});
	return `${head}${Math.max(0, ...used) + 1}${tail}`;
}
