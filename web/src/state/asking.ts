import type { Nearby, Operation, Parted } from "../api/drafts";
import {
	gainer,
	type Keep,
	merging,
	naming,
	nextName,
	reassigning,
	redrawing,
	reshaping,
	splitting,
	type Tool,
	transferring,
} from "../core/ask";
import { type Border, closedOn, type LonLat, unitAt } from "../core/sketch";

/** What is in the planner's hand. */
export interface InHand {
	tool: Tool;
	path: readonly LonLat[];
	pointer: LonLat | null;
	/** The way along a line that leads from the last place to the pointer. */
	lead: readonly LonLat[];
	finished: boolean;
	/** A line is drawn with the button held. */
	held: boolean;
	border: Border | null;
	node: LonLat | null;
	units: readonly Parted[];
	near: Nearby | null;
	name: string;
	code: string;
	keep: Keep;
	parent: string | null;
	reading: number | null;
}

function unitAround(hand: InHand, place: LonLat): Parted | null {
	const id = unitAt(place, hand.near?.borders ?? []);
	return hand.near?.units.find((unit) => unit.id === id) ?? null;
}

/** The unit that a cut runs through: what lies around its middle. */
function cut(hand: InHand): Parted | null {
	const [a, b] = hand.path.slice(Math.max(0, Math.floor(hand.path.length / 2) - 1));
	return a && b ? unitAround(hand, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]) : null;
}

/** The unit that gives ground in a transfer: what lies in the middle of the drawn piece. */
function giver(hand: InHand): Parted | null {
	const { length } = hand.path;
	if (length < 3) return null;
	const sum = hand.path.reduce<LonLat>((s, p) => [s[0] + p[0], s[1] + p[1]], [0, 0]);
	return unitAround(hand, [sum[0] / length, sum[1] / length]);
}

/** A name for the unit that a cut makes. */
export function newNameOf(hand: InHand): string {
	const unit = cut(hand);
	if (!unit) return "";
	const beside = (hand.near?.units ?? []).filter(({ parent }) => parent === unit.parent);
	return nextName(
		unit.name,
		beside.map(({ name }) => name),
	);
}

const some = (...all: (Operation | null)[]) => all.filter((one) => one !== null);

/** Between the same two units if it can be, else across whatever lies in the way. */
function redraws(hand: InHand, path: readonly LonLat[]): Operation[] {
	const { border, reading } = hand;
	if (!border) return [];
	const gaining = gainer(path, border);
	const target = hand.near?.units.find(({ id }) => id === gaining);
	const across = closedOn(path, border);
	return some(
		redrawing(path, border, reading),
		target && across.length > 2 ? reshaping(across, target.code, reading) : null,
	);
}

/** What would be asked of the server, the likelier first. */
export function operationsOf(hand: InHand): Operation[] {
	const { tool, pointer, finished, held, path } = hand;
	const codes = hand.units.map(({ code }) => code);
	switch (tool) {
		case "redraw":
			return redraws(hand, !finished && pointer && !held ? [...path, ...hand.lead, pointer] : path);
		case "split": {
			const unit = cut(hand);
			const name = hand.name.trim() || newNameOf(hand);
			return unit && finished ? some(splitting(path, unit.code, name, hand.keep)) : [];
		}
		case "transfer": {
			const from = giver(hand);
			return from && finished ? some(transferring(path, from.code, codes[0] ?? null)) : [];
		}
		case "vertex":
			return hand.node && pointer ? [{ kind: "move_node", at: hand.node, to: pointer }] : [];
		case "merge":
			return some(merging(codes));
		case "parent":
			return some(reassigning(codes, hand.parent));
		case "attributes": {
			const [unit] = hand.units;
			return unit ? some(naming(unit, { code: hand.code, name: hand.name })) : [];
		}
		case "select":
			return [];
		default:
			return tool satisfies never;
	}
}
