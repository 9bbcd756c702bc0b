import { registry } from "@web/core/registry";

const banner = (title) => `.kp_announcement:contains('${title}')`;

/**
 * @param {string} selector of what must have the focus
 */
function checkFocus(selector) {
    if (!document.activeElement.closest(selector)) {
        throw new Error(`The focus is on ${document.activeElement.outerHTML}, not in ${selector}`);
    }
}

/**
 * A customer reads the first of three announcements, hides the next for good, closes the last; then
 * one is deleted before its eyes.
 */
registry.category("web_tour.tours").add("kundenportal_announcements", {
    url: "/my/account",
    steps: () => [
        {
            content: "Screen readers hear all of them, once",
            trigger: ".kp_announcements_status:contains('First of all'):contains('Second')",
        },
        {
            content: "Read the first",
            trigger: `${banner("First of all")} .kp_announcement_read`,
            run: "click",
        },
        {
            content: "Its text is in the panel, and the panel has the focus",
            trigger: "#kp_announcement_panel.show:not(.showing)[aria-modal=true]:contains('All about: First of all')",
            run: () => checkFocus("#kp_announcement_panel"),
        },
        {
            content: "Escape closes the panel",
            trigger: "#kp_announcement_panel.show",
            run: "press Escape",
        },
        {
            content: "It is read, the newest comes forward and has the focus",
            trigger: `.kp_announcements:not(:has(${banner("First of all")})) > ${banner("Third")}`,
            run: () => checkFocus(".kp_announcement"),
        },
        {
            content: "The panel is gone",
            trigger: "body:not(:has(.offcanvas-backdrop))",
        },
        {
            content: "Never show this again",
            trigger: `${banner("Third")} button[name='forever']`,
            run: "click",
        },
        {
            content: "One is left, without a number of others",
            trigger: `.kp_announcements:not(:has(.kp_announcements_more)) > ${banner("Second")}`,
        },
        {
            content: "It is deleted in the meantime",
            trigger: banner("Second"),
            run() {
                this.anchor.dataset.announcementId = "2000000000";
            },
        },
        {
            content: "Read it",
            trigger: `${banner("Second")} .kp_announcement_read`,
            run: "click",
        },
        {
            content: "The panel says so, and leads to what is current",
            trigger: "#kp_announcement_panel.show .kp_announcement_gone:not(.d-none) a[href='/my/announcements']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "All are on their page; close the banner of the last",
            trigger: `.kp_announcement_list:contains('First of all'):contains('Third')`,
        },
        {
            content: "Close it",
            trigger: `${banner("Second")} .btn-close`,
            run: "click",
        },
        {
            content: "No banner is left",
            trigger: "body:not(:has(.kp_announcements))",
        },
        {
            content: "Nor on the next page; the home lists all three",
            trigger: ".breadcrumb a[href='/my/home']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "There they are",
            trigger: ".kp_announcements_home:contains('First of all'):contains('Second'):contains('Third')",
        },
        {
            content: "Open one from there",
            trigger: ".kp_announcements_home a:contains('Second')",
            run: "click",
        },
        {
            content: "In the panel, too",
            trigger: "#kp_announcement_panel.show:not(.showing):contains('All about: Second')",
            run: "press Escape",
        },
        {
            content: "The focus is back where it was",
            trigger: ".kp_announcements_home a:focus",
        },
    ],
});
