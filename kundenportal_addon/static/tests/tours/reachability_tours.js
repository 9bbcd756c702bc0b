import { registry } from "@web/core/registry";

const cell = (day, hour) => `.kp_reachability_grid [data-day='${day}'][data-hour='${hour}']`;
const chosen = (day, hour) => `${cell(day, hour)}[aria-selected='true']`;

/** Staff fill in a contact's hours: a rectangle by dragging, a column, then by keyboard alone. */
registry.category("web_tour.tours").add("kundenportal_reachability", {
    steps: () => [
        {
            content: "Open the page about the portal",
            trigger: ".o_form_view .nav-link[name='kundenportal']",
            run: "click",
        },
        {
            content: "Drag a rectangle",
            trigger: cell(1, 9),
            run: `drag_and_drop ${cell(2, 10)}`,
        },
        { content: "All of it is chosen", trigger: chosen(2, 9) },
        { content: "with a check mark", trigger: `${chosen(1, 10)}:contains('✓')` },
        { content: "Choose an hour of each day", trigger: cell(-1, 20), run: "click" },
        { content: "Chosen on all days", trigger: chosen(6, 20) },
        { content: "Choose a whole day", trigger: cell(6, -1), run: "click" },
        { content: "Chosen", trigger: chosen(6, 0) },
        { content: "and take it back", trigger: cell(6, -1), run: "click" },
        {
            content: "Gone, with the hour of the column",
            trigger: `${cell(6, 20)}[aria-selected='false']`,
        },
        { content: "which is clicked", trigger: cell(6, 20), run: "click" },
        { content: "and back again", trigger: chosen(6, 20) },
        {
            content: "By keyboard",
            trigger: cell(6, 20),
            run() {
                const press = (key, shiftKey = false) =>
                    document.activeElement.dispatchEvent(
                        new KeyboardEvent("keydown", { key, shiftKey, bubbles: true })
                    );
                document.querySelector(cell(6, 20)).focus();
                for (let step = 0; step < 13; step++) {
                    press("ArrowLeft");
                }
                for (let step = 0; step < 6; step++) {
                    press("ArrowUp");
                }
            },
        },
        {
            content: "Space chooses",
            trigger: `${cell(0, 7)}:focus`,
            run: "press Space",
        },
        { content: "Chosen", trigger: chosen(0, 7), },
        {
            content: "Shift and arrow extend",
            trigger: `${cell(0, 7)}:focus`,
            run: "press Shift+ArrowRight",
        },
        { content: "Chosen", trigger: `${chosen(0, 8)}:focus` },
        { content: "Once more", trigger: cell(0, 8), run: "press Shift+ArrowRight" },
        { content: "Chosen", trigger: chosen(0, 9) },
        {
            content: "Said in words",
            trigger: "[name='reachability_summary']:contains('9–11')",
        },
        { content: "Save", trigger: ".o_form_button_save", run: "click" },
        { content: "Saved", trigger: ".o_form_saved, .o_form_status_indicator_buttons.invisible" },
    ],
});

const box = (day, hour) => `.kp_reachability_form input[value='${day}-${hour}']`;

/** Customers choose their hours: a rectangle by dragging, a day by its heading, one by one. */
registry.category("web_tour.tours").add("kundenportal_own_reachability", {
    steps: () => [
        { content: "The script has started", trigger: "th[data-day='5'] button" },
        {
            content: "Drag a rectangle",
            trigger: "td[data-day='0'][data-hour='8']",
            run: "drag_and_drop td[data-day='1'][data-hour='10']",
        },
        { content: "Chosen", trigger: `${box(1, 9)}:checked` },
        { content: "A whole day", trigger: "th[data-day='5'] button", run: "click" },
        { content: "Chosen", trigger: `${box(5, 23)}:checked` },
        { content: "One hour", trigger: box(3, 3), run: "click" },
        { content: "and not", trigger: `${box(3, 3)}:checked`, run: "click" },
        {
            content: "Save",
            trigger: ".kp_reachability_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Saved", trigger: "[role='status']" },
    ],
});
