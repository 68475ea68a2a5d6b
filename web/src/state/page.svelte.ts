import type { Unit } from "../api/shapes";
import { type Setting, type StyleText, settingOf } from "../api/style";
import type { CrsId } from "../core/crs";
import type { Figures } from "../core/figures";
import type { Hit } from "../core/hit";
import type { Order } from "../core/order";
import type { Place } from "../core/outbox";
import { type Queue, START_QUEUE } from "../core/queue";
import {
	type Kind,
	LAYERS,
	type Layer,
	type Route,
	readRoute,
	type Screen,
	type Tab,
	type Theme,
	type UnitKey,
	type View,
	writeRoute,
} from "../core/route";
import type { Touched } from "../core/touched";
import { words } from "../text";
import { Media } from "./media.svelte";

type Bounds = [number, number, number, number];

/** Where the map is asked to go; each is carried out once. */
export type Flight =
	| { kind: "fit"; bounds: Bounds; serial: number }
	| { kind: "home"; serial: number };

/** The state of the page. It changes only through the methods below, and the address follows it. */
class Page {
	route = $state.raw<Route>(readRoute(location.hash));
	setting = $state.raw<Setting>({
		basemap: { kind: "none" },
		demo: false,
		bounds: null,
		revision: null,
	});
	flight = $state.raw<Flight | null>(null);
	/** The unit that a list points at, lit on the map. */
	pointed = $state.raw<Hit | null>(null);
	/** What lies under the pointer, lowest level first. */
	under = $state.raw<readonly Hit[]>([]);
	cursor = $state.raw<[number, number] | null>(null);
	/** What else lay under the click that chose the unit. */
	also = $state.raw<readonly Hit[]>([]);
	notice = $state<string | null>(null);
	keysShown = $state(false);
	layersShown = $state(innerWidth > 1100);
	/** The search box is asked for; it takes the focus when this changes. */
	searchCalls = $state(0);

	// Parts of the route, so that who needs one is not woken by a change of another.
	screen = $derived(this.route.screen);
	unit = $derived(this.route.unit);
	layers = $derived(this.route.layers);
	lines = $derived(this.route.lines);
	pasted = $derived(this.route.text);
	crs = $derived(this.route.crs);
	accuracy = $derived(this.route.accuracy);
	category = $derived(this.route.category);
	draft = $derived(this.route.draft);
	revisions = $derived(this.route.revisions);
	queue = $derived(this.route.queue);
	report = $derived(this.route.report);
	tab = $derived(this.route.tab);
	figures = $derived(this.route.figures);
	/** Only the map goes back in time. */
	at = $derived(this.route.screen === "map" ? this.route.at : null);
	/** Grows when the map must be asked for again: another revision is in force. */
	renewals = $state(0);
	/** The tiles that the last of them touched; `null`: any. */
	touched = $state.raw<Touched | null>(null);

	media = new Media();
	lang = $derived(this.route.lang ?? this.#stored("lang", ["zh", "en"] as const) ?? "zh");
	text = $derived(words(this.lang));
	theme = $derived<Theme>(this.route.theme ?? (this.media.dark ? "dark" : "light"));
	#serial = 0;

	constructor() {
		addEventListener("popstate", () => this.#arrive());
		addEventListener("hashchange", () => this.#arrive());
	}

	#arrive() {
		this.route = readRoute(location.hash);
		this.also = [];
		this.pointed = null;
	}

	#change(patch: Partial<Route>, step: "push" | "replace") {
		const next = { ...this.route, ...patch };
		const address = writeRoute(next);
		this.route = next;
		if (address === location.hash) return;
		if (step === "push") history.pushState(null, "", address);
		else history.replaceState(null, "", address);
	}

	#stored<T extends string>(key: string, allowed: readonly T[]): T | null {
		const value = localStorage.getItem(`wangge.${key}`);
		return allowed.find((one) => one === value) ?? null;
	}

	open(screen: Screen) {
		if (screen !== this.route.screen) this.#change({ screen }, "push");
	}

	/** Opens a draft on a screen; `null` goes back to the list. */
	openDraft(
		draft: number | null,
		screen: "edit" | "review" = this.screen === "review" ? "review" : "edit",
	) {
		if (draft !== this.route.draft || screen !== this.screen)
			this.#change({ screen, draft }, "push");
	}

	/** Lets go of the draft that was looked at. */
	forgetDraft() {
		this.#change({ draft: null }, "replace");
	}

	/** Whether the lives of units are unfolded. They stay so from card to card, and are asked for only then. */
	lifeShown = $state(false);

	/** What a draft that is begun next is about. */
	about = $state("");

	/** To the edit screen, with a unit in view. */
	editAt(bounds: Unit["bbox"], about: string) {
		this.about = about;
		this.#change({ screen: "edit" }, "push");
		if (bounds) this.fit(bounds);
	}

	compare(revisions: readonly [number, number] | null, step: "push" | "replace" = "push") {
		this.#change({ screen: "history", revisions }, step);
	}

	/** Shows the map as of a moment, with a unit of then. */
	showMoment(at: string, unit: UnitKey) {
		this.#change({ screen: "map", at, unit }, "push");
	}

	/** Opens a unit on the map, as it is now. */
	visit(unit: UnitKey) {
		this.#change({ screen: "map", at: null, unit }, "push");
	}

	/** The report that a list or the map points at. */
	reportPointed = $state<number | null>(null);

	pointReport(id: number | null) {
		this.reportPointed = id;
	}

