import {
	addProtocol,
	Map as GlMap,
	type LngLatBoundsLike,
	type LngLatLike,
	type MapMouseEvent,
	Marker,
	type PaddingOptions,
	type StyleSpecification,
	setWorkerUrl,
	type VectorSourceSpecification,
	type VectorTileSource,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import type { Basemap } from "../api/style";
import type { Hit } from "../core/hit";
import type { Theme, View } from "../core/route";
import { type Touched, tilesToAsk } from "../core/touched";
import type { Pin } from "../state/drawing";
import type { Scene } from "../state/scene";
import { hatchOf } from "./hatch";
import { chosen, hitsAt, lineAt, namesOn, pieceAt } from "./hits";
import { openCluster, reportAt } from "./reports";
import { Sheet } from "./sheet";

setWorkerUrl(workerUrl);

export interface Happenings {
	moved(view: View): void;
	hovered(hits: readonly Hit[], at: [number, number] | null): void;
	clicked(hit: Hit | null, hits: readonly Hit[], at: [number, number]): void;
	/** A dot of the table was clicked: the line that it stands for. */
	picked(line: number): void;
	/** A mismatch was clicked. */
	pieced(key: string): void;
	/** A report was clicked. */
	reported(id: number): void;
	/** A report is under the pointer, or none is. */
	reportPointed(id: number | null): void;
	/** It moves, or is about to be drawn anew. */
	stirred(): void;
	/** All is drawn; these names are the ones on the map, the most important first. */
	drawn(names: readonly string[]): void;
}

/** Who has the pointer while something is drawn. Places are longitude and latitude. */
export interface Hand {
	/** Whether a drag from here draws; otherwise it moves the map. */
	down(at: [number, number]): boolean;
	move(at: [number, number]): void;
	/** A move with the button held, after `down` said yes. */
	drag(at: [number, number]): void;
	release(at: [number, number]): void;
	click(at: [number, number]): void;
	double(): void;
}

/** The last zoom at which there are tiles; above it those are stretched. */
const LAST_ZOOM = 16;

/** A press that moves by fewer pixels is a click. */
const STILL_PX = 4;

/** The id of the text that says what the map shows. */
export const DESCRIPTION = "map-description";

export const FONTS =
	'"PingFang SC","Microsoft YaHei","Source Han Sans SC","Noto Sans CJK SC",sans-serif';

let reading: Promise<void> | null = null;

async function readPmtiles() {
	const { Protocol } = await import("pmtiles");
	addProtocol("pmtiles", new Protocol().tile);
}

/** To be awaited before a style with this basemap is shown. */
export async function prepare(basemap: Basemap): Promise<void> {
	if (basemap.kind !== "pmtiles") return;
	reading ??= readPmtiles();
	await reading;
}

/** The map on the screen: the only thing that touches MapLibre. */
export class MapView {
	readonly #map: GlMap;
	readonly #pins = new Map<string, Marker>();
	#lit: { source: string; sourceLayer: string; id: number } | null = null;
	#frame = 0;
	#ready = false;
	#waiting: StyleSpecification | null = null;
	#hand: Hand | null = null;
	#press: { x: number; y: number; draws: boolean; moved: boolean } | null = null;
	readonly #sheet: Sheet;

	constructor(
		box: HTMLElement,
		style: StyleSpecification,
		view: View | null,
		label: string,
		happenings: Happenings,
	) {
		this.#map = new GlMap({
			container: box,
			style,
			...(view ? { center: [view.lon, view.lat] as LngLatLike, zoom: view.zoom } : {}),
			minZoom: 4,
			maxZoom: 20,
			attributionControl: false,
			dragRotate: false,
			pitchWithRotate: false,
			touchPitch: false,
			fadeDuration: 120,
			localIdeographFontFamily: FONTS,
			locale: { "Map.Title": label },
		});
		this.#map.touchZoomRotate.disableRotation();
		this.#map.keyboard.disableRotation();
		this.#map.getCanvas().setAttribute("aria-describedby", DESCRIPTION);
		this.#sheet = new Sheet(this.#map);
		this.#listen(happenings);
		this.#listenToHand();
	}

	/** While a hand has the pointer, clicks draw and choose nothing. */
	setHand(hand: Hand | null) {
		this.#hand = hand;
		this.#press = null;
		this.light(null);
		if (hand) this.#map.doubleClickZoom.disable();
		else this.#map.doubleClickZoom.enable();
		this.#map.getCanvas().style.cursor = hand ? "crosshair" : "";
	}

	/** Shows what is drawn by hand, over all else. */
	setScene(scene: Scene | null, theme: Theme) {
		this.#sheet.show(scene, theme);
	}

	/** What the map shows, a little wider: west, south, east, north. */
	box(): [number, number, number, number] {
		const bounds = this.#map.getBounds();
		const [west, south, east, north] = bounds.toArray().flat() as [number, number, number, number];
		const [wide, high] = [(east - west) * 0.25, (north - south) * 0.25];
		return [west - wide, south - high, east + wide, north + high];
	}

	#listenToHand() {
		const map = this.#map;
		map.on("mousedown", (event) => {
			const { point, lngLat, originalEvent } = event;
			if (!this.#hand || originalEvent.button !== 0) return;
			const draws = this.#hand.down(lngLat.toArray());
			this.#press = { x: point.x, y: point.y, draws, moved: false };
			// The map stays where it is while the drag draws.
			if (draws) event.preventDefault();
		});
		map.on("mousemove", ({ point, lngLat, originalEvent }) => {
			if (!this.#hand) return;
			const press = this.#press;
			if (press && originalEvent.buttons === 1) {
				press.moved ||= Math.hypot(point.x - press.x, point.y - press.y) >= STILL_PX;
				if (press.draws && press.moved) this.#hand.drag(lngLat.toArray());
				return;
			}
			this.#hand.move(lngLat.toArray());
		});
		map.on("mouseup", ({ lngLat, originalEvent }) => {
			const press = this.#press;
			this.#press = null;
			if (!this.#hand || !press || originalEvent.button !== 0) return;
			if (!press.moved) this.#hand.click(lngLat.toArray());
			else if (press.draws) this.#hand.release(lngLat.toArray());
		});
		map.on("dblclick", () => this.#hand?.double());
	}

	#listen(happenings: Happenings) {
		const map = this.#map;
		map.on("style.load", () => {
			this.#ready = true;
			if (this.#waiting) this.setStyle(this.#waiting);
		});
		map.setMissingStyleImageResolver((id) => {
			const image = hatchOf(id, devicePixelRatio);
			if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: devicePixelRatio });
		});
		map.on("moveend", () => happenings.moved(this.view()));
		map.on("movestart", () => happenings.stirred());
		map.on("idle", () => happenings.drawn(namesOn(map)));
		map.on("mousemove", (event) => this.#pointer(event, happenings));
		map.on("mouseout", () => {
			cancelAnimationFrame(this.#frame);
			this.light(null);
			happenings.reportPointed(null);
			happenings.hovered([], null);
		});
		map.on("click", (event) => {
			if (this.#hand) return;
			const report = reportAt(map, event.point);
			if (report?.kind === "report") {
				happenings.reported(report.id);
				return;
			}
			if (report) {
				void openCluster(map, report, !matchMedia("(prefers-reduced-motion: reduce)").matches);
				return;
			}
			const line = lineAt(map, event.point);
			if (line !== null) {
				happenings.picked(line);
				return;
			}
			const piece = pieceAt(map, event.point);
			if (piece !== null) {
				happenings.pieced(piece);
				return;
			}
			const hits = hitsAt(map, event.point);
			happenings.clicked(chosen(hits, map.getZoom()), hits, event.lngLat.toArray());
		});
		map.getCanvas().addEventListener("keydown", (event) => {
			const centre = map.getCenter();
			if (this.#hand && event.key === " ") {
				event.preventDefault();
				this.#hand.move(centre.toArray());
				this.#hand.click(centre.toArray());
				return;
			}
			if (event.key !== "Enter" || this.#hand) return;
			const hits = hitsAt(map, map.project(centre));
			happenings.clicked(chosen(hits, map.getZoom()), hits, centre.toArray());
		});
	}

	/** At most one look under the pointer per drawn frame. */
	#pointer(event: MapMouseEvent, happenings: Happenings) {
		cancelAnimationFrame(this.#frame);
		this.#frame = requestAnimationFrame(() => {
			if (this.#map.isMoving()) return;
			if (this.#hand) {
				happenings.hovered([], event.lngLat.toArray());
				return;
			}
			const hits = hitsAt(this.#map, event.point);
			const hit = chosen(hits, this.#map.getZoom());
			const report = reportAt(this.#map, event.point);
			this.light(report ? null : hit);
			this.#map.getCanvas().style.cursor = hit || report ? "pointer" : "";
			happenings.reportPointed(report?.kind === "report" ? report.id : null);
			happenings.hovered(hits, event.lngLat.toArray());
		});
	}

	/** Calls with each move of the map; answers what ends that. */
	follow(move: (view: View) => void): () => void {
		const moved = () => move(this.view());
		this.#map.on("move", moved);
		return () => this.#map.off("move", moved);
	}

	view(): View {
		const { lng, lat } = this.#map.getCenter();
		return { lon: lng, lat, zoom: this.#map.getZoom() };
	}

	/** Shows the preview fill on one unit and takes it off the last. */
	light(hit: Hit | null) {
		if (this.#lit && this.#map.getSource("grid")) {
			this.#map.setFeatureState(this.#lit, { hover: false });
		}
		this.#lit = hit && { source: "grid", sourceLayer: hit.level, id: hit.id };
		if (this.#lit && this.#map.getSource("grid")) {
			this.#map.setFeatureState(this.#lit, { hover: true });
		}
	}

	/** Changes only what differs; a style that comes before the first is loaded waits for it. */
	setStyle(style: StyleSpecification) {
		this.#waiting = this.#ready ? null : style;
		if (this.#ready) this.#turnTiles(style);
		if (this.#ready) this.#map.setStyle(style, { diff: true, localIdeographFontFamily: FONTS });
	}

	/** Tiles of another revision come under those that are shown, one by one, so nothing flickers. */
	#turnTiles(style: StyleSpecification) {
		for (const [id, wanted] of Object.entries(style.sources)) {
			const source = this.#map.getSource(id);
			if (wanted.type !== "vector" || source?.type !== "vector" || !wanted.tiles) continue;
			const vector = source as VectorTileSource;
			// What it was told; what it has loaded may be on its way.
			const { tiles } = vector.serialize() as VectorSourceSpecification;
			if (tiles && tiles.join() !== wanted.tiles.join()) vector.setTiles(wanted.tiles);
		}
	}

	/** Asks again for the tiles that may look different; those that are shown stay until the new ones are there. */
	refresh(touched: Touched | null) {
		const zoom = Math.min(LAST_ZOOM, Math.floor(this.#map.getZoom()));
		const tiles = touched && tilesToAsk(touched, zoom, this.box());
		// Those out of sight are kept as they were, under no name that says so: let go of them.
		this.#map.style.tileManagers.grid?._outOfViewCache.reset();
		this.#map.refreshTiles("grid", tiles ? [...tiles] : undefined);
		// Of these any may be others.
		if (this.#map.getSource("classes")) this.#map.refreshTiles("classes");
	}

	/** Moves so that the box fills what the panels leave free; never closer than a village. */
	fit(bounds: [number, number, number, number], free: PaddingOptions, animate: boolean) {
		const [west, south, east, north] = bounds;
		const box: LngLatBoundsLike = [
			[west, south],
			[east, north],
		];
		this.#map.fitBounds(box, { padding: free, maxZoom: 16, animate, duration: 900 });
	}

	jump(view: View) {
		this.#map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
	}

	zoomBy(step: number, animate: boolean) {
		this.#map.zoomTo(Math.round((this.#map.getZoom() + step) * 2) / 2, { animate, duration: 200 });
	}

	/** Whether a box lies in the part of the map that no panel covers, and is neither a speck nor seen from too far. */
	shows(bounds: readonly [number, number, number, number], free: PaddingOptions): boolean {
		const [west, south, east, north] = bounds;
		const low = this.#map.project([west, south]);
		const high = this.#map.project([east, north]);
		const { clientWidth, clientHeight } = this.#map.getContainer();
		const { left = 0, top = 0, right = 0, bottom = 0 } = free;
		const across = low.x > left && high.x < clientWidth - right;
		const along = high.y > top && low.y < clientHeight - bottom;
		const speck = Math.max(high.x - low.x, low.y - high.y) < 60 && this.#map.getZoom() < 13;
		return across && along && !speck;
	}

	/** Moves no further than is needed for a place to lie in what the panels leave free. */
	reveal(place: readonly [number, number], free: Required<PaddingOptions>, animate: boolean) {
		const { x, y } = this.#map.project([place[0], place[1]]);
		const { clientWidth, clientHeight } = this.#map.getContainer();
		const { left, top, right, bottom } = free;
		const across = x > left && x < clientWidth - right;
		if (across && y > top && y < clientHeight - bottom) return;
		const offset: [number, number] = [(left - right) / 2, (top - bottom) / 2];
		this.#map.easeTo({ center: [place[0], place[1]], offset, animate, duration: 400 });
	}

	/** Puts the pins where they belong, keeping those that stay. */
	setPins(pins: readonly Pin[]) {
		for (const marker of this.#pins.values()) marker.remove();
		this.#pins.clear();
		for (const pin of pins) {
			const element = document.createElement("div");
			element.className = pin.strong ? "pin strong" : "pin";
			element.textContent = pin.text;
			const marker = new Marker({ element, anchor: "bottom" });
			marker.setLngLat(pin.position).addTo(this.#map);
			element.removeAttribute("tabindex");
			element.setAttribute("role", "img");
			element.setAttribute("aria-label", pin.text);
			this.#pins.set(pin.id, marker);
		}
	}

	focus() {
		this.#map.getCanvas().focus();
	}

	remove() {
		this.#map.remove();
	}
}
