import { Component, useExternalListener, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import {
    DAYS,
    HOURS,
    areChosen,
    complete,
    isChosen,
    positionsBetween,
    withHours,
} from "../reachability/pattern";

const { Info } = luxon;

const ARROWS = {
    ArrowLeft: { day: 0, hour: -1 },
    ArrowRight: { day: 0, hour: 1 },
    ArrowUp: { day: -1, hour: 0 },
    ArrowDown: { day: 1, hour: 0 },
};

/**
 * The hours of a week to click and drag: rows are days, columns hours; a heading is its whole row or
 * column. One place at a time is in the tab order; arrows move it, space toggles it, shift with
 * arrows does to the next ones what was done to the first.
 */
export class ReachabilityField extends Component {
    static template = "kundenportal_addon.ReachabilityField";
    static props = { ...standardFieldProps };

    setup() {
        this.grid = useRef("grid");
        this.rows = this.makeRows();
        this.state = useState({
            place: { day: 0, hour: 8 },
            // What is on its way into the record, or what a drag has made of the week so far.
            draft: false,
        });
        this.drag = null;
        this.isHandled = false;
        this.saves = 0;
        useExternalListener(window, "pointerup", () => this.endDrag());
        useExternalListener(window, "pointercancel", () => this.endDrag());
    }

    /**
     * @returns {object[][]} rows of cells: {day, hour, label} and for headings the text
     */
    makeRows() {
        const [names, shortNames] = [Info.weekdays("long"), Info.weekdays("short")];
        const hours = Array.from({ length: HOURS }, (_, hour) => hour);
        const heading = [
            { day: -1, hour: -1, text: _t("All"), label: _t("All hours") },
            ...hours.map((hour) => ({ day: -1, hour, text: `${hour}` })),
        ];
        const weekdays = names.map((name, day) => [
            { day, hour: -1, text: shortNames[day], label: name },
            ...hours.map((hour) => ({
                day,
                hour,
                label: _t("%(day)s, %(start)s to %(stop)s", {
                    day: name,
                    start: hour,
                    stop: hour + 1,
                }),
            })),
        ]);
        return [heading, ...weekdays];
    }

    get pattern() {
        return this.state.draft || complete(this.props.record.data[this.props.name]);
    }

    isChosen(cell) {
        return isChosen(this.pattern, cell);
    }

    isInTabOrder({ day, hour }) {
        return this.state.place.day === day && this.state.place.hour === hour;
    }

    // === CHOOSING === //

    /**
     * Quicker hands than the server: what they do next goes on from the draft.
     *
     * @param {string} pattern
     */
    async save(pattern) {
        const value = pattern.includes("1") ? pattern : false;
        // Not told by the pattern: what is taken back equals what was saved before.
        const save = ++this.saves;
        this.state.draft = pattern;
        await this.props.record.update({ [this.props.name]: value });
        if (this.saves === save && !this.drag) {
            this.state.draft = false;
        }
    }

    /**
     * @param {{day: number, hour: number}} place
     */
    async toggle(place) {
        const positions = positionsBetween(place, place);
        const pattern = this.pattern;
        await this.save(withHours(pattern, positions, !areChosen(pattern, positions)));
    }

    /**
     * @param {Event} ev
     * @returns {{day: number, hour: number}|null} what it happened on
     */
    placeOf(ev) {
        const { day, hour } = ev.target.closest("[data-day]")?.dataset || {};
        return day === undefined ? null : { day: Number(day), hour: Number(hour) };
    }

    // === POINTER === //

    /**
     * @param {PointerEvent} ev
     */
    onPointerDown(ev) {
        const place = this.placeOf(ev);
        // Fingers scroll the page; they and screen readers click.
        if (!place || this.props.readonly || ev.pointerType === "touch" || ev.button) {
            return;
        }
        const pattern = this.pattern;
        const chosen = !areChosen(pattern, positionsBetween(place, place));
        this.state.place = place;
        this.drag = { place, pattern, chosen };
        this.isHandled = true;
        this.extendDrag(place);
    }

    /**
     * @param {PointerEvent} ev
     */
    onPointerOver(ev) {
        const place = this.placeOf(ev);
        if (this.drag && place) {
            this.extendDrag(place);
        }
    }

    extendDrag(place) {
        const { pattern, chosen, place: start } = this.drag;
        this.state.draft = withHours(pattern, positionsBetween(start, place), chosen);
    }

    async endDrag() {
        if (this.drag) {
            this.drag = null;
            await this.save(this.state.draft);
        }
    }

    /**
     * @param {MouseEvent} ev
     */
    async onClick(ev) {
        const place = this.placeOf(ev);
        const isHandled = this.isHandled;
        this.isHandled = false;
        if (place && !isHandled && !this.props.readonly) {
            this.state.place = place;
            await this.toggle(place);
        }
    }

    // === KEYBOARD === //

    /**
     * @param {KeyboardEvent} ev
     */
    async onKeydown(ev) {
        const place = this.state.place;
        if ([" ", "Enter"].includes(ev.key)) {
            ev.preventDefault();
            if (!this.props.readonly) {
                await this.toggle(place);
            }
        } else if (ev.key in ARROWS) {
            ev.preventDefault();
            await this.move(ARROWS[ev.key], ev.shiftKey && !this.props.readonly);
        }
    }

    /**
     * @param {{day: number, hour: number}} step
     * @param {boolean} isExtending does to the next place what was done to this one
     */
    async move(step, isExtending) {
        const before = { ...this.state.place };
        const place = {
            day: Math.max(-1, Math.min(before.day + step.day, DAYS - 1)),
            hour: Math.max(-1, Math.min(before.hour + step.hour, HOURS - 1)),
        };
        this.state.place = place;
        const selector = `[data-day="${place.day}"][data-hour="${place.hour}"]`;
        this.grid.el.querySelector(selector).focus();
        const entersHeading = Math.min(place.day, place.hour) < Math.min(before.day, before.hour, 0);
        if (isExtending && !entersHeading) {
            const pattern = this.pattern;
            const chosen = areChosen(pattern, positionsBetween(before, before));
            await this.save(withHours(pattern, positionsBetween(place, place), chosen));
        }
    }
}

registry.category("fields").add("kundenportal_reachability", {
    component: ReachabilityField,
    supportedTypes: ["char"],
});
