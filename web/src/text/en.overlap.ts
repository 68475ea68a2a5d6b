import type { Overlap } from "./zh.overlap";

/** The words of the overlap of police grids and grids in English. */
export const overlap: Overlap = {
	overlap: {
		title: "Police grids over grids",
		scope: "Scope",
		whole: "Whole city",
		counties: "Counties",
		stations: "Stations",
		loading: "Comparing police grids and grids",
		split: "Split grids",
		mismatch: "Mismatched area",
		nesting: "Nesting index",
		aligned: "Aligned",
		define: (name) => `${name}: what it means`,
		definitions: {
			split: "Grids with a real piece, no sliver, in two police grids or more.",
			mismatch:
				"The share of all grids' area that is not in the main police grid of its grid: the one that has most of it.",
			nesting:
				"1 when the grid tells the police grid, 0 when it tells nothing. By entropy: 1 − H(police|grid) / H(police).",
			aligned:
				"The share of inner police borders within 5 m of a border of grids, those that are the same included.",
		},
		alignedMore: (same, near) => `The same ${same}, within 20 m ${near}`,
		list: "Mismatches, largest first",
		ignore: "Ignore narrower than",
		metres: (n) => `${n} m`,
		counts: (pieces, slivers) => `${pieces} mismatches, ${slivers} slivers`,
		row: (grid, from, to, area) => `${grid}, ${area} in ${from}, mainly ${to}`,
		nobody: "outside",
		none: "No mismatch in this scope. Widen the scope, or move the slider left to count narrower slivers.",
		cut: (shown, total) => `The first ${shown} of ${total}; all of them by download`,
		piece: "Chosen piece",
		inPolice: "Lies in",
		majority: "Mainly",
		share: "Of the grid",
		width: "Mean width",
		households: "About",
		householdsUnit: (n) => `${n} households`,
		card: "Show grid",
		matrix: "Matrix",
		matrixRows: { county: "County", township: "Township", village: "Village" },
		matrixHint:
			"Rows are of the grids, columns of the police; a cell is the share of its row's area.",
		suggestions: "Suggestions",
		noSuggestions: "No suggestion in this scope: every grid lies whole in one police grid.",
		align: (from, to) => `${from} → ${to}: align with grid borders`,
		rebuild: (station) => `${station}: police grids of whole grids`,
		gain: (grids, moved, split, less) =>
			`${grids} whole grids, ${moved} ha move; ${split} fewer split grids, ${less} ha less mismatch`,
		confidence: { sure: "sure", likely: "likely", open: "to be judged" },
		accept: "Make a draft",
		making: "Making it",
		look: "Show on map",
		moreSuggestions: (n) => `${n} more suggestions`,
		download: "Download",
		legend: "Police borders",
		classes: { coincident: "same as grids", near: "within 20 m", independent: "on their own" },
		zoomIn: "Zoom in to villages to see borders by class",
	},
};
