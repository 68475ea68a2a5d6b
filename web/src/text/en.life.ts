import type { Life } from "./zh.life";

/** The words of a unit's life in English. */
export const life: Life = {
	title: "Life",
	none: "Nothing has changed yet.",
	happened: {
		born: "Made",
		revived: "Made again",
		redrawn: "Border redrawn",
		renamed: "Renamed",
		recoded: "New code",
		reassigned: "New parent",
		changed: "Attributes changed",
		retired: "Retired",
	},
	splitFrom: "split from",
	tookIn: "took in",
	mergedInto: "merged into",
	took: "gave ground to",
	was: (before, after) => `${before} → ${after}`,
	by: (author, approver) =>
		approver === "" || approver === author ? author : `drawn by ${author}, approved by ${approver}`,
	compare: (n) => `Revision ${n}`,
	compareTitle: "What this revision changed",
	show: "Show this moment",
	atMoment: (n, at) => `The map is as of revision ${n} (${at})`,
	toNow: "Back to now",
	retired: (code) => `Code ${code} is retired`,
	successors: "Its successors",
	noSuccessors: "No unit succeeded it.",
	wasCode: (code, n) => `Code ${code} is retired; its successors (${n})`,
	households: "Households (estimated by area)",
	householdsHint: "As if households were spread evenly over a grid; the register decides.",
	householdsRow: (before, after) => `${before} → about ${after}`,
	unknown: "not on file",
};
