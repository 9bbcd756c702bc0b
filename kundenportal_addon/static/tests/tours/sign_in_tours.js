import { registry } from "@web/core/registry";

/** Sign in by telephone number, on a phone. The contact is "Uwe User", its number 089 1234567. */
registry.category("web_tour.tours").add("kundenportal_sign_in_by_number", {
    url: "/web/login",
    steps: () => [
        {
            content: "The field takes a number, which Odoo's does not say",
            trigger: "label[for='login']:contains(/telephone|Telefon/)",
        },
        {
            content: "Type the number as one would",
            trigger: "input#login",
            run: "edit 089/1234567",
        },
        {
            content: "Type the password",
            trigger: "input#password",
            run: "edit uwe@nord.example",
        },
        {
            content: "The way without a password is there, too",
            trigger: ".o_kundenportal_sign_in_links a[href='/portal/access']",
        },
        {
            content: "Sign in",
            trigger: ".oe_login_form button[type='submit'].btn-primary",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Greeted by name",
            trigger: "h1:contains('Uwe User')",
        },
    ],
});
