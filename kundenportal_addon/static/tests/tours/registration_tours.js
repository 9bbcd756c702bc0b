import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** A stranger fills in the form, first with a number that is none. */
registry.category("web_tour.tours").add("kundenportal_register", {
    url: "/register",
    steps: () => [
        {
            content: "Company",
            trigger: "input[name='company_name']",
            run: "edit Ostwind Handel GmbH",
        },
        {
            content: "Name",
            trigger: "input[name='name']",
            run: "edit Olga Ost",
        },
        {
            content: "Address",
            trigger: "input[name='email']",
            run: "edit olga@ostwind.example",
        },
        {
            content: "A number that is none",
            trigger: "input[name='phone']",
            run: "edit abc",
        },
        {
            content: "Send",
            trigger: ".o_kundenportal_registration button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The sentence stands beside the field; what was typed is kept",
            trigger: "#register_phone_error",
        },
        {
            content: "The name is still there",
            trigger: "input[name='name']:value('Olga Ost')",
        },
        {
            content: "A number",
            trigger: "input[name='phone']",
            run: "edit 0421 556677",
        },
        {
            content: "Send again",
            trigger: ".o_kundenportal_registration button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "A mail is on its way",
            trigger: ".alert-success:contains('olga@ostwind.example')",
        },
    ],
});

/** The applicant has opened the link of the mail. */
registry.category("web_tour.tours").add("kundenportal_register_confirm", {
    steps: () => [
        {
            content: "Confirm the address",
            trigger: "form[action^='/register/verify/'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The page of the registration",
            trigger: ".alert-info[role='status']",
        },
    ],
});

/** Staff approve the registration of "Olga Ost" as a new company. */
registry.category("web_tour.tours").add("kundenportal_register_approve", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger: ".o_app[data-menu-xmlid='kundenportal_addon.kundenportal_menu_root']",
            run: "click",
        },
        {
            content: "Open what customers ask for",
            trigger:
                ".o_menu_sections [data-menu-xmlid='kundenportal_addon.kundenportal_request_menu']",
            run: "click",
        },
        {
            content: "Go to the registrations",
            trigger:
                ".o-dropdown--menu [data-menu-xmlid='kundenportal_addon.kundenportal_registration_menu']",
            run: "click",
        },
        {
            content: "Open the one that waits",
            trigger: ".o_data_row .o_data_cell[name='name']:contains('Olga Ost')",
            run: "click",
        },
        {
            content: "Somebody of the same domain is a likely match",
            trigger: "[name='match_ids'] .o_data_row:contains('Otto Ost')",
        },
        {
            content: "Approve",
            trigger: ".o_form_view button[name='action_approve']",
            run: "click",
        },
        {
            content: "As a new company",
            trigger: ".modal [name='approve_as'] input[data-value='new_company']",
            run: "click",
        },
        {
            content: "Alone there, thus main user",
            trigger: ".modal [name='level'] input[data-value='main_user']:checked",
        },
        {
            content: "Approve and invite",
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            content: "Decided",
            trigger:
                "body:not(:has(.modal)) .o_form_view .o_field_widget[name='decided_by_id']",
        },
    ],
});
