import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("kundenportal_read_message", {
    steps: () => [
        {
            content: "the tile shows how many are unread",
            trigger: "a.kp_tile[href='/my/messages'] .kp_counter:contains('2')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "open the older one",
            trigger: ".kp_message_unread a:contains('Tour')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "it is noted as read by its page, and the number in the header says so",
            trigger: ".kp_message_page:not([data-unread]):not(:has(.kp_mark_read))",
        },
        {
            trigger: ".kp_unread_number:contains('1')",
        },
        {
            trigger: "#reply_text",
            run: "edit Thank you",
        },
        {
            trigger: ".kp_reply_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".kp_reply:contains('Thank you')",
        },
    ],
});
