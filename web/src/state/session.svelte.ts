import { Refusal, whenUnknown } from "../api/client";
import { type Session, signIn, signOut, who } from "../api/session";
import { DISPATCHERS, DRAFTERS, may, REPORT_READERS, REPORTERS, screensOf } from "../core/rights";
import { SCREENS } from "../core/route";
import { type Fault, faultOf } from "../core/session";
import { asRefusal } from "./load.svelte";

/** Who sits at the page. Whoever comes or goes gets the page anew: nothing of one is left for the other. */
class Person {
	/** Null until the server has said. */
	session = $state.raw<Session | null>(null);
	/** The form to sign in is shown. */
	shown = $state(false);
	/** Whoever was signed in no longer is. */
	over = $state(false);
	waiting = $state(false);
	fault = $state.raw<Fault | null>(null);
	/** Drafts are shown to them. */
	drafts = $derived(may(this.session, DRAFTERS));
	/** Reports are shown to them. */
	reports = $derived(may(this.session, REPORT_READERS));
	/** They send reports out. */
	dispatches = $derived(may(this.session, DISPATCHERS));
	/** The screens that they are shown. */
	screens = $derived(screensOf(this.session, SCREENS));
	/** They may send one. */
	reporting = $derived(may(this.session, REPORTERS));

	constructor() {
		whenUnknown(() => this.#unknown());
	}

	/** Asks the server who this is. */
	async ask(): Promise<void> {
		try {
			this.session = await who(new AbortController().signal);
		} catch (cause) {
			// Without an answer the rest of the page says that the server is away.
			if (!(cause instanceof Refusal)) throw cause;
		}
	}

	#unknown() {
		if (this.waiting) return;
		this.over = this.session?.name != null;
		this.show(true);
	}

	show(on: boolean) {
		this.shown = on;
		this.fault = null;
	}

	async signIn(name: string, password: string): Promise<void> {
		this.waiting = true;
		this.fault = null;
		try {
			await signIn(name, password, new AbortController().signal);
			location.reload();
		} catch (cause) {
			this.fault = faultOf(asRefusal(cause));
			this.waiting = false;
		}
	}

	async signOut(): Promise<void> {
		this.waiting = true;
		try {
			await signOut(new AbortController().signal);
			location.reload();
		} catch (cause) {
			this.fault = faultOf(asRefusal(cause));
			this.waiting = false;
		}
	}
}

export const person = new Person();
