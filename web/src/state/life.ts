import { type Turn, turns } from "../api/units";
import type { UnitKey } from "../core/route";
import type { Words } from "../text";

export const loadLife = (key: UnitKey, signal: AbortSignal): Promise<Turn[]> =>
	turns(key, signal).then(({ items }) => [...items].reverse());

/** What changed in a turn, in lines of "before → after". */
export function linesOf(turn: Turn, words: Words): string[] {
	const { before, after, happened } = turn;
	const { was } = words.life;
	const lines: string[] = [];
	if (!before || !after) return lines;
	if (happened.includes("renamed")) lines.push(was(before.name, after.name));
	if (happened.includes("recoded")) lines.push(was(before.code, after.code));
	if (happened.includes("reassigned")) {
		lines.push(was(before.parent ?? "—", after.parent ?? "—"));
	}
	if (before.area_m2 !== null && after.area_m2 !== null && happened.includes("redrawn")) {
		const by = Math.round(after.area_m2 - before.area_m2);
		lines.push(`${by < 0 ? "−" : "+"}${Math.abs(by).toLocaleString("en-US")} m²`);
	}
	return lines;
}