	/** Opens a report beside the queue; `null` goes back to it. */
	openReport(report: number | null, step: "push" | "replace" = "push") {
		this.#change({ screen: "reports", report }, step);
	}

	/** Which reports are listed. */
	narrow(patch: Partial<Queue>) {
		this.#change({ queue: { ...this.route.queue, ...patch } }, "push");
	}

	/** The open reports of a unit, or all that are open. */
	openQueue(unit: string | null) {
		const queue = { ...START_QUEUE, unit };
		this.#change({ screen: "reports", tab: "queue", report: null, queue }, "push");
	}

	showTab(tab: Tab) {
		this.#change({ tab, report: null }, "push");
	}

	figure(patch: Partial<Figures>) {
		this.#change({ figures: { ...this.route.figures, ...patch } }, "replace");
	}

	/** A place at which something is to be reported; taken up by the form. */
	reportPlace = $state.raw<Place | null>(null);

	reportHere(place: Place) {
		this.reportPlace = place;
		this.#change({ screen: "report" }, "push");
	}

	/** Looks at the overlap of a county or a station, or of the whole city. */
	scopeTo(scope: string | null) {
		this.#change({ scope, piece: null }, "push");
	}

	ignore(sliver: number) {
		this.#change({ sliver }, "replace");
	}

	pick(piece: string | null) {
		this.#change({ piece }, "replace");
	}

	sort(sort: Order) {
		this.#change({ sort }, "replace");
	}

	/** Suggestions of one kind, or of all. */
	suggest(kind: Kind | null) {
		this.#change({ kind }, "replace");
	}

	/** Keeps a police grid as it is, or no longer. */
	lock(code: string) {
		const { locked } = this.route;
		const rest = locked.filter((one) => one !== code);
		this.#change({ locked: rest.length < locked.length ? rest : [...locked, code] }, "replace");
	}

	toNow() {
		this.#change({ at: null }, "push");
	}

	renew(touched: Touched | null) {
		this.touched = touched;
		this.renewals += 1;
	}

	/** Chooses a unit; `bounds` moves the map there, without it the map stays. */
	choose(key: UnitKey, also: readonly Hit[] = [], bounds: Unit["bbox"] = null) {
		this.pointed = null;
		if (this.screen === "reports") this.narrow({ unit: key.code });
		if (this.screen !== "map" && this.screen !== "lookup") {
			// Nothing is closed there by a look at a unit: the map goes to it.
			if (bounds) this.fit(bounds);
			return;
		}
		this.also = also;
		const same = key.code === this.route.unit?.code && key.layer === this.route.unit.layer;
		const layers = this.route.layers.includes(key.layer)
			? this.route.layers
			: LAYERS.filter((layer) => layer === key.layer || this.route.layers.includes(layer));
		if (!same || this.route.screen !== "map") {
			this.#change({ screen: "map", unit: { layer: key.layer, code: key.code }, layers }, "push");
		}
		if (bounds) this.fit(bounds);
	}

	unchoose() {
		this.also = [];
		this.pointed = null;
		if (this.route.unit) this.#change({ unit: null }, "push");
	}

	fit(bounds: Bounds) {
		this.flight = { kind: "fit", bounds, serial: ++this.#serial };
	}

	home() {
		this.flight = { kind: "home", serial: ++this.#serial };
	}

	moved(view: View) {
		this.#change({ view }, "replace");
	}

	hover(under: readonly Hit[], cursor: [number, number] | null) {
		this.under = under;
		this.cursor = cursor;
	}

	point(hit: Hit | null) {
		this.pointed = hit;
	}

	toggleLayer(layer: Layer) {
		const on = this.route.layers.includes(layer);
		const layers = LAYERS.filter((l) => (l === layer ? !on : this.route.layers.includes(l)));
		this.#change({ layers }, "replace");
	}

	showLines(lines: boolean) {
		if (lines !== this.route.lines) this.#change({ lines }, "replace");
	}

	showLayer(layer: string) {
		const wanted = LAYERS.find((one) => one === layer);
		if (wanted && !this.route.layers.includes(wanted)) this.toggleLayer(wanted);
	}

	toggleLang() {
		const lang = this.lang === "zh" ? "en" : "zh";
		localStorage.setItem("wangge.lang", lang);
		this.#change({ lang }, "replace");
	}

	/** As the system → the other one → back to the system's own, said aloud. */
	turnTheme() {
		const system: Theme = this.media.dark ? "dark" : "light";
		const other: Theme = this.media.dark ? "light" : "dark";
		const { theme } = this.route;
		this.#change({ theme: theme === null ? other : theme === other ? system : null }, "replace");
	}

	/** What was pasted. Typing replaces; a place from the map or the device is a step of its own. */
	ask(text: string, crs: CrsId | null, accuracy: number | null, step: "push" | "replace") {
		this.#change({ screen: "lookup", text, crs, accuracy }, step);
	}

	setCategory(category: string | null) {
		this.#change({ category }, "replace");
	}

	/** How long the notice stays, in milliseconds; null: until it is closed. */
	stays = $state<number | null>(null);

	/** Short confirmations leave by themselves; what needs reading stays, unless it is said for how long. */
	say(notice: string | null, stays: number | null = (notice?.length ?? 0) > 12 ? null : 2_500) {
		this.stays = stays;
		this.notice = notice;
	}

	showKeys(on: boolean) {
		this.keysShown = on;
	}

	showLayers(on: boolean) {
		this.layersShown = on;
	}

	callSearch() {
		this.searchCalls += 1;
	}

	learn(style: StyleText) {
		this.setting = settingOf(style);
	}
}

export const page = new Page();
