import { registry } from "@web/core/registry";

/**
 * A main user invites a new colleague, takes a function from it, and takes its access away again.
 */
registry.category("web_tour.tours").add("kundenportal_colleagues", {
    url: "/my",
    steps: () => [
        {
            content: "Open the colleagues",
            trigger: "a.kp_tile[href='/my/colleagues']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Add a colleague",
            trigger: "a[href='/my/colleagues/new']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Its name",
            trigger: "input[name='name']",
            run: "edit Karla Kollegin",
        },
        {
            content: "Its address",
            trigger: "input[name='email']",
            run: "edit karla@nord.example",
        },
        {
            content: "As user",
            trigger: "input[name='access'][value='user']",
            run: "click",
        },
        {
            content: "Add",
            trigger: "form[action='/my/colleagues/new'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The colleague was added and has never signed in",
            trigger: "h1:contains('Karla Kollegin')",
        },
        {
            content: "Untick a function",
            trigger: "form[action$='/functions'] input[name='function_ids']:checked:first",
            run: "click",
        },
        {
            content: "Save the functions",
            trigger: "form[action$='/functions'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "One is not ticked any more",
            trigger: "form[action$='/functions'] input[name='function_ids']:not(:checked)",
        },
        {
            content: "Take access away",
            trigger: "a[href$='/revoke']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Really",
            trigger: "form[action$='/revoke'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It can be invited again",
            trigger: "form[action$='/invite'] button[type='submit']",
        },
    ],
});
