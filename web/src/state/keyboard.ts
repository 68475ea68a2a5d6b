import { SCREENS } from "../core/route";
import type { Card } from "./card";
import { copied } from "./clipboard.svelte";
import { here } from "./here.svelte";
import { overlap } from "./overlap.svelte";
import { page } from "./page.svelte";
import { reportCard } from "./reportCard.svelte";
import { reporting } from "./reporting.svelte";
import { reportKey, stepReports } from "./reportKeys";
import { person } from "./session.svelte";
import { sketch } from "./sketch.svelte";
import { sketchKey } from "./sketchKeys";
import { stepper } from "./stepper.svelte";

function typing(target: EventTarget | null): boolean {
	return (
		target instanceof HTMLElement &&
		(target.matches("input:not([type=checkbox]), textarea, select") || target.isContentEditable)
	);
}

/** Esc: one step back, the nearest thing first. */
function retreat() {
	if (page.notice !== null) page.say(null);
	else if (page.keysShown) page.showKeys(false);
	else if (page.draft !== null && (page.screen === "edit" || page.screen === "review"))
		page.openDraft(null);
	else if (page.screen === "reports" && reportCard.hand.kind !== "nothing") reportCard.drop();
	else if (page.screen === "reports" && page.report !== null) page.openReport(null);
	else if (page.screen !== "map") page.open("map");
	else page.unchoose();
}

function parent(card: Card | null) {
	const unit = card?.feature.properties;
	if (unit?.parent) page.choose({ layer: unit.layer, code: unit.parent });
}

/** The keys that work anywhere but in a field; the list under `?` names them all. */
export function onKey(event: KeyboardEvent, card: Card | null, zoom: (step: number) => void) {
	// The form to sign in has its own keys, which the browser gives it.
	if (person.shown) return;
	const control = event.ctrlKey || event.metaKey;
	if (control && event.key.toLowerCase() === "k") {
		event.preventDefault();
		page.callSearch();
		return;
	}
	if (sketch.allowed && !page.keysShown && !typing(event.target) && !event.isComposing) {
		if (sketchKey(event)) {
			event.preventDefault();
			return;
		}
	}
	if (page.screen === "reports" && !page.keysShown && !typing(event.target) && !event.isComposing) {
		if (reportKey(event)) {
			event.preventDefault();
			return;
		}
	}
	if (event.key === "Escape" && !page.keysShown) {
		if (typing(event.target)) (event.target as HTMLElement).blur();
		else retreat();
		return;
	}
	if (control || event.altKey || event.isComposing || typing(event.target)) return;
	const run = act(event.key, card, zoom, event.target);
	if (run) {
		event.preventDefault();
		run();
	}
}

/** To the next step of a review, or the next piece of an overlap. */
function stepping(by: 1 | -1): (() => void) | null {
	if (page.screen === "review") return () => stepper.step(by);
	if (page.screen === "reports") return () => stepReports(by);
	return page.screen === "overlap" ? () => overlap.step(by) : null;
}

function act(
	key: string,
	card: Card | null,
	zoom: (step: number) => void,
	target: EventTarget | null,
): (() => void) | null {
	const onMap = target instanceof HTMLCanvasElement;
	const screen = SCREENS[Number(key) - 1];
	if (screen) return person.screens.includes(screen) ? () => page.open(screen) : null;
	switch (key.toLowerCase()) {
		case "/":
			return () => page.callSearch();
		case "?":
			return () => page.showKeys(!page.keysShown);
		case "j":
			return stepping(1);
		case "k":
			return stepping(-1);
		case "b":
			return page.screen === "review" ? () => stepper.flip() : null;
		case "+":
		case "=":
			return onMap ? null : () => zoom(1);
		case "-":
			return onMap ? null : () => zoom(-1);
		case "0":
			return () => page.home();
		case "g":
			return () => page.toggleLayer("land");
		case "w":
			return () => page.toggleLayer("water");
		case "p":
			return () => page.toggleLayer("police");
		case "l":
			return () => void (page.screen === "report" ? reporting.find() : here.find());
		case "t":
			return () => page.turnTheme();
		case "u":
			return () => parent(card);
		case "c":
			return card
				? () => void copied.copy(card.feature.properties.code, page.text.card.copied)
				: null;
		default:
			return null;
	}
}
