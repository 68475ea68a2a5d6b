import type { Outcome } from "../api/shapes";
import type { CrsId } from "../core/crs";
import type { Words } from "../text";
import { type Entry, outcomeOf } from "./lookup.svelte";

interface Land {
	name: string | null;
	code: string | null;
	outcome: Outcome | "error" | null;
	confirm: boolean;
}

/** What the table shows of the land grid, from either kind of answer. */
export function landOf(entry: Entry): Land {
	const { located, row } = entry;
	return {
		name: located?.land?.name ?? null,
		code: located?.land?.code ?? row?.land ?? null,
		outcome: outcomeOf(entry),
		confirm: located?.needs_confirmation ?? (row !== null && row.outcome !== "inside"),
	};
}

/** Water and police in a line under the land grid. */
export function placeText(entry: Entry, none: string): string {
	const { located, row } = entry;
	const station = located?.police?.chain.find((link) => link.level === "station")?.name;
	const police = located?.police
		? [station, located.police.name].filter(Boolean).join(" ")
		: row?.police;
	const water = located?.water?.name ?? row?.water;
	return [water, police ?? none].filter(Boolean).join(" · ");
}

type Columns = Words["lookup"]["columns"];

export function headOf(columns: Columns): string[] {
	const { line, label, raw, east, north, crs, outcome, land, landCode, water, police } = columns;
	const { responsible, border, confirm } = columns;
	return [
		line,
		label,
		raw,
		east,
		north,
		crs,
		outcome,
		landCode,
		land,
		water,
		police,
		responsible,
		`${border} (m)`,
		confirm,
	];
}

export function cellsOf(entry: Entry, crs: CrsId, words: Words["lookup"]): string[] {
	const { line, located, row, refusal } = entry;
	const unread = line.kind === "unread";
	const land = landOf(entry);
	const fault = unread ? words.faults[line.fault] : (refusal?.detail ?? row?.error?.detail);
	const responsible = located?.responsible ?? null;
	return [
		String(line.line),
		unread ? "" : line.label,
		line.raw,
		unread ? "" : String(line.east),
		unread ? "" : String(line.north),
		unread ? "" : crs,
		fault ?? (land.outcome ? words.outcome[land.outcome] : ""),
		land.code ?? "",
		land.name ?? "",
		located?.water?.code ?? row?.water ?? "",
		located?.police?.code ?? row?.police ?? "",
		responsible?.code ?? "",
		located?.land?.border_distance_m?.toFixed(3) ?? "",
		land.confirm ? words.confirm : "",
	];
}
