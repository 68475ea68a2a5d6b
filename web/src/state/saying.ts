import type { Refusal } from "../api/client";
import type { Defect, Effect, Ground, Made } from "../api/drafts";
import { count } from "../core/format";
import type { Barred } from "../core/rights";
import type { Layer } from "../core/route";
import type { Words } from "../text";

/** An area that changes, as a person reads it. */
export interface Row {
	code: string;
	name: string;
	before: number;
	after: number;
}

const named = (units: readonly Ground[], code: string) =>
	units.find((unit) => unit.properties.code === code)?.properties.name;

/** By the size of the change, to the hundredth of a square metre; of a gain and a loss of the same ground the gain comes first. */
function bySize(a: Row, b: Row): number {
	const size = (row: Row) => Math.round(Math.abs(row.after - row.before) * 100);
	return size(b) - size(a) || Math.sign(b.after - b.before) - Math.sign(a.after - a.before);
}

/** The rows of an effect, the largest change first. */
export function rowsOf(effect: Effect): Row[] {
	const { before, after } = effect.change;
	return effect.areas
		.map(({ code, before_m2, after_m2 }) => ({
			code,
			name: named(after, code) ?? named(before, code) ?? code,
			before: before_m2,
			after: after_m2,
		}))
		.sort(bySize);
}

/** Units whose fields change. */
export function renamed(effect: Effect): { code: string; text: string }[] {
	return effect.change.after.flatMap((unit) => {
		const was = effect.change.before.find(({ id }) => id === unit.id);
		if (!was) return [];
		const turns = (["name", "code", "parent"] as const)
			.filter((field) => was.properties[field] !== unit.properties[field])
			.map((field) => `${was.properties[field] ?? ""} → ${unit.properties[field] ?? ""}`);
		return turns.length === 0 ? [] : [{ code: unit.properties.code, text: turns.join(", ") }];
	});
}

export function signed(m2: number): string {
	const sign = m2 > 0 ? "+" : m2 < 0 ? "−" : "±";
	return `${sign}${count(Math.abs(m2))}\u00a0m²`;
}

export function signedShare({ before, after }: Row): string {
	if (before === 0) return "";
	const share = ((after - before) / before) * 100;
	return `${share > 0 ? "+" : "−"}${Math.abs(share).toFixed(1)} %`;
}

const listed = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/** An operation in words, with the names that its effect knows. */
export function didOf(made: Made, effect: Effect | undefined, text: Words): string {
	const { did } = text.edit;
	const { operation } = made;
	const units = [...(effect?.change.before ?? []), ...(effect?.change.after ?? [])];
	const name = (code: unknown) =>
		units.find((unit) => unit.properties.code === code)?.properties.name ?? String(code ?? "");
	const rows = effect ? rowsOf(effect) : [];
	switch (operation.kind) {
		case "replace_path":
			return rows.length === 0
				? text.edit.tool.redraw
				: did.redraw(rows.map((row) => row.name).join(" ↔ "));
		case "reshape":
			return did.reshape(name(operation.target));
		case "split":
			return did.split(name(operation.unit));
		case "merge":
			return did.merge(listed(operation.drop).map(name).join(text.and), name(operation.keep));
		case "transfer":
			return did.transfer(name(operation.from), name(operation.to));
		case "move_node":
			return did.vertex;
		case "reassign_parent":
			return did.parent(listed(operation.units).length);
		case "set_attributes":
			return did.attributes(name(operation.unit));
		case "move_outline":
			return did.outline;
		case "create":
			return did.create(name((operation.new as { name?: string } | undefined)?.name));
		case "retire":
			return did.retire(name(operation.unit));
		case "replace_units":
			return did.import;
		default:
			return did.restore;
	}
}

export function defectsOf(refusal: Refusal): Defect[] {
	const { defects } = refusal.more;
	return Array.isArray(defects) ? (defects as Defect[]) : [];
}

/** Why somebody only looks at a draft. */
export function whyBarred(barred: Barred, { rights, layers }: Words): string {
	switch (barred.kind) {
		case "signed_out":
			return rights.signedOut;
		case "role":
			return rights.role(layers[barred.layer as Layer] ?? barred.layer);
		case "author":
			return rights.author(barred.author);
		default:
			return barred satisfies never;
	}
}

/** Why something was refused, in the reader's words; the server's own where there are none. */
export function whyNot(refusal: Refusal, text: Words): string {
	const [defect] = defectsOf(refusal);
	if (defect) return text.edit.defects[defect.kind] ?? defect.detail;
	return text.edit.refusals[refusal.code] ?? text.problem.refused(refusal.detail);
}
