import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const row = (name) => `.o_list_view .o_data_row:has([name='partner_name']:contains('${name}'))`;

/** Two requests wait, of Uwe and Ute: one is approved, the other declined, both in their rows. */
registry.category("web_tour.tours").add("kundenportal_inbox", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger: ".o_app[data-menu-xmlid='kundenportal_addon.kundenportal_menu_root']",
            run: "click",
        },
        {
            content: "The dashboard names the kind that waits; open it",
            trigger: ".kp_dashboard [name='portal_inbox_kinds'] button:has(strong:contains('2'))",
            run: "click",
        },
        {
            content: "Two wait",
            trigger: row("Ute User"),
        },
        {
            content: "Approve the first in its row",
            trigger: `${row("Uwe User")} button[name='action_inbox_approve']`,
            run: "click",
        },
        {
            content: "It is gone",
            trigger: `.o_list_view:not(:has(.o_data_row:has([name='partner_name']:contains('Uwe User'))))`,
        },
        {
            content: "Take over the other",
            trigger: `${row("Ute User")} button[name='action_assign_to_me']`,
            run: "click",
        },
        {
            content: "Now it is the reader's, and cannot be taken over again",
            trigger: `${row("Ute User")}:not(:has(button[name='action_assign_to_me']))`,
        },
        {
            content: "Go to the inbox by the menu",
            trigger:
                ".o_menu_sections [data-menu-xmlid='kundenportal_addon.kundenportal_inbox_menu']",
            run: "click",
        },
        {
            content: "One filter is on: what is open",
            trigger: ".o_searchview_facet .o_facet_value",
        },
        {
            content: "Decline in the row",
            trigger: `${row("Ute User")} button[name='action_inbox_decline']`,
            run: "click",
        },
        {
            content: "The reason",
            trigger: ".modal .o_field_widget[name='reason'] input",
            run: "edit Two are enough",
        },
        {
            content: "Decline",
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            content: "Nothing waits",
            trigger: "body:not(:has(.modal)) .o_view_nocontent",
        },
        {
            content: "Cards, grouped by who is responsible",
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            content: "Nothing here either",
            trigger: ".o_kanban_view",
        },
    ],
});
