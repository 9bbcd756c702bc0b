import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/**
 * The main way: staff open a contact of a company and give it access as main user.
 * The contact is called "Tora Tour", its company "Nord GmbH".
 */
registry.category("web_tour.tours").add("kundenportal_give_access", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger: ".o_app[data-menu-xmlid='kundenportal_addon.kundenportal_menu_root']",
            run: "click",
        },
        {
            content: "Go to the customers",
            trigger: ".o_menu_sections [data-menu-xmlid='kundenportal_addon.res_partner_menu']",
            run: "click",
        },
        {
            content: "Search for the contact",
            trigger: ".o_searchview_input",
            run: "edit Tora Tour",
        },
        {
            content: "Search by name",
            trigger: ".o_searchview_input",
            run: "press Enter",
        },
        {
            content: "Open the contact",
            trigger: ".o_data_row .o_data_cell[name='complete_name']:contains('Tora Tour')",
            run: "click",
        },
        {
            content: "Open its page about the portal",
            trigger: ".o_form_view .nav-link[name='kundenportal']",
            run: "click",
        },
        {
            content: "Give access",
            trigger: ".o_form_view button[name='action_portal_grant']",
            run: "click",
        },
        {
            content: "Main user or user? Main user",
            trigger: ".modal [name='portal_level'] input[data-value='main_user']",
            run: "click",
        },
        {
            content: "Grant",
            trigger: ".modal button[name='action_grant_all']",
            run: "click",
        },
        {
            content: "The result is reported",
            trigger: ".modal .alert [name='report']:contains('1')",
        },
        {
            content: "Close the dialog",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "Back on the contact",
            trigger: "body:not(:has(.modal)) .o_form_view .nav-link[name='kundenportal']",
        },
    ],
});

/** The contact is signed in and finds the tiles of its functions, of which one leads on. */
registry.category("web_tour.tours").add("kundenportal_home", {
    url: "/my",
    steps: () => [
        {
            content: "Greeted by name",
            trigger: "h1:contains('Tora Tour')",
        },
        {
            content: "The tile of the documents",
            trigger: "a.kp_tile[href='/my/documents']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Orders can be reached",
            trigger: "a[href='/my/orders']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "A colleague's order is listed, for a main user sees the company's",
            trigger: ".o_portal_my_doc_table a[href*='/my/orders/']",
        },
    ],
});
