import type { Desk } from "./zh.desk";

export const desk: Desk = {
	posts: {
		edit: "Edit posts",
		add: "Add a post",
		title: "Post",
		holder: "Name",
		phone: "Telephone",
		vacant: "Vacant",
		remove: "Remove",
		removed: "Will be removed",
		restore: "Keep",
		save: "Save posts",
		cancel: "Cancel",
		today:
			"Another holder begins today; who held the post before stays on file. A telephone is put right.",
		none: "No post yet. Add one, such as a grid worker.",
		saved: "Posts saved",
		rowTitle: (n) => `Post ${n}`,
		faults: {
			title: "Name the post",
			holder: "A telephone needs a name",
			phone: "A telephone has digits, spaces and + - ( ) only",
		},
		titles: [
			"一级网格长",
			"二级网格长",
			"三级网格长",
			"专职网格员",
			"微网格员",
			"民警",
			"辅警",
			"法律顾问",
		],
		refusals: {
			version_changed:
				"Somebody has just changed the posts of this unit; they were read again. Please make your change once more",
			outside_territory: "This unit is not in your territory",
			denied: "This takes the role planner or dispatcher on this layer",
		},
	},
	unstaffed: {
		title: "Units that lack a post",
		none: "No post",
		vacant: "A vacancy",
		which: "Which",
		anyLayer: "All layers",
		anyLevel: "All levels",
		level: "Level",
		empty: "There is no such unit.",
		more: (shown, all) => `${all} in all, the first ${shown} are listed`,
	},
	lines: {
		title: "Reference lines",
		zoomIn: "shown when zoomed in",
		trace: "Trace",
		traceOn:
			"Tracing on: between two points the line follows a reference line or another layer's border",
		traceOff: "Tracing off",
		hint: "Begin on a border, click further along the road: the line follows it; end on a border, then Enter",
		nothing: "Switch on the reference lines or another layer first: there is nothing to follow",
	},
	issues: {
		title: "Issues",
		none: "No issues",
		inHand: "In hand",
		gap: (m2) => `Gap of ${m2}`,
		place: "Show the place",
		noPlace: "Not at a place",
	},
	rights: {
		signedOut: "Sign in to draw and to review. The map can be looked at now.",
		signIn: "Sign in",
		noDrafts:
			"Drafts are for planners and approvers. Your account has neither role; please ask your administrator.",
		role: (layer) => `To look at only: you are not a planner of the layer “${layer}”`,
		author: (name) => `To look at only: ${name} draws this draft, and only they can change it`,
		approver: (layer) => `Takes an approver of the layer “${layer}”`,
		publisher: (layer) => `Takes a planner or approver of the layer “${layer}”`,
		own: "You drew it yourself: somebody else has to approve it",
		noLayer: "You are not a planner of any layer, so you cannot begin a draft",
	},
};
